"""Batches: each item once, killed workers lose nothing, poison ends."""

from datetime import timedelta

import pytest

import access
from core.clock import now
from core.errors import DomainError, NoAnswer
from jobs import outcomes, registry, runner, workflows
from jobs.enums import JobItemState, JobState
from jobs.models import Job, JobItem
from jobs.queries import JobProgress, find_put_off_items, get_job_progress

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch):
    """Register the kind `test.note`, which notes the keys it did; returns the list."""
    keys: list[str] = []

    def handler(item):
        if item.key == "refused":
            raise DomainError("no", "不行")
        if item.key == "broken":
            raise RuntimeError
        if item.key == "unanswered" and "answers" not in keys:
            raise NoAnswer("silent", "对方没有答复")
        keys.append(item.key)
        return {"n": len(keys)}

    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    registry.register_job_kind(
        "test.note", handler, on_finished=lambda job: keys.append("finished")
    )
    return keys


def start(*keys):
    return workflows.start_job(kind="test.note", keys=keys, actor=access.SYSTEM, title="试")


def test_items_are_done_in_order_and_the_batch_finishes_once(done):
    job = start("a", "b", "a")
    assert runner.run_waiting_items() == 2
    job.refresh_from_db()
    assert done == ["a", "b", "finished"]
    assert (job.state, job.total) == (JobState.FINISHED, 2)
    assert get_job_progress(job) == JobProgress(total=2, done=2, failed=0, waiting=0, ended=True)
    assert runner.run_waiting_items() == 0


def test_refused_item_carries_its_sentence_and_the_rest_goes_on(done):
    job = start("refused", "b")
    runner.run_waiting_items()
    item = job.items.get(key="refused")
    assert (item.state, item.error_code, item.error, item.attempts) == (
        JobItemState.FAILED,
        "no",
        "不行",
        1,
    )
    assert done == ["b", "finished"]


def test_broken_item_is_tried_five_times_then_left(done):
    job = start("broken")
    for _attempt in range(7):
        runner.run_waiting_items()
        job.items.update(not_before=None)
    item = job.items.get()
    assert (item.state, item.attempts, item.error) == (JobItemState.FAILED, 5, "RuntimeError")


def test_item_of_a_killed_worker_is_taken_over_when_its_lease_ends(done):
    start("a")
    lost = workflows.claim_job_item()
    assert workflows.claim_job_item() is None
    JobItem.objects.update(leased_until=now() - timedelta(seconds=1))
    assert runner.run_waiting_items() == 1
    assert done == ["a", "finished"]
    # The first worker was only slow: what it says now doesn't count.
    assert workflows.record_item_results([(lost, {"late": True})]) == 0
    assert JobItem.objects.get().result == {"n": 1}


def test_item_that_kills_its_worker_ends_after_five_leases(done):
    start("a")
    for _kill in range(5):
        assert workflows.claim_job_item() is not None
        JobItem.objects.update(leased_until=now() - timedelta(seconds=1))
    assert workflows.claim_job_item() is None
    item = JobItem.objects.get()
    assert (item.state, item.error_code) == (JobItemState.FAILED, "too_many_attempts")


def test_item_without_an_answer_from_outside_waits_longer_each_time_and_is_not_counted(
    done, stopped_clock
):
    job = start("unanswered", "b")
    runner.run_waiting_items()
    assert done == ["b"]
    pauses = []
    for _attempt in range(9):
        item = job.items.get(key="unanswered")
        assert (item.state, item.attempts, item.error_code, item.error) == (
            JobItemState.QUEUED,
            0,
            "silent",
            "对方没有答复",
        )
        assert runner.run_waiting_items() == 0
        pauses.append((item.not_before - now()).total_seconds())
        stopped_clock.move_by(item.not_before - now())
        assert runner.run_waiting_items() == 1
    assert pauses == [15, 15, 30, 60, 120, 240, 480, 900, 900]
    assert find_put_off_items(job).sentence == "对方没有答复"
    done.append("answers")
    stopped_clock.move_by(timedelta(minutes=15))
    runner.run_waiting_items()
    item.refresh_from_db()
    assert (item.state, item.waits_since, item.error, find_put_off_items(job)) == (
        JobItemState.DONE,
        None,
        "",
        None,
    )
    assert done[-1] == "finished"


