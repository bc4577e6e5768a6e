"""Define the public pages of training. Facts are in the models, and a page holds words and
pictures and asks `queries`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from cms.blocks import BodyBlock
from cms.models import BasePage
from courses.queries import catalogue
from courses.rules.grading import Key
from people.queries import person_of

PER_PAGE = 12


class CourseIndexPage(BasePage):
    """The catalogue at `/training/`."""

    max_count = 1
    subpage_types: ClassVar[list[str]] = ["courses.CoursePage"]
    template = "courses/catalogue.html"

    class Meta:
        verbose_name = _("course catalogue page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the cards that fit the filters, and the filters with their counts."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        facets = catalogue.count_catalogue_facets()
        occupation = request.GET.get("occupation", "")
        level = request.GET.get("level", "")
        open_only = request.GET.get("open") == "1"
        # A value that no filter offers is as good as none: an old link still leads somewhere.
        occupation = (
            occupation if occupation in {facet.value for facet in facets.occupations} else ""
        )
        level = level if level in {facet.value for facet in facets.levels} else ""
        courses = catalogue.list_catalogue_courses(
            occupation=occupation, level=int(level) if level else None, open_only=open_only
        )
        context.update(
            facets=facets,
            occupation=occupation,
            level=level,
            open_only=open_only,
            filtered=bool(occupation or level or open_only),
            courses=Paginator(courses, PER_PAGE).get_page(request.GET.get("page")),
        )
        return context


class FaqBlock(blocks.StructBlock):
    """A question people ask, and its answer."""

    question = blocks.CharBlock(label=pgettext_lazy("often asked", "Question"), max_length=120)
    answer = blocks.TextBlock(label=pgettext_lazy("often asked", "Answer"), max_length=600)

    class Meta:
        icon = "help"
        label = _("Question and answer")


class PathStepBlock(blocks.StructBlock):
    """What this course counts for on one step of the path."""

    text = blocks.CharBlock(label=_("In a few words"), max_length=60)


class CoursePage(BasePage):
    """One course, its classes and the button that enrols."""

    parent_page_types: ClassVar[list[str]] = ["courses.CourseIndexPage"]
    subpage_types: ClassVar[list[str]] = ["courses.LessonPage"]
    template = "courses/course.html"

    course = models.OneToOneField(
        "courses.Course", models.PROTECT, related_name="page", verbose_name=_("course")
    )
    cover = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    cover_alt = models.CharField(_("what the picture shows"), max_length=200, blank=True)
    result = models.CharField(_("what trainees gain"), max_length=200, blank=True)
    body = StreamField(BodyBlock(required=False), blank=True, verbose_name=_("text"))
    counts_for = StreamField(
        [
            ("training", PathStepBlock(label=pgettext_lazy("path", "Training"))),
            ("mentoring", PathStepBlock(label=pgettext_lazy("path", "Mentoring"))),
            ("contest", PathStepBlock(label=pgettext_lazy("path", "Competition"))),
            ("level", PathStepBlock(label=pgettext_lazy("path", "Level"))),
            ("honour", PathStepBlock(label=pgettext_lazy("path", "Reward"))),
        ],
        blank=True,
        verbose_name=_("what the course counts towards"),
    )
    questions = StreamField(
        [("item", FaqBlock())], blank=True, verbose_name=_("frequently asked questions")
    )

    content_panels: ClassVar[list[object]] = [
        *BasePage.content_panels,
        FieldPanel("course"),
        FieldPanel("cover"),
        FieldPanel("cover_alt"),
        FieldPanel("result"),
        FieldPanel("body"),
        FieldPanel("counts_for"),
        FieldPanel("questions"),
    ]
    search_fields: ClassVar[list[object]] = [*BasePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("course page")

    def clean(self) -> None:
        """Check that a picture is described."""
        super().clean()
        if self.cover_id and not self.cover_alt.strip():
            raise ValidationError(
                {"cover_alt": _("Describe the picture for people who can't see it.")}
            )

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the course, its classes as this worker sees them, and the outline."""
        from courses.queries.learning import build_course_outline  # slow import

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        person = person_of(request.user)
        course = self.course
        choices = catalogue.list_class_choices(course, person)
        wanted = request.GET.get("class", "")
        selectable = [choice for choice in choices if choice.selectable]
        chosen = next(
            (choice for choice in selectable if str(choice.training_class.public_id) == wanted),
            None,
        )
        mine = next((choice.mine for choice in choices if choice.mine), None)
        context.update(
            course=course,
            choices=choices,
            chosen=chosen or (selectable[0] if selectable else None),
            mine=mine,
            outline=build_course_outline(course, choices, mine),
        )
        return context


class LessonPage(BasePage):
    """The text of one online lesson. Its own address shows it to everybody, and hours are credited
    in the reader of a class.
    """

    parent_page_types: ClassVar[list[str]] = ["courses.CoursePage"]
    subpage_types: ClassVar[list[str]] = []
    template = "courses/lesson_public.html"

    lesson = models.OneToOneField(
        "courses.Lesson", models.PROTECT, related_name="page", verbose_name=_("lesson")
    )
    body = StreamField(BodyBlock(), verbose_name=_("text"))

    content_panels: ClassVar[list[object]] = [
        *BasePage.content_panels,
        FieldPanel("lesson"),
        FieldPanel("body"),
    ]
    search_fields: ClassVar[list[object]] = [*BasePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("lesson page")

    def quiz_keys(self) -> dict[str, Key]:
        """Return block id -> key of each quiz question in the text. Options are the positions of
        the answers.
        """
        keys = {}
        for child in self.body:
            if child.block_type == "quiz":
                answers = list(child.value["answers"])
                right = frozenset(
                    str(position) for position, answer in enumerate(answers) if answer["correct"]
                )
                kind = "multiple" if len(right) > 1 else "single"
                keys[str(child.id)] = Key(
                    kind,
                    Decimal(1),
                    right,
                    frozenset(str(position) for position in range(len(answers))),
                )
        return keys

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead a trainee to the reader of their own class, where reading counts."""
        from courses.queries.learning import class_to_read_in  # slow import

        training_class = class_to_read_in(person_of(request.user), self.lesson)
        if training_class is not None:
            return redirect("courses:lesson", training_class.public_id, self.lesson.number)
        response: HttpResponse = super().serve(request, *args, **kwargs)
        return response
