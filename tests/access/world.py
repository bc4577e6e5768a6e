"""One world twice: every kind of thing in one city (`own`), and the same in a city nobody of the test belongs to (`other`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.utils import timezone

import access
from access import handles, registry
from access.models import WholeSite
from access.workflows import assign_role
from access.workflows import proposal as proposing
from access.workflows import review as reviewing
from tests.factories.certification import CertificateFactory, HonourFactory
from tests.factories.competitions import EntryFactory, EventFactory, SheetFactory
from tests.factories.courses import EnrolmentFactory, ExamFactory, LessonFactory, SessionFactory, TrainingClassFactory
from tests.factories.ground import EmployerFactory, EmploymentFactory, MembershipFactory, OrgUnitFactory, UserFactory, WorkerFactory

NOBODY, WORKER, OWNER = "nobody", "worker", "owner"
MISSING = UUID("00000000-0000-4000-8000-000000000000")


@dataclass
class Side:
    """One city: its things by name. What a URL needs is made of them by `KWARGS`."""

    city: Any
    owner: Any  # an account with a person, an enrolment, a certificate, a batch of its own
    things: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.things[name]
        except KeyError:
            raise AttributeError(name) from None


def side() -> Side:
    """Build one city."""
    city = OrgUnitFactory()
    person = WorkerFactory()
    MembershipFactory(person=person, org_unit=city)
    employer = EmployerFactory()
    employer.unions.add(city)
    EmploymentFactory(person=person, employer=employer)
    made = Side(city, person.user)
    klass = TrainingClassFactory(course__org=city, starts_on=timezone.localdate(), state="running")
    event = EventFactory(org=city)
    sheet = SheetFactory(event=event)
    administrator = UserFactory()
    assign_role(actor=access.SYSTEM, user=administrator, role="union_admin", scope=city)
    receiver = UserFactory()
    held = assign_role(actor=access.SYSTEM, user=receiver, role="union_officer", scope=city)
    made.things = {
        "person": person,
        "employer": employer,
        "klass": klass,
        "event": event,
        "sheet": sheet,
        "session": SessionFactory(training_class=klass, number=1, now=True),
        "enrolment": EnrolmentFactory(training_class=klass, person=person),
        "lesson": LessonFactory(course=klass.course, number=1),
        "exam": ExamFactory(training_class=klass),
        "entry": EntryFactory(event=event, person=person),
        "certificate": CertificateFactory(org=city, person=person),
        "honour": HonourFactory(org=city),
        "job": apps.get_model("jobs.Job").objects.create(kind="test", title="一批", actor=person.user),
        "receiver": receiver,
        "held": held,
        "proposal": proposing.propose_role(
            actor=administrator,
            user=receiver,
            role="union_reviewer",
            scope=city,
            reason="接班",
            ends_on=timezone.localdate() + timedelta(days=90),
        ),
        "review": reviewing.open_review(actor=access.SYSTEM, scope=city),
        "import": apps.get_model("office.SheetImport").objects.create(
            kind="tree", org=city, actor=administrator, filename="a.xlsx", state="refused", sha256=str(city.pk)
        ),
    }
    return made


Kwargs = Callable[[Side], dict[str, Any]]
# What an address needs, by the names it asks for. One line for a new kind of thing; a row of the matrix names the line with `on=`.
KWARGS: dict[str, Kwargs] = {
    "": lambda _s: {},
    "handle": lambda s: {"handle": handles.handle_of(s.receiver.pk)},
    "handle sheet": lambda s: {"handle": handles.handle_of(s.receiver.pk), "kind": "csv"},
    "sheet kind": lambda _s: {"kind": "csv"},
    "proposal": lambda s: {"public_id": s.proposal.public_id},
    "held": lambda s: {"public_id": s.held.public_id},
    "review": lambda s: {"public_id": s.review.public_id},
    "review item": lambda s: {"public_id": s.review.public_id, "item": s.review.items.first().public_id},
    "class": lambda s: {"class_id": s.klass.public_id},
    "class move": lambda s: {"class_id": s.klass.public_id, "to": "assessing"},
    "session": lambda s: {"class_id": s.klass.public_id, "session_id": s.session.public_id},
    "enrolment": lambda s: {"class_id": s.klass.public_id, "enrolment_id": s.enrolment.public_id},
    "attendance": lambda s: {"class_id": s.klass.public_id, "attendance_id": MISSING},
    "lesson": lambda s: {"class_id": s.klass.public_id, "number": 1},
    "exam": lambda s: {"class_id": s.klass.public_id, "exam_id": s.exam.public_id},
    "attempt": lambda _s: {"attempt_id": MISSING},
    "event": lambda s: {"event": s.event.public_id},
    "event act": lambda s: {"event": s.event.public_id, "key": "open"},
    "event part": lambda s: {"event": s.event.public_id, "key": "judge", "part": "1"},
    "event asked": lambda s: {"event": s.event.public_id, "asked": MISSING},
    "event person": lambda s: {"event": s.event.public_id, "person": s.person.public_id},
    "event entry": lambda s: {"event": s.event.public_id, "entry": s.entry.public_id},
    "event sheet": lambda s: {"event": s.event.public_id, "sheet": s.sheet.public_id},
    "event number": lambda s: {"event": s.event.public_id, "number": 1},
    "sheet": lambda s: {"sheet": s.sheet.public_id},
    "certificate": lambda s: {"public_id": s.certificate.public_id},
    "honour": lambda s: {"public_id": s.honour.public_id},
    "code": lambda _s: {"token": "no-such-token"},
    "missing": lambda _s: {"public_id": MISSING},
    "missing act": lambda _s: {"public_id": MISSING, "act": "pause"},
    "job": lambda s: {"public_id": s.job.public_id},
    "import": lambda s: {"public_id": getattr(s, "import").public_id},
    "import rows": lambda s: {"public_id": getattr(s, "import").public_id, "what": "new"},
    "import kind": lambda _s: {"kind": "roster"},
    "person": lambda s: {"public_id": s.person.public_id},
    "person work": lambda s: {"public_id": s.person.public_id, "pk": s.person.employments.first().pk},
}


def subjects(own: Side) -> dict[str, Any]:
    """Return an account for each declared role, holding it in the own city only; a worker without any; the owner; nobody."""
    scopes = {
        registry.ORG: own.city,
        registry.EMPLOYER: own.employer,
        registry.SITE: WholeSite.get(),
        "courses.TrainingClass": own.klass,
        "competitions.Event": own.event,
    }
    found: dict[str, Any] = {}
    for role in registry.all_roles():
        found[role.key] = UserFactory(username=f"holder-{role.key}")
        assign_role(actor=access.SYSTEM, user=found[role.key], role=role.key, scope=scopes[role.scope])
    return {**found, WORKER: WorkerFactory().user, OWNER: own.owner, NOBODY: None}
