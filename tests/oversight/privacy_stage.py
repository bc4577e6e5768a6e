"""A worker with data in many tables, and two data protection officers."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.base import ContentFile
from django.db.models import Max
from django.utils import timezone

import access
from access.models import WholeSite
from access.workflows import assign_role
from oversight.queries.privacy_sample import SAMPLE_EN, SAMPLE_ZH
from oversight.workflows import privacy_policy, privacy_requests
from people.models import Person, PrivacyRequest
from people.rules.identity import compute_id_check_character
from people.workflows.person import record_person
from tests.factories.ground import EmploymentFactory, MembershipFactory, UserFactory

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 64
PHONE = "13712345678"


def id_number(serial: int = 7) -> str:
    first = f"33012519880605{serial:03d}"
    return first + compute_id_check_character(first)


def worker(name: str = "欧阳静𠮷", phone: str = PHONE, serial: int = 7) -> Person:
    taken = Person.objects.aggregate(n=Max("pk"))["n"] or 0
    account = UserFactory(
        username=f"{phone}-{taken}",
        phone=phone,
        email=f"mail-{serial}@example.org",
        display_name=name,
    )
    person = record_person(
        actor=access.SYSTEM,
        name=name,
        id_kind="resident",
        id_number=id_number(serial),
        mobile=phone,
        user=account,
    )
    person.photo.save("photo.jpg", ContentFile(JPEG))
    MembershipFactory(person=person)
    EmploymentFactory(person=person, job_title="焊工")
    return person


def officer():
    account = UserFactory()
    assign_role(actor=access.SYSTEM, user=account, role="privacy_officer", scope=WholeSite.get())
    return account


def publish_notice():
    return privacy_policy.publish_policy(
        actor=access.SYSTEM,
        policy=privacy_policy.save_draft(actor=access.SYSTEM, text_zh=SAMPLE_ZH, text_en=SAMPLE_EN),
    )


def ripe_erasure(person: Person) -> PrivacyRequest:
    """Return a request for deletion whose days to think it over have passed."""
    request = privacy_requests.request_data_erasure(actor=person.user, person=person)
    PrivacyRequest.objects.filter(pk=request.pk).update(
        ripe_on=timezone.localdate() - timedelta(days=1)
    )
    request.refresh_from_db()
    return request


def prepared_erasure(person: Person, first) -> PrivacyRequest:
    return privacy_requests.prepare_erasure(actor=first, request=ripe_erasure(person))
