"""Make the search documents of training, which are courses with a live page, and their lessons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from courses.models import Course, TrainingClass
from search.base import EVERYONE, Document, Visibility
from search.registry import register_document


def _course_of_class(row: TrainingClass) -> Iterable[Model]:
    return [row.course]


def _course_of_page(row: Any) -> Iterable[Model]:
    return [row.course]


@register_document
class CourseDocument(Document[Course]):
    """A course, found by title, occupation, code and the words of its page."""

    kind = "course"
    label = _("Course")
    model = "courses.Course"
    tone = "info"
    order = 10
    watches = {"courses.TrainingClass": _course_of_class, "courses.CoursePage": _course_of_page}

    def queryset(self) -> QuerySet[Course]:
        """Return the courses that have a live page."""
        return Course.objects.filter(page__live=True).select_related("occupation", "page", "org")

    def title(self, row: Course) -> str:
        """Return the course's title."""
        return row.title

    def summary(self, row: Course) -> str:
        """Return the sentence under the title."""
        return row.summary

    def body(self, row: Course) -> str:
        """Return the page's words and the lesson titles."""
        page = row.page
        return " ".join(
            [page.summary, str(page.body), *row.lessons.values_list("title", flat=True)]
        )

    def keywords(self, row: Course) -> Iterable[str]:
        """Return occupation and its other names."""
        return [row.occupation.name, *row.occupation.aliases.split()] if row.occupation else []

    def codes(self, row: Course) -> Iterable[str]:
        """Return the occupation code and the course's own."""
        return [code for code in (row.occupation.code if row.occupation else "", row.code) if code]

    def facets(self, row: Course) -> Mapping[str, Any]:
        """Return occupation and level."""
        return {
            "occupation": row.occupation.name if row.occupation else "",
            "level": "" if row.level is None else str(row.level),
        }

    def url(self, row: Course) -> str:
        """Return the page's address."""
        return str(row.page.get_url() or "/training/")

    def visibility(self, row: Course) -> Visibility:
        """Let everyone find it."""
        return EVERYONE
