"""One's own batches through their doors."""

import pytest
from django.urls import reverse

from core.errors import NoAnswer
from jobs import registry, runner, workflows
from jobs.enums import JobState
from jobs.models import Job
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(monkeypatch, client):
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    registry.register_job_kind("test.note", lambda item: None)
    user = UserFactory()
    client.force_login(user)
    return workflows.start_job(kind="test.note", keys=["a", "b"], actor=user, title="签发 2 张")


def test_progress_asks_again_while_running_and_stops_when_finished(client, job):
    path = reverse("jobs:progress", args=[job.public_id])
    assert "hx-get" in client.get(path).content.decode()
    runner.run_waiting_items()
    assert "hx-get" not in client.get(path).content.decode()


def test_page_says_what_waits_for_an_answer_and_tries_it_again_by_button(client, job):
    def silent(item):
        raise NoAnswer("silent", "时间戳服务没有应答")

    registry.register_job_kind("test.note", silent)
    runner.run_waiting_items()
    path = reverse("jobs:detail", args=[job.public_id])
    page = client.get(path).content.decode()
    assert "时间戳服务没有应答" in page
    assert reverse("jobs:retry", args=[job.public_id]) in page
    assert (
        "时间戳服务没有应答"
        in client.get(reverse("jobs:progress", args=[job.public_id])).content.decode()
    )
    registry.register_job_kind("test.note", lambda item: None)
    client.post(reverse("jobs:retry", args=[job.public_id]))
    runner.run_waiting_items()
    assert "时间戳服务没有应答" not in client.get(path).content.decode()


def test_pause_and_resume_by_button(client, job):
    client.post(reverse("jobs:pause", args=[job.public_id]))
    assert Job.objects.get().state == JobState.PAUSED
    assert client.post(reverse("jobs:pause", args=[job.public_id])).status_code == 409
    client.post(reverse("jobs:resume", args=[job.public_id]))
    assert Job.objects.get().state == JobState.RUNNING


@pytest.mark.parametrize("name", ["detail", "progress"])
def test_batch_of_somebody_else_is_not_found(client, job, name):
    client.force_login(UserFactory())
    assert client.get(reverse(f"jobs:{name}", args=[job.public_id])).status_code == 404


def test_list_costs_the_same_queries_at_1_and_30_rows(client, job, django_assert_num_queries):
    client.get(reverse("jobs:list"))  # the first visit of a session is noted
    with django_assert_num_queries(6):
        client.get(reverse("jobs:list"))
    for n in range(29):
        workflows.start_job(kind="test.note", keys=[], actor=job.actor, title=str(n))
    with django_assert_num_queries(6):
        client.get(reverse("jobs:list"))