def test_item_without_an_answer_for_a_day_fails_with_the_sentence_and_is_tried_again_by_hand(
    done, stopped_clock
):
    job = start("unanswered")
    runner.run_waiting_items()
    stopped_clock.move_by(timedelta(hours=24))
    runner.run_waiting_items()
    item = job.items.get()
    assert (item.state, item.error, item.waits_since) == (JobItemState.FAILED, "对方没有答复", None)
    assert workflows.retry_failed_items(actor=access.SYSTEM, job=job) == 1
    runner.run_waiting_items()
    assert job.items.get().state == JobItemState.QUEUED  # it waits anew
    done.append("answers")
    assert (
        workflows.retry_failed_items(actor=access.SYSTEM, job=job) == 1
    )  # at once, not after its pause
    runner.run_waiting_items()
    assert job.items.get().state == JobItemState.DONE


def test_item_that_waits_and_kills_its_worker_still_ends_after_five_leases(done):
    job = start("unanswered")
    runner.run_waiting_items()
    for _kill in range(5):
        job.items.update(not_before=None)
        assert workflows.claim_job_item() is not None
        JobItem.objects.update(leased_until=now() - timedelta(seconds=1))
    assert workflows.claim_job_item() is None
    assert job.items.get().error_code == "too_many_attempts"


def test_paused_batch_waits_and_resumed_goes_on(done):
    job = start("a")
    workflows.pause_job(actor=access.SYSTEM, job=job)
    assert runner.run_waiting_items() == 0
    workflows.resume_job(actor=access.SYSTEM, job=job)
    assert runner.run_waiting_items() == 1


def test_failed_items_can_be_queued_again(done):
    job = start("refused")
    runner.run_waiting_items()
    registry.register_job_kind("test.note", lambda item: done.append(item.key))
    assert workflows.retry_failed_items(actor=access.SYSTEM, job=job) == 1
    runner.run_waiting_items()
    job.refresh_from_db()
    assert (done[-1], job.state) == ("refused", JobState.FINISHED)


def test_outcome_starts_the_subscribed_kind_in_the_same_transaction(done, monkeypatch):
    monkeypatch.setattr(outcomes, "_subscribers", {})
    outcomes.subscribe_to_outcome("test.happened", "test.note")
    outcomes.subscribe_to_outcome("test.happened", "test.note")
    jobs = outcomes.announce_outcome("test.happened", ["x"], actor=access.SYSTEM)
    assert [job.kind for job in jobs] == ["test.note"]
    assert Job.objects.count() == 1


def test_job_without_items_is_finished_at_once(done):
    assert Job.objects.get(pk=start().pk).state == JobState.FINISHED


def test_latest_of_shows_what_was_started_by_hand_and_how_far_it_is(db, monkeypatch):
    from jobs import outcomes, queries, registry, workflows
    from tests.factories.ground import UserFactory

    monkeypatch.setattr(registry, "_kinds", {})
    monkeypatch.setattr(outcomes, "_subscribers", {})
    for kind in ("test.mine", "test.follows"):
        registry.register_job_kind(kind, lambda item: None)
    outcomes.subscribe_to_outcome("something.happened", "test.follows", title="随之而来")
    user = UserFactory()
    workflows.start_job(kind="test.mine", keys=["a", "b"], actor=user, title="我的")
    outcomes.announce_outcome("something.happened", ["c"], actor=user)
    assert [
        (job.title, progress.settled, progress.total)
        for job, progress in queries.list_latest_jobs(user, 5)
    ] == [("我的", 0, 2)]


# ---- several items at once ----


@pytest.fixture
def chunks(monkeypatch):
    """Register the kind `test.chunk`, five at once, which notes the keys it did together; returns
    the list.
    """
    together: list[list[str]] = []

    def outcome(item):
        match item.key.rstrip("0123456789"):
            case "refused":
                return DomainError("no", "不行")
            case "broken":
                return RuntimeError()
            case "unanswered":
                return NoAnswer("silent", "没有答复")
        return {"key": item.key}

    def chunk(items):
        together.append([item.key for item in items])
        if any(item.key == "kills" for item in items):
            raise RuntimeError
        return {item.pk: outcome(item) for item in items}

    def handler(item):
        together.append([item.key])
        if item.key == "kills":
            raise RuntimeError
        return outcome(item)

    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    registry.register_job_kind(
        "test.chunk",
        handler,
        chunk=chunk,
        at_once=5,
        on_finished=lambda job: together.append(["finished"]),
    )
    return together


