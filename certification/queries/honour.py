"""Read honours. Only those whose bearer agreed are public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from access.queries import permitted
from certification.grants import MANAGE_HONOURS
from certification.models import Honour, HonourList
from core.actors import Actor


@dataclass(frozen=True, slots=True)
class Gallery:
    """The public honours by year, newest first.

    Each year has its number of honours, and *unnamed* says how many aren't shown.
    """

    years: tuple[tuple[int, int], ...]
    total: int
    unnamed: int


def list_public_honours() -> QuerySet[Honour]:
    """Return the honours anybody may read, newest first."""
    return Honour.objects.filter(published_on__isnull=False).order_by(
        "-year", "-published_on", "pk"
    )


def list_latest_honours(limit: int = 4) -> list[Honour]:
    """Return the newest public honours. One query."""
    return list(list_public_honours()[:limit])


def summarise_honour_gallery() -> Gallery:
    """Return the figures of the gallery of honours. Two queries."""
    years = tuple(
        list_public_honours().order_by("-year").values_list("year").annotate(n=Count("pk"))
    )
    shown = sum(n for _year, n in years)
    return Gallery(
        years=years, total=shown, unnamed=Honour.objects.filter(set_aside_for=None).count() - shown
    )


def find_public_honour(public_id: Any) -> Honour | None:
    """Return one public honour with its list."""
    return (
        list_public_honours()
        .select_related("honour_list", "org")
        .filter(public_id=public_id)
        .first()
    )


def find_counting_honour(public_id: Any) -> Honour | None:
    """Return the public honour for which the one at *public_id* was set aside, if it was."""
    return (
        list_public_honours()
        .filter(pk__in=Honour.objects.filter(public_id=public_id).values("set_aside_for"))
        .first()
    )


def list_managed_honours(user: Actor) -> QuerySet[Honour]:
    """Return the honours that *user* manages, newest first."""
    return (
        permitted(user, MANAGE_HONOURS, Honour.objects.all())
        .select_related("honour_list", "certificate")
        .order_by("-year", "-pk")
    )


def list_managed_honour_lists(user: Actor) -> QuerySet[HonourList]:
    """Return the lists of honours that *user* manages."""
    return permitted(user, MANAGE_HONOURS, HonourList.objects.all()).order_by("-year", "pk")
