"""Add the training desk to Wagtail's admin, for courses, rules, classes, exams and the question
bank. Every save is a workflow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model, QuerySet
from django.forms import BooleanField
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, EditView, IndexView
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.views.generic.usage import UsageView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.permission_policies.base import BasePermissionPolicy

from access.checks import is_allowed, require
from access.queries import permitted
from core.actors import Actor
from core.errors import DomainError
from courses.errors import ClassNotReady
from courses.grants import EDIT_BANK, EDIT_COURSE, MANAGE_CLASS
from courses.models import CompletionRule, Course, Exam, Lesson, Question, TrainingClass
from courses.workflows import course as courses
from courses.workflows import training_class as classes
from org.models import OrgUnit

Save = Callable[[Any, Any, dict[str, Any], Any], Model]


class ByRole(BasePermissionPolicy):
    """Rights of this desk come from roles on unions (`access`), not from Django's model
    permissions. Nothing is deleted here.
    """

    def __init__(
        self, model: type[Model], codename: str, path: str, *, editable: bool = True
    ) -> None:
        super().__init__(model)
        self.codename, self.path = codename, path
        self.actions = {"add", "view", "change"} if editable else {"add", "view"}

    def _unions(self, user: Actor) -> QuerySet[OrgUnit]:
        return permitted(user, self.codename, OrgUnit.objects.all())

    def user_has_permission(self, user: Actor, action: str) -> bool:
        """Say whether one union at least gives the right."""
        return action in self.actions and self._unions(user).exists()

    def user_has_any_permission(self, user: Actor, actions: Any) -> bool:
        """Say whether one of the actions is possible at all."""
        return bool(self.actions & set(actions)) and self._unions(user).exists()

    def union_of(self, instance: Any) -> Any:
        """Return the union a row belongs to."""
        org: Any = instance
        for step in self.path.split("__"):
            org = getattr(org, step)
        return org

    def user_has_permission_for_instance(self, user: Actor, action: str, instance: Any) -> bool:
        """Ask about the union of this row."""
        return action in self.actions and is_allowed(user, self.codename, self.union_of(instance))

    def user_has_any_permission_for_instance(
        self, user: Actor, actions: Any, instance: Any
    ) -> bool:
        """Ask about each action."""
        return any(
            self.user_has_permission_for_instance(user, action, instance) for action in actions
        )

    def instances_user_has_any_permission_for(self, user: Actor, actions: Any) -> QuerySet[Model]:
        """Return the rows of the unions that give the right."""
        if not self.actions & set(actions):
            return self.model._default_manager.none()
        return self.model._default_manager.filter(**{f"{self.path}__in": self._unions(user)})

    def instances_user_has_permission_for(self, user: Actor, action: str) -> QuerySet[Model]:
        """Return the rows of the unions that give the right."""
        return self.instances_user_has_any_permission_for(user, [action])

    def users_with_any_permission(self, actions: Any) -> QuerySet[Any]:
        """Return nobody, because no screen of ours lists them."""
        return get_user_model()._default_manager.none()


class _ThroughWorkflow:
    """Save by the view set's workflow. A refusal by a rule becomes the form's error, with
    everything typed kept.
    """

    save: Save

    def save_instance(self) -> Model:
        """Call the workflow with the row as it is in the database."""
        held = getattr(self, "object", None)
        existing = (
            type(held)._default_manager.get(pk=held.pk) if held is not None and held.pk else None
        )
        return type(self).save(self.request.user, existing, dict(self.form.cleaned_data), self.form)  # type: ignore[attr-defined]  # a mixin of Wagtail views

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, or show the workflow's sentence above the form."""
        try:
            return super().form_valid(form)  # type: ignore[misc]  # a mixin of Wagtail views
        except DomainError as error:
            form.add_error(None, str(error))
            self.produced_error_message = str(error)
            return self.form_invalid(form)  # type: ignore[attr-defined]  # a mixin of Wagtail views


class _OwnRow:
    """A view that treats a row of another union as missing. Wagtail alone would answer that it may
    not be changed, which shows that it exists.
    """

    def get_object(self, *args: Any, **kwargs: Any) -> Model:
        """Return the row of the address. Raises `NotFound` for people outside its union, and
        `Forbidden` for people who may do other things there.
        """
        found: Model = super().get_object(*args, **kwargs)  # type: ignore[misc]  # a mixin of Wagtail views
        policy: ByRole = self.permission_policy  # type: ignore[attr-defined]  # as above
        require(self.request.user, policy.codename, policy.union_of(found))  # type: ignore[attr-defined]  # as above
        return found