def start_chunk(*keys):
    return workflows.start_job(kind="test.chunk", keys=keys, actor=access.SYSTEM, title="试")


def test_items_of_a_batch_are_done_together_and_never_with_those_of_another(chunks):
    start_chunk(*"abcdefg")
    start_chunk(*"xy")
    assert runner.run_waiting_items() == 9
    assert chunks == [list("abcde"), ["f", "g"], ["finished"], ["x", "y"], ["finished"]]
    assert list(JobItem.objects.order_by("pk").values_list("result__key", flat=True)) == list(
        "abcdefgxy"
    )
    assert set(JobItem.objects.values_list("state", "attempts", "lease", "leased_until")) == {
        (JobItemState.DONE, 1, None, None)
    }


def test_each_item_of_a_chunk_settles_by_itself(chunks):
    job = start_chunk("a", "refused", "broken", "unanswered", "b")
    workflows_done = runner.run_job_items(workflows.claim_job_items())
    assert workflows_done is None
    found = {
        item.key: (item.state, item.attempts, item.error_code, item.result)
        for item in job.items.all()
    }
    assert found == {
        "a": (JobItemState.DONE, 1, "", {"key": "a"}),
        "refused": (JobItemState.FAILED, 1, "no", None),
        "broken": (JobItemState.QUEUED, 1, "error", None),
        "unanswered": (JobItemState.QUEUED, 0, "silent", None),
        "b": (JobItemState.DONE, 1, "", {"key": "b"}),
    }


def test_item_that_breaks_its_chunk_is_tried_alone_and_takes_no_other_along(chunks):
    job = start_chunk("a", "kills", "b")
    for _attempt in range(8):
        runner.run_waiting_items()
        job.items.update(not_before=None)
    assert chunks[0] == ["a", "kills", "b"]
    assert all(len(keys) == 1 for keys in chunks[1:])
    assert {item.key: (item.state, item.attempts) for item in job.items.all()} == {
        "a": (JobItemState.DONE, 2),
        "kills": (JobItemState.FAILED, 5),
        "b": (JobItemState.DONE, 2),
    }


def test_item_that_ends_its_worker_comes_after_those_that_were_tried_less(done):
    start("a", "b", "c")
    order = []
    for _kill in range(5):
        order.append(workflows.claim_job_item().key)
        JobItem.objects.update(leased_until=now() - timedelta(seconds=1))
    assert order == ["a", "b", "c", "a", "b"]


def test_items_of_a_killed_worker_are_taken_over_one_by_one(chunks):
    start_chunk(*"abc")
    lost = workflows.claim_job_items()
    assert workflows.claim_job_items() == []
    JobItem.objects.update(leased_until=now() - timedelta(seconds=1))
    runner.run_waiting_items()
    assert chunks == [["a"], ["b"], ["c"], ["finished"]]
    assert workflows.record_item_results([(item, {"late": True}) for item in lost]) == 0
    assert workflows.prolong_lease(item=lost[0]) is False


def test_pause_takes_effect_between_two_chunks(chunks):
    job = start_chunk(*"abcdefg")
    taken = workflows.claim_job_items()
    workflows.pause_job(actor=access.SYSTEM, job=job)
    runner.run_job_items(taken)
    assert runner.run_waiting_items() == 0
    assert get_job_progress(job) == JobProgress(total=7, done=5, failed=0, waiting=2)
    workflows.resume_job(actor=access.SYSTEM, job=job)
    assert runner.run_waiting_items() == 2


def test_lease_of_a_chunk_is_prolonged_for_all(chunks):
    start_chunk(*"abc")
    taken = workflows.claim_job_items()
    JobItem.objects.update(leased_until=now() + timedelta(seconds=1))
    assert workflows.prolong_lease(item=taken[2])
    assert all(item.leased_until > now() + timedelta(seconds=60) for item in JobItem.objects.all())


def test_chunk_costs_the_same_queries_for_2_and_for_5(chunks, django_assert_num_queries):
    start_chunk(*"ab")
    start_chunk(*"vwxyz")
    for _chunk in range(2):
        with django_assert_num_queries(14):
            runner.run_job_items(workflows.claim_job_items())
