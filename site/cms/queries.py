"""Read what waits for an editor inside Wagtail's admin, for the editor's home page outside it, and
whether pages wait for their time.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page, Revision, TaskState, WorkflowState
from wagtail.permission_policies.pages import PagePermissionPolicy

from core import clock
from core.templatetags.craft import day
from core.todos import Asker, Todo

AT_MOST = 5


def has_scheduled_due() -> bool:
    """Say whether a page waits to be published or taken away because its time has come."""
    now = clock.now()
    to_publish, to_take_away = (
        Revision.objects.filter(approved_go_live_at__lt=now),
        Page.objects.filter(live=True, expire_at__lt=now),
    )
    return bool(to_publish.exists() or to_take_away.exists())


def of_editor(asker: Asker) -> Iterator[Todo]:
    """Return pages a colleague wants reviewed, then one's own drafts, the latest first. Each leads
    into the editor.
    """
    yield from _reviews(asker)
    yield from _drafts(asker)


def _reviews(asker: Asker) -> Iterator[Todo]:
    waiting = TaskState.objects.reviewable_by(asker.user).select_related(
        "workflow_state__requested_by", "revision"
    )
    for row in waiting.order_by("started_at")[:AT_MOST]:
        asked_by = row.workflow_state.requested_by
        yield Todo(
            title=_("Page to be reviewed: %(page)s") % {"page": row.revision.object_str},
            text=_("waiting since %(day)s") % {"day": day(timezone.localdate(row.started_at))},
            by=str(asked_by) if asked_by and asked_by != asker.user else "",
            href=reverse("wagtailadmin_pages:edit", args=[row.revision.object_id]),
            act=_("View and decide"),
        )


def drafts_of(user: object) -> QuerySet[Page]:
    """Return the pages *user* may change whose latest draft is the user's own and not published
    yet, the latest first.
    """
    mine: QuerySet[Page] = PagePermissionPolicy().instances_user_has_permission_for(user, "change")
    # Wagtail keeps ids of what is reviewed as text; PostgreSQL compares text with text only.
    reviewed = WorkflowState.objects.filter(
        base_content_type__app_label="wagtailcore",
        base_content_type__model="page",
        object_id=Cast(OuterRef("pk"), CharField()),
        status=WorkflowState.STATUS_IN_PROGRESS,
    )
    rows = mine.filter(~Exists(reviewed), has_unpublished_changes=True, latest_revision__user=user)
    return rows.order_by("-latest_revision__created_at", "-pk")


def _drafts(asker: Asker) -> Iterator[Todo]:
    # One more than is shown says whether there are more.
    rows = list(
        drafts_of(asker.user).values_list(
            "pk", "draft_title", "live", "latest_revision__created_at"
        )[: AT_MOST + 1]
    )
    for pk, title, live, saved_at in rows[:AT_MOST]:
        saved = {"day": day(timezone.localdate(saved_at))}
        text = (
            _("changes of %(day)s, not published yet")
            if live
            else _("never published; saved on %(day)s")
        )
        yield Todo(
            title=_("Draft: %(page)s") % {"page": title},
            text=text % saved,
            href=reverse("wagtailadmin_pages:edit", args=[pk]),
            act=_("Continue writing"),
        )
    if len(rows) > AT_MOST:
        more = drafts_of(asker.user).count() - AT_MOST
        yield Todo(
            title=ngettext("%(n)s more draft of yours", "%(n)s more drafts of yours", more)
            % {"n": more},
            href=reverse("wagtailadmin_home"),
            act=_("Show drafts"),
        )
