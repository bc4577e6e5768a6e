"""Answer what every view of training begins with, which is who this is, which class is meant, and
whether they may see it.
"""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from access.checks import require
from core.errors import Forbidden, NotFound
from courses.grants import VIEW_ROSTER
from courses.models import Enrolment, TrainingClass
from courses.queries import enrolment as reads
from courses.rules.check_in import SCAN_SECONDS
from people.models import Person
from people.queries import person_of

DEVICE_COOKIE = "craft_device"
DEVICE_SECONDS = 400 * 24 * 3600
SCAN_COOKIE = "craft_scan"


def load_class(class_id: UUID) -> TrainingClass:
    """Return the class of an address or answer 404."""
    return get_object_or_404(
        TrainingClass.objects.select_related("course__occupation", "course__page", "org", "rule"),
        public_id=class_id,
    )


def load_for_staff(
    request: HttpRequest, class_id: UUID, codename: str = VIEW_ROSTER
) -> TrainingClass:
    """Return the class of an address for somebody who holds *codename* on it, and refuse others."""
    training_class = load_class(class_id)
    require(request.user, codename, training_class)
    return training_class


def require_worker(request: HttpRequest) -> Person:
    """Return the worker behind the account, and refuse accounts without one."""
    found = person_of(request.user)
    if found is None:
        raise Forbidden(
            "no_person",
            _(
                "This account isn't linked to a worker's record, so it can't enrol or "
                "learn. Sign in with your own account."
            ),
        )
    return found


def my_enrolment(request: HttpRequest, training_class: TrainingClass) -> Enrolment:
    """Return the worker's own enrolment or answer 404, because a class shows nothing to people
    without a place in it.
    """
    enrolment = reads.find_class_member(training_class, person_of(request.user))
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
    """Return (digest naming this phone for one session, cookie to set if it is new). The digest
    tells nothing across sessions.
    """
    cookie = request.COOKIES.get(DEVICE_COOKIE, "")
    fresh = None if 20 <= len(cookie) <= 64 else secrets.token_urlsafe(24)
    return hashlib.sha256(f"{fresh or cookie}:{session_key}".encode()).hexdigest(), fresh


def remember_device(response: HttpResponse, fresh: str | None, *, secure: bool) -> HttpResponse:
    """Set the phone's cookie if it is new."""
    if fresh:
        response.set_cookie(
            DEVICE_COOKIE,
            fresh,
            max_age=DEVICE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=secure,
        )
    return response


def keep_scan(response: HttpResponse, proof: str, *, path: str, secure: bool) -> HttpResponse:
    """Keep the proof of a scan on this phone for the pages below *path*. An empty *proof* removes
    it.
    """
    if proof:
        response.set_cookie(
            SCAN_COOKIE,
            proof,
            max_age=SCAN_SECONDS,
            path=path,
            httponly=True,
            samesite="Lax",
            secure=secure,
        )
    else:
        response.delete_cookie(SCAN_COOKIE, path=path, samesite="Lax")
    return response
