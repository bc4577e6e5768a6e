"""What every view of training begins with: who is this, which class, may they look."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, NotFound
from courses.models import Enrolment, TrainingClass
from courses.queries import enrolment as reads
from people.queries import person_of

DEVICE_COOKIE = "craft_device"
DEVICE_SECONDS = 400 * 24 * 3600


def load_class(class_id: UUID) -> TrainingClass:
    """Return the class of an address or answer 404."""
    return get_object_or_404(TrainingClass.objects.select_related("course__occupation", "course__page", "org", "rule"), public_id=class_id)


def person(request: HttpRequest) -> Any:
    """Return the worker behind the account; refuse accounts without one."""
    found = person_of(request.user)
    if found is None:
        raise Forbidden(
            "no_person", _("This account belongs to no worker's record, so it can't enrol or learn. Sign in with your own account.")
        )
    return found


def my_enrolment(request: HttpRequest, training_class: TrainingClass) -> Enrolment:
    """Return the worker's own enrolment or answer 404: a class one has no place in shows nothing."""
    enrolment = reads.member(training_class, person_of(request.user))
    if enrolment is None:
        raise NotFound
    enrolment.training_class = training_class
    return enrolment


def course_url(training_class: TrainingClass) -> str:
    """Return the course page with this class chosen."""
    page = getattr(training_class.course, "page", None)
    base = page.get_url() if page is not None and page.live else None
    return f"{base or '/training/'}?class={training_class.public_id}"


def device_of(request: HttpRequest, session_key: str) -> tuple[str, str | None]:
    """Return (digest naming this phone for one session, cookie to set if it is new). The digest tells nothing across sessions."""
    cookie = request.COOKIES.get(DEVICE_COOKIE, "")
    fresh = None if 20 <= len(cookie) <= 64 else secrets.token_urlsafe(24)
    return hashlib.sha256(f"{fresh or cookie}:{session_key}".encode()).hexdigest(), fresh


def remember_device(response: HttpResponse, fresh: str | None, *, secure: bool) -> HttpResponse:
    """Set the phone's cookie if it is new."""
    if fresh:
        response.set_cookie(DEVICE_COOKIE, fresh, max_age=DEVICE_SECONDS, httponly=True, samesite="Lax", secure=secure)
    return response
