"""An editor finds the way into Wagtail's admin on the own page, with what waits there: reviews of
colleagues, own drafts.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page, Workflow

import access
from access.workflows import assign_role
from cms.setup import give_editors_their_rights
from home import queries
from tests.factories.ground import OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    give_editors_their_rights()
    with translation.override("en"):
        yield


def editor(role="editor"):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role=role, scope=OrgUnitFactory())
    return user


def page_of(user, title="新闻", *, live=False):
    page = (
        Page.objects.filter(depth=2)
        .first()
        .add_child(instance=Page(title=title, slug=f"n{Page.objects.count()}", live=live))
    )
    page.save_revision(user=user, changed=True)
    return page


def todos_of(user):
    return [(row.title, row.act) for row in queries.own_page(user).todos]


def test_editor_has_a_place_that_opens_the_admin_and_others_have_not(client):
    user = editor()
    client.force_login(user)
    (desk,) = [row for row in queries.own_page(user).desks if row.title == "Pages and news"]
    assert desk.href == reverse("wagtailadmin_home")
    assert client.get(desk.href).status_code == 200
    assert desk.href in client.get("/me/").content.decode()
    assert [
        row
        for row in queries.own_page(editor("union_reviewer")).desks
        if row.title == "Pages and news"
    ] == []


@pytest.mark.parametrize("role", ["editor", "training_officer"])
def test_who_writes_courses_finds_the_way_to_lessons_and_questions(client, role):
    user = editor(role)
    client.force_login(user)
    ways = {row.title: row.href for row in queries.own_page(user).desks}
    for title in ("Courses and lessons", "Question bank"):
        assert client.get(ways[title]).status_code == 200, title


def test_own_drafts_wait_the_latest_first_and_nobody_elses_nor_what_is_published():
    user, other = editor(), editor()
    never, changed = page_of(user, "从未发布"), page_of(user, "已改动", live=True)
    page_of(other, "别人的稿")
    page_of(user, "已发布").get_latest_revision().publish()
    rows = queries.own_page(user).todos
    assert [(row.title, row.href) for row in rows] == [
        ("Draft: 已改动", reverse("wagtailadmin_pages:edit", args=[changed.pk])),
        ("Draft: 从未发布", reverse("wagtailadmin_pages:edit", args=[never.pk])),
    ]
    assert [row.text.partition(" ")[0] for row in rows] == ["changes", "never"]


def test_page_sent_for_review_waits_for_other_editors_who_can_decide(client):
    author, reviewer = editor(), editor()
    page = page_of(author, "公告")
    workflow = Workflow.objects.get(workflow_pages__page__depth=1)
    workflow.start(page, author)
    assert todos_of(reviewer) == [("Page to be reviewed: 公告", "Check and decide")]
    (todo,) = queries.own_page(reviewer).todos
    assert todo.by == str(author)
    assert ("Draft: 公告", "Go on writing") not in todos_of(author)
    client.force_login(reviewer)
    assert client.get(todo.href).status_code == 200
    page.current_workflow_task_state.approve(user=reviewer)
    assert todos_of(reviewer) == []
    page.refresh_from_db()
    assert page.live


def test_more_drafts_than_fit_are_counted_and_cost_no_more_queries(client):
    user = editor()

    def count():
        client.force_login(user)
        client.get("/me/")
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/me/").status_code == 200
        return len(asked)

    page_of(user)
    one = count()
    for number in range(6):
        page_of(user, f"稿{number}")
    with translation.override("en"):
        assert todos_of(user)[-1] == ("2 more drafts of yours", "Show them")
    assert (count() - one, one <= 26) == (1, True)  # the count of those that don't fit