class OwnIndexView(IndexView):
    """A list of the rows that belong to one's own unions."""

    def get_base_queryset(self) -> QuerySet[Model]:
        """Return only the rows the policy gives."""
        return self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, ["view"]
        )


class OwnHistoryView(_OwnRow, HistoryView):
    """Show what was done to a row of one's own unions."""


class OwnUsageView(_OwnRow, UsageView):
    """Show where a row of one's own unions is used."""


class OwnViewSet(ModelViewSet):
    """Screens that show rows of one's own unions only."""

    index_view_class = OwnIndexView
    history_view_class = OwnHistoryView
    usage_view_class = OwnUsageView
    copy_view_enabled = False


def make_save_views(save: Save) -> tuple[type[CreateView], type[EditView]]:
    """Return the two views that save by *save*(actor, existing or None, data, form)."""
    fields = {"save": staticmethod(save)}
    create = type("WorkflowCreate", (_ThroughWorkflow, CreateView), fields)
    return create, type("WorkflowEdit", (_OwnRow, _ThroughWorkflow, EditView), fields)


def _save_course(actor: Actor, existing: Any, data: dict[str, Any], form: Any) -> Model:
    return courses.save_course(actor=actor, org=data.pop("org"), course=existing, **data)


def _save_rule(actor: Actor, existing: Any, data: dict[str, Any], form: Any) -> Model:
    return courses.add_rule(actor=actor, **data)


def _save_lesson(actor: Actor, existing: Any, data: dict[str, Any], form: Any) -> Model:
    return courses.save_lesson(actor=actor, **data)


def _save_class(actor: Actor, existing: Any, data: dict[str, Any], form: Any) -> Model:
    course = data.pop("course")
    if existing is not None and existing.course_id != course.pk:
        raise ClassNotReady(
            "other_course",
            _("A class can't be moved to another course. Create a new class instead."),
        )
    return classes.save_class(actor=actor, course=course, training_class=existing, **data)


def _save_exam(actor: Actor, existing: Any, data: dict[str, Any], form: Any) -> Model:
    return classes.save_exam(
        actor=actor, training_class=data.pop("training_class"), exam=existing, **data
    )


def _save_question(actor: Actor, existing: Any, data: dict[str, Any], form: Any) -> Model:
    return courses.save_question(
        actor=actor, question=existing, options=form.options_given(), **data
    )


