"""Give every page what it needs to know. Nothing here asks the database until a template uses it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from core.places import NEWS, PUBLIC, TRAINING, fit_places_on_bar, working_places

FIT = {"zh-hans": 7}  # how many places fit on the bar; words of other languages are longer


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the name on the bar, its public places and, lazily, the working places of the person
    signed in.
    """
    places = SimpleLazyObject(
        partial(
            working_places, getattr(request, "user", None), getattr(request, "held_codenames", None)
        )
    )
    return {
        "brand": settings.SITE_NAME,
        "icp_number": settings.ICP_NUMBER,
        "police_record_number": settings.POLICE_RECORD_NUMBER,
        "is_demo": settings.DEMO,
        "public_places": PUBLIC,
        "training_path": TRAINING,
        "news_path": NEWS,
        "working_places": places,
        "bar_places": SimpleLazyObject(
            lambda: fit_places_on_bar(places, FIT.get(get_language() or "", 5))
        ),
        "request_number": getattr(request, "number", ""),
    }
