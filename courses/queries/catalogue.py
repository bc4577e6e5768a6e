"""Read what the public pages show, which is course cards, filters with counts, and the choice of
classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from core import clock
from courses.enums import LISTED_STATES, ClassState, EnrolmentState
from courses.models import Course, Enrolment, TrainingClass
from courses.rules.enrolment import Window, place_in_enrolment_window
from people.models import Person

FACETS_KEY = "courses:facets"
FACETS_SECONDS = 60


def _open(now: datetime) -> Q:
    return Q(
        classes__state=ClassState.ENROLLING,
        classes__enrol_opens_at__lte=now,
        classes__enrol_closes_at__gt=now,
    )


def list_catalogue_courses(
    *,
    occupation: str = "",
    level: int | None = None,
    open_only: bool = False,
    now: datetime | None = None,
) -> QuerySet[Any]:
    """Return the courses of the catalogue with `open_classes`, `seats` and `next_start`, those
    open first.

    One query; the page of each course comes along for its address.
    """
    now = now or clock.now()
    courses = Course.objects.filter(page__live=True).select_related(
        "occupation", "page", "page__cover"
    )
    if occupation:
        courses = courses.filter(occupation__code=occupation)
    if level is not None:
        courses = courses.filter(level=level)
    courses = courses.annotate(
        open_classes=Count("classes", filter=_open(now)),
        seats=Sum(F("classes__capacity") - F("classes__seats_taken"), filter=_open(now), default=0),
        next_start=Min("classes__starts_on", filter=_open(now)),
    )
    if open_only:
        courses = courses.filter(open_classes__gt=0)
    return courses.order_by(F("next_start").asc(nulls_last=True), "title")


@dataclass(frozen=True)
class FilterOption:
    """One choice of a filter and how many courses it holds."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Facets:
    """All filters of the catalogue."""

    occupations: tuple[FilterOption, ...]
    levels: tuple[FilterOption, ...]
    total: int
    open: int


def count_catalogue_facets(now: datetime | None = None) -> Facets:
    """Return the filters with their counts, counted at most once a minute."""
    found: tuple[list[tuple[str, str, int]], list[tuple[int, int]], int, int] | None = cache.get(
        FACETS_KEY
    )
    if found is None:
        shown = Course.objects.filter(page__live=True)
        occupations = list(
            shown.exclude(occupation=None)
            .values_list("occupation__code", "occupation__name")
            .annotate(n=Count("pk"))
            .order_by("-n", "occupation__code")
        )
        levels = list(
            shown.exclude(level=None).values_list("level").annotate(n=Count("pk")).order_by("level")
        )
        open_now = shown.filter(
            pk__in=Course.objects.filter(_open(now or clock.now())).values("pk")
        ).count()
        found = (occupations, levels, shown.count(), open_now)
        cache.set(FACETS_KEY, found, FACETS_SECONDS)
    occupations, levels, total, open_now = found
    labels = dict(Course._meta.get_field("level").flatchoices)
    return Facets(
        occupations=tuple(FilterOption(code, name, n) for code, name, n in occupations),
        levels=tuple(
            FilterOption(str(level), str(labels.get(level, level)), n) for level, n in levels
        ),
        total=total,
        open=open_now,
    )


@dataclass(frozen=True)
class ClassChoice:
    """One class on the course page, as this worker sees it."""

    training_class: TrainingClass
    window: Window
    seats_left: int
    waiting: int
    mine: Enrolment | None
    word: str
    tone: str
    selectable: bool

    @property
    def gives_seat(self) -> bool:
        """Whether a newcomer would get a seat at once. Free seats go to the people who wait first."""
        return self.seats_left > self.waiting


def list_class_choices(
    course: Course, person: Person | None, *, now: datetime | None = None
) -> list[ClassChoice]:
    """Return the classes of a course that can be looked at now, the ones one can enrol in first.
    Two queries.
    """
    now = now or clock.now()
    classes = (
        TrainingClass.objects.filter(
            course=course, state__in=LISTED_STATES, ends_on__gte=timezone.localdate(now)
        )
        .annotate(
            waiting=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.WAITLISTED))
        )
        .order_by("starts_on", "pk")
    )
    mine = (
        {
            row.training_class_id: row
            for row in Enrolment.objects.filter(
                training_class__course=course, person=person
            ).exclude(state="withdrawn")
        }
        if person
        else {}
    )
    shown = [_choice(item, mine.get(item.pk), now) for item in classes]
    return sorted(shown, key=lambda choice: not (choice.selectable or choice.mine))


def _choice(item: TrainingClass, mine: Enrolment | None, now: datetime) -> ClassChoice:
    where = place_in_enrolment_window(
        now=now, opens_at=item.enrol_opens_at, closes_at=item.enrol_closes_at
    )
    left = item.seats_left
    waiting: int = item.waiting  # type: ignore[attr-defined]  # annotated by the query
    is_open = item.state == ClassState.ENROLLING and where is Window.OPEN
    if mine is not None:
        word, tone = str(EnrolmentState(mine.state).label), "info"
    elif item.state == ClassState.ENROLLING and where is Window.NOT_YET:
        word, tone = _("Not open yet"), ""
    elif not is_open:
        word, tone = _("Enrolment is closed"), ""
    elif left <= waiting:
        word, tone = (
            _("Full, you would be no. %(place)s on the waiting list") % {"place": waiting + 1},
            "",
        )
    else:
        word = _("%(count)s places left") % {"count": left}
        tone = "warn" if left * 5 <= item.capacity else "ok"
    return ClassChoice(
        item, where, left, waiting, mine, word, tone, selectable=is_open and mine is None
    )