class QuestionForm(WagtailAdminModelForm):
    """A question with its options. The form checks the same rule as the workflow before anything
    is saved.
    """

    def options_given(self) -> list[tuple[str, bool]]:
        """Return (text, right) in the order of the form, without those struck out."""
        forms = [
            form
            for form in self.formsets["options"].forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        return [(form.cleaned_data["text"], form.cleaned_data["is_right"]) for form in forms]

    def is_valid(self) -> bool:
        """Check the options as a whole too."""
        if not super().is_valid():
            return False
        try:
            courses.check_options(self.cleaned_data["kind"], self.options_given())
        except DomainError as error:
            self.add_error(None, str(error))
            return False
        return True


class CourseViewSet(OwnViewSet):
    """Edit courses."""

    model = Course
    icon = "doc-full"
    menu_label = _("Courses")
    list_display = ["title", "occupation", "org"]
    search_fields = ["title", "code"]
    form_fields = [
        "org",
        "code",
        "title",
        "summary",
        "occupation",
        "level",
        "hours_theory",
        "hours_practice",
        "hours_online",
        "fee",
        "contact",
    ]
    add_view_class, edit_view_class = make_save_views(_save_course)
    permission_policy = ByRole(Course, EDIT_COURSE, "org")


class RuleViewSet(OwnViewSet):
    """Add completion rules. Each is a new version, never an edit."""

    model = CompletionRule
    icon = "clipboard-list"
    menu_label = _("Completion rules")
    list_display = ["course", "version", "attendance_share", "valid_from"]
    form_fields = [
        *("course", "attendance_share", "lesson_hours", "pass_marks", "certificate_early"),
        *("reading_beat_seconds", "reading_idle_seconds", "valid_from", "source"),
    ]
    add_view_class, edit_view_class = make_save_views(_save_rule)
    permission_policy = ByRole(CompletionRule, EDIT_COURSE, "course__org", editable=False)


class LessonViewSet(OwnViewSet):
    """Edit lessons. Their text is a page."""

    model = Lesson
    icon = "openquote"
    menu_label = _("Lessons")
    list_display = ["course", "number", "title"]
    form_fields = ["course", "number", "title", "hours", "min_seconds"]
    add_view_class, edit_view_class = make_save_views(_save_lesson)
    permission_policy = ByRole(Lesson, EDIT_COURSE, "course__org")


class QuestionViewSet(OwnViewSet):
    """Edit the question bank."""

    model = Question
    icon = "help"
    menu_label = _("Question bank")
    list_display = ["text", "kind", "topic", "course", "is_retired"]
    list_filter = ["course", "kind", "topic", "is_retired"]
    search_fields = ["text", "topic"]
    panels = [
        FieldPanel("course"),
        FieldPanel("topic"),
        FieldPanel("kind"),
        FieldPanel("text"),
        InlinePanel(
            "options", panels=[FieldPanel("text"), FieldPanel("is_right")], label=_("Option")
        ),
        FieldPanel("partial_credit"),
        FieldPanel("number"),
        FieldPanel("tolerance"),
        FieldPanel("unit"),
        FieldPanel("explanation"),
        FieldPanel("is_retired"),
    ]
    add_view_class, edit_view_class = make_save_views(_save_question)
    permission_policy = ByRole(Question, EDIT_BANK, "course__org")

    def get_edit_handler(self) -> Any:
        """Use our form, which knows the options as a whole."""
        handler = super().get_edit_handler()
        handler.base_form_class = QuestionForm
        return handler


DESPITE = BooleanField(
    label=_("Save even though the venue or the trainer is not available"),
    required=False,
    help_text=_("Save once first to see the conflicts, then tick this."),
)


def _roster_link(row: TrainingClass) -> Any:
    return format_html(
        '<a href="{}">{}</a>',
        reverse("courses:roster", args=[row.public_id]),
        _("Sessions and roster"),
    )


class ClassViewSet(OwnViewSet):
    """Edit classes. They change state on their roster page, which has their sessions too."""

    model = TrainingClass
    icon = "group"
    menu_label = _("Training classes")
    list_display = [
        "name",
        "course",
        "state",
        "seats_taken",
        "capacity",
        "starts_on",
        Column("roster", label="", accessor=_roster_link),
    ]
    list_filter = ["course", "state"]
    search_fields = ["name", "code"]
    form_fields = [
        "course",
        "code",
        "name",
        "capacity",
        "min_size",
        "offer_hours",
        "enrolment_reviewed",
        "enrol_opens_at",
        "enrol_closes_at",
        "starts_on",
        "ends_on",
        "timetable",
        "venue",
        "teacher",
        "change_notice",
    ]
    add_view_class, edit_view_class = make_save_views(_save_class)
    permission_policy = ByRole(TrainingClass, MANAGE_CLASS, "org")

    def get_form_class(self, for_update: bool = False) -> Any:
        """Add the confirmation of clashes. A room or a teacher taken at one of the sessions is
        named first and may then be confirmed.
        """
        made = super().get_form_class(for_update)
        return type(made)("ClassForm", (made,), {"despite_clashes": DESPITE})


class ExamViewSet(OwnViewSet):
    """Edit exams of classes."""

    model = Exam
    icon = "tasks"
    menu_label = _("Exams")
    list_display = ["title", "training_class", "opens_at", "closes_at"]
    form_fields = [
        "training_class",
        "part",
        "title",
        "question_count",
        "per_topic",
        "points_each",
        "minutes",
        "opens_at",
        "closes_at",
        "attempts_allowed",
        "grace_minutes",
        "hours_needed",
        "shows_answers",
    ]
    add_view_class, edit_view_class = make_save_views(_save_exam)
    permission_policy = ByRole(Exam, MANAGE_CLASS, "training_class__org")


class TrainingDesk(ModelViewSetGroup):
    """The desk's one entry in the menu."""

    menu_label = _("Training desk")
    menu_icon = "calendar-check"
    menu_order = 200
    items = (CourseViewSet, RuleViewSet, LessonViewSet, QuestionViewSet, ClassViewSet, ExamViewSet)


@hooks.register("register_admin_viewset")
def training_desk() -> TrainingDesk:
    """Add the desk."""
    return TrainingDesk()
