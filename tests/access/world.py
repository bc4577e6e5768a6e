"""One world twice: every kind of thing in one city (`own`), and the same in a city nobody of the
test belongs to (`other`).

A new kind of thing is one entry of `things` and one line of `KWARGS`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pydyf
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.core.files.base import ContentFile
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

import access
from access import handles, registry
from access.models import RoleAssignment, WholeSite
from access.workflows import assign_role
from access.workflows import proposal as proposing
from access.workflows import review as reviewing
from certification.keys import get_keyring
from certification.queries.addresses import present_address
from certification.queries.register import get_register_origin
from certification.workflows import keys
from certification.workflows.credential_issue import assign_status_place
from certification.workflows.register import append_register_entries
from core import clock, personal, sheets
from notify import links
from org.enums import OrgLevel
from tests.certification.register.making import Key
from tests.factories.certification import CertificateFactory, CredentialFactory, HonourFactory
from tests.factories.competitions import (
    AspectFactory,
    EntryFactory,
    EventFactory,
    JudgeFactory,
    SheetFactory,
)
from tests.factories.courses import (
    EnrolmentFactory,
    ExamFactory,
    LessonFactory,
    QuestionFactory,
    SessionFactory,
    TrainingClassFactory,
)
from tests.factories.ground import (
    EmployerFactory,
    EmploymentFactory,
    MembershipFactory,
    OrgUnitFactory,
    PersonFactory,
    UserFactory,
    WorkerFactory,
)

NOBODY, WORKER, OWNER = "nobody", "worker", "owner"
ABOVE, BELOW, FORMER, SUPERUSER = (
    "above",
    "below",
    "former",
    "superuser",
)  # union administrators of elsewhere and of yesterday


def _pdf() -> bytes:
    """Return an empty page."""
    document, target = pydyf.PDF(), io.BytesIO()
    document.add_page(
        pydyf.Dictionary(
            {
                "Type": "/Page",
                "Parent": document.pages.reference,
                "MediaBox": pydyf.Array([0, 0, 842, 595]),
            }
        )
    )
    document.write(target)
    return target.getvalue()


FILE = _pdf()
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
    province = OrgUnitFactory(level=OrgLevel.PROVINCE)
    city = OrgUnitFactory(parent=province)
    district = OrgUnitFactory(parent=city, level=OrgLevel.COUNTY)
    person, double = WorkerFactory(), PersonFactory()
    MembershipFactory(person=person, org_unit=city)
    MembershipFactory(person=double, org_unit=city)
    employer = EmployerFactory()
    employer.unions.add(city)
    EmploymentFactory(person=person, employer=employer)
    made = Side(city, person.user)
    klass = TrainingClassFactory(course__org=city, starts_on=clock.today(), state="running")
    klass.rule.pass_marks = {"theory": "60", "practice": "60"}
    klass.rule.save()
    event = EventFactory(org=city)
    sheet = SheetFactory(event=event)
    administrator = UserFactory()
    assign_role(actor=access.SYSTEM, user=administrator, role="union_admin", scope=city)
    receiver = UserFactory()
    held = assign_role(actor=access.SYSTEM, user=receiver, role="union_officer", scope=city)
    now = clock.now()
    made.things = {
        "province": province,
        "district": district,
        "person": person,
        "double": double,
        "administrator": administrator,
        "employer": employer,
        "klass": klass,
        "event": event,
        "sheet": sheet,
        "remark": apps.get_model("competitions.AspectRemark").objects.create(
            operation=uuid4(),
            sheet=sheet,
            aspect=AspectFactory(module=sheet.module),
            judge=JudgeFactory(event=event),
            text="气孔",
            photo=ContentFile(b"", name="photo.jpg"),
        ),
        "session": SessionFactory(training_class=klass, number=1, now=True),
        "enrolment": EnrolmentFactory(training_class=klass, person=person),
        "lesson": LessonFactory(course=klass.course, number=1),
        "exam": ExamFactory(training_class=klass),
        "entry": EntryFactory(event=event, person=person),
        "certificate": CertificateFactory(org=city, person=person),
        "honour": HonourFactory(org=city),
        "job": apps.get_model("jobs.Job").objects.create(
            kind="test", title=f"一批{city.pk}", actor=person.user
        ),
        "receiver": receiver,
        "held": held,
        "proposal": proposing.propose_role(
            actor=administrator,
            user=receiver,
            role="union_reviewer",
            scope=city,
            reason="接班",
            ends_on=clock.today() + timedelta(days=90),
        ),
        "review": reviewing.open_review(actor=access.SYSTEM, scope=city),
        "import": apps.get_model("office.SheetImport").objects.create(
            kind="roster",
            org=city,
            actor=administrator,
            filename=f"名册{city.pk}.xlsx",
            file=_file(),
            state="refused",
            sha256=str(city.pk),
            layout={"columns": [], "headers": []},
            summary={"faulty": 1},
        ),
        "course": klass.course,
        "completion": klass.rule,
        "question": QuestionFactory(course=klass.course),
    }
    _belongings(made)
    _papers(made, now)
    # The world stands in a transaction that is rolled back, which the register itself would refuse.
    append_register_entries.__wrapped__([b"{}"], sign=Key(get_register_origin()))
    made.things |= site_things()
    return made


def _belongings(made: Side) -> None:
    """What the owner alone may touch."""
    owner, model = made.owner, apps.get_model
    hook = model("api.WebhookEndpoint")(
        employer=made.employer, name="钩", url="https://hook.example", added_by=owner
    )
    hook.set_secret("whsec_" + "A" * 43 + "=")
    hook.save()
    made.things |= {
        "message": model("notify.Message").objects.create(
            kind="notify.trial",
            key=str(owner.pk),
            recipient=owner,
            language="zh-hans",
            subject=f"通知{owner.pk}",
        ),
        "webhook": hook,
        "push": model("notify.PushSubscription").objects.create(
            user=owner,
            endpoint=f"https://push.example/{owner.pk}",
            endpoint_hash=str(owner.pk),
            p256dh="-",
            auth="-",
        ),
        "app": Authenticator.objects.create(
            user=owner, type=Authenticator.Type.TOTP, data={"secret": "-"}
        ),
        "passkey": Authenticator.objects.create(
            user=owner,
            type=Authenticator.Type.WEBAUTHN,
            data={"name": "钥", "credential": _credential()},
        ),
        "session_row": UserSession.objects.create(
            user=owner, ip="127.0.0.1", session_key=f"key-{owner.pk}", user_agent="-"
        ),
        "link": SocialAccount.objects.create(user=owner, provider="weixin", uid=str(owner.pk)),
    }
    made.things["delivery"] = model("api.WebhookDelivery").objects.create(
        endpoint=hook,
        kind="webhook.test",
        key="1",
        at=made.message.created_at,
        due_at=made.message.created_at,
        data={"subject": "试"},
    )


def _credential() -> dict[str, Any]:
    """Return what a browser says when it has made a passkey."""
    point = ES256({1: 2, 3: -7, -1: 1, -2: b"\1" * 32, -3: b"\2" * 32})
    made = AttestedCredentialData.create(b"\0" * 16, b"\3" * 16, point)
    said = AuthenticatorData.create(
        b"\0" * 32, AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT, 0, made
    )
    client = CollectedClientData.create("webauthn.create", b"\4" * 16, "https://testserver")
    answer = {
        "clientDataJSON": websafe_encode(client),
        "attestationObject": websafe_encode(AttestationObject.create("none", said, {})),
    }
    return {
        "id": websafe_encode(b"\3" * 16),
        "rawId": websafe_encode(b"\3" * 16),
        "type": "public-key",
        "response": answer,
    }


def _file() -> ContentFile:
    return ContentFile(FILE, name="a.pdf")


def _sheet() -> ContentFile:
    return ContentFile(sheets.write_workbook(["证书编号"], [["A-2015-1"]]), name="a.xlsx")


def _published(status_list: Any) -> None:
    """What the site has made public: its keys, and the lists as they stand, so that no request has
    to sign anything.
    """
    model = apps.get_model
    for kid, (purpose, public) in keys.list_announced_keys(get_keyring()).items():
        model("certification.IssuerKey").objects.get_or_create(
            kid=kid, defaults={"purpose": purpose.value, "public": public}
        )
    for purpose in ("revocation", "suspension"):
        model("certification.PublishedList").objects.get_or_create(
            status_list=status_list,
            purpose=purpose,
            address=present_address(),
            defaults={
                "of_changes": status_list.changes,
                "signed_at": clock.now(),
                "data": "{}",
                "jwt": "e30.e30.e30",
            },
        )


def _papers(made: Side, now: Any) -> None:
    """What is under way in the city: a sitting, a presence, requests, a pair of doubles."""
    made.certificate.pdf, made.certificate.sha256 = _file(), hashlib.sha256(FILE).hexdigest()
    assign_status_place(made.certificate)
    made.certificate.save()
    CredentialFactory(certificate=made.certificate, leaf_index=0, tree_size=1)
    _published(made.certificate.status_list)
    made.things["bulk"] = apps.get_model("certification.BulkChange").objects.create(
        act="revoke", state="waiting", reason="fraud", note="冒用", asked_by=made.owner
    )
    apps.get_model("certification.BulkLine").objects.create(
        change=made.bulk, certificate=made.certificate
    )
    made.things["spot_check"] = apps.get_model("courses.SpotCheck").objects.create(
        session=made.session, asked_at=now, closes_at=now + timedelta(hours=1)
    )
    apps.get_model("courses.SpotAnswer").objects.create(
        spot_check=made.spot_check, enrolment=made.enrolment
    )
    made.things["body"] = apps.get_model("certification.AssessmentBody").objects.create(
        org=made.city,
        prefix="Y000133000001",
        valid_from=clock.today(),
        document="示例〔2026〕1号",
    )
    made.things |= {
        "papers": apps.get_model("certification.HistoricImport").objects.create(
            org=made.city, actor=made.administrator, applied_by=made.administrator, state="applied", aim="archive", filename="a.xlsx"
        ),
        "papers_sheet": apps.get_model("certification.HistoricImport").objects.create(
            org=made.city, actor=made.administrator, state="ready", file=_sheet(), filename="b.xlsx", summary={"new": 1, "faulty": 1},
            layout={"first": 0, "last": 0, "columns": [{"letter": "A", "heading": "证书编号", "samples": []}]},
        ),
    }  # fmt: skip
    made.person.photo = _file()
    made.person.save()
    model, person, administrator = apps.get_model, made.person, made.administrator
    today = clock.today()
    made.things |= {
        "attempt": model("courses.Attempt").objects.create(
            exam=made.exam,
            enrolment=made.enrolment,
            number=1,
            state="submitted",
            paper=[],
            key={},
            started_at=now,
            ends_at=now,
            mark=Decimal(80),
            points=Decimal(80),
            out_of=Decimal(100),
            receipt="0" * 64,
            submitted_at=now,
            settled_at=now,
        ),
        "attendance": model("courses.Attendance").objects.create(
            enrolment=made.enrolment,
            session=made.session,
            method="manual",
            at=now,
            hours=Decimal(4),
            recorded_by=administrator,
            reason="手机没电",
        ),
        "asked": model("competitions.TwoPersonRequest").objects.create(
            event=made.event, kind="unseal", reason="公布", asked_by=administrator
        ),
        "revocation": model("certification.RevocationRequest").objects.create(
            certificate=made.certificate, reason="fraud", note="冒用", requested_by=administrator
        ),
        "look_up": model("certification.LookUp").objects.create(
            way="form", answer="valid", certificate=made.certificate
        ),
        "check": model("certification.BatchCheck").objects.create(
            actor=made.owner,
            org=made.city,
            file_name="a.xlsx",
            total=0,
            counts={},
            state="finished",
            milliseconds=1,
        ),
        "share": model("certification.ShareLink").objects.create(
            certificate=made.certificate, ends_at=now + timedelta(days=9)
        ),
        "correction": model("certification.CorrectionRequest").objects.create(
            certificate=made.certificate,
            what="photo",
            reason="旧照",
            evidence=_file(),
            asked_by=made.owner,
            due_on=today,
        ),
        "api_key": model("api.ApiKey").objects.create(
            name="程序",
            prefix=f"cp_{made.owner.pk}",
            owner=made.owner,
            org=made.city,
            scopes=["verify"],
            ends_on=today,
        ),
        "watch": model("certification.Watch").objects.create(
            employer=made.employer,
            certificate=made.certificate,
            added_by=administrator,
            added_on=today,
            ends_on=today,
        ),
        "batch": model("jobs.Job").objects.create(
            kind="certification.issue_completion", title="一批", actor=made.owner
        ),
        "pair": model("people.SuspectedPair").objects.create(
            first=person, second=made.double, evidence=[], score=50
        ),
        "merge": model("people.MergeProposal").objects.create(
            keep=person, gone=made.double, picks={}, reason="同一人", proposed_by=administrator
        ),
        "export": model("office.PeopleExport").objects.create(
            org=made.city, asked_by=made.owner, purpose="换届核对名册", count=600
        ),
        "wish": model("people.PrivacyRequest").objects.create(
            kind="correction",
            person=person,
            asked_by=made.owner,
            field="name",
            note="改",
            due_on=today,
            ripe_on=today,
            evidence=_file(),
        ),
        "farewell": model("people.PrivacyRequest").objects.create(
            kind="erasure", person=person, asked_by=made.owner, due_on=today, ripe_on=today
        ),
        "copy": model("people.DataExport").objects.create(
            person=person,
            asked_by=made.owner,
            state="ready",
            file=_file(),
            ready_at=now,
            expires_at=now + timedelta(days=7),
        ),
        "change": model("org.UnitChange").objects.create(
            unit=made.district,
            kind="renamed",
            on=today,
            old_name="旧名",
            new_name=made.district.name,
            recorded_by=administrator,
        ),
    }


def site_things() -> dict[str, Any]:
    """Build what belongs to no union: the draft of a notice, a proposed rule of keeping, a row of
    the record.
    """
    model = apps.get_model
    draft, _new = model("people.PolicyVersion").objects.get_or_create(
        number=90, defaults={"text_zh": "说明", "text_en": "Notice"}
    )
    rule, _new = model("people.RetentionRule").objects.get_or_create(
        key=next(one.key for one in personal.list_keepings() if one.can_sweep),
        version=9,
        defaults={
            "months": 12,
            "basis": "条例",
            "source_document": "1 号",
            "valid_from": clock.today(),
            "proposed_by": UserFactory(),
        },
    )
    return {
        "notice": draft,
        "rule": rule,
        "row": model("audit.Event").objects.order_by("pk").first(),
    }


Kwargs = Callable[[Side], dict[str, Any]]
# What an address needs, by the names it asks for. One line for a new kind of thing; a row of the
# matrix names the line with `on=`.
KWARGS: dict[str, Kwargs] = {
    "": lambda _s: {},
    "handle": lambda s: {"handle": handles.handle_of(s.receiver.pk)},
    "handle sheet": lambda s: {"handle": handles.handle_of(s.receiver.pk), "kind": "csv"},
    "sheet kind": lambda _s: {"kind": "csv"},
    "proposal": lambda s: {"public_id": s.proposal.public_id},
    "held": lambda s: {"public_id": s.held.public_id},
    "review": lambda s: {"public_id": s.review.public_id},
    "review item": lambda s: {
        "public_id": s.review.public_id,
        "item": s.review.items.first().public_id,
    },
    "class": lambda s: {"class_id": s.klass.public_id},
    "class move": lambda s: {"class_id": s.klass.public_id, "to": "assessing"},
    "session": lambda s: {"class_id": s.klass.public_id, "session_id": s.session.public_id},
    "enrolment": lambda s: {"class_id": s.klass.public_id, "enrolment_id": s.enrolment.public_id},
    "place": lambda s: {
        "class_id": s.klass.public_id,
        "enrolment_id": s.enrolment.public_id,
        "act": "drop",
    },
    "spot check": lambda s: {"check_id": s.spot_check.public_id},
    "attendance": lambda s: {
        "class_id": s.klass.public_id,
        "attendance_id": s.attendance.public_id,
    },
    "lesson": lambda s: {"class_id": s.klass.public_id, "number": 1},
    "exam": lambda s: {"class_id": s.klass.public_id, "exam_id": s.exam.public_id},
    "attempt": lambda s: {"attempt_id": s.attempt.public_id},
    "class attempt": lambda s: {"class_id": s.klass.public_id, "attempt_id": s.attempt.public_id},
    "event": lambda s: {"event": s.event.public_id},
    "event act": lambda s: {"event": s.event.public_id, "key": "open-registration"},
    "event correction": lambda s: {"event": s.event.public_id, "kind": "recompute"},
    "event part": lambda s: {"event": s.event.public_id, "key": "lock-module", "part": "A"},
    "event asked": lambda s: {"event": s.event.public_id, "asked": s.asked.public_id},
    "event person": lambda s: {"event": s.event.public_id, "person": s.person.public_id},
    "event entry": lambda s: {"event": s.event.public_id, "entry": s.entry.public_id},
    "event sheet": lambda s: {"event": s.event.public_id, "sheet": s.sheet.public_id},
    "event number": lambda s: {"event": s.event.public_id, "number": s.sheet.code.number},
    "sheet": lambda s: {"sheet": s.sheet.public_id},
    "sheet remark": lambda s: {"sheet": s.sheet.public_id, "remark": s.remark.operation},
    "certificate": lambda s: {"public_id": s.certificate.public_id},
    "honour": lambda s: {"public_id": s.honour.public_id},
    "assessment body": lambda s: {"public_id": s.body.public_id},
    "shipped template": lambda _s: {
        "pk": apps.get_model("certification.CertificateTemplate")
        .objects.get(org=None, kind="PX")
        .pk
    },
    "kind of certificate": lambda _s: {"kind": "PX"},
    "papers": lambda s: {"public_id": s.papers.public_id},
    "sheet of papers": lambda s: {"public_id": s.papers_sheet.public_id},
    "rows of papers": lambda s: {"public_id": s.papers.public_id, "what": "records"},
    "code": lambda s: {"code": s.certificate.code},
    "credential": lambda s: {"address_id": s.certificate.credential.address_id},
    "status list": lambda s: {"number": s.certificate.status_list.number, "purpose": "revocation"},
    "look-up": lambda s: {"public_id": s.look_up.public_id},
    "tile": lambda _s: {"level": "0", "path": "000.p/1"},
    "bundle": lambda _s: {"path": "000.p/1"},
    "entry of the register": lambda _s: {"index": "0"},
    "change of many": lambda s: {"public_id": s.bulk.public_id},
    "answer to a change of many": lambda s: {"public_id": s.bulk.public_id, "answer": "confirm"},
    "share": lambda s: {"public_id": s.share.public_id},
    "shared": lambda s: {"code": s.share.code},
    "file of a certificate": lambda s: {"public_id": s.certificate.public_id, "kind": "proof"},
    "correction": lambda s: {"public_id": s.correction.public_id},
    "check": lambda s: {"public_id": s.check.public_id},
    "api key": lambda s: {"public_id": s.api_key.public_id},
    "api entry": lambda s: {"public_id": s.watch.public_id},
    "api rest": lambda s: {"rest": "x"},
    "watched": lambda s: {"public_id": s.watch.public_id},
    "watch": lambda s: {"public_id": s.watch.public_id, "act": "remove"},
    "batch": lambda s: {"public_id": s.batch.public_id},
    "batch act": lambda s: {"public_id": s.batch.public_id, "act": "pause"},
    "job": lambda s: {"public_id": s.job.public_id},
    "import": lambda s: {"public_id": getattr(s, "import").public_id},
    "import rows": lambda s: {"public_id": getattr(s, "import").public_id, "what": "faults"},
    "import kind": lambda _s: {"kind": "roster"},
    "unit": lambda s: {"public_id": s.city.public_id},
    "unit change": lambda s: {"public_id": s.district.public_id, "change_id": s.change.public_id},
    "employer": lambda s: {"public_id": s.employer.public_id},
    "employer unit": lambda s: {"public_id": s.employer.public_id, "unit_id": s.city.public_id},
    "pair": lambda s: {"public_id": s.pair.public_id},
    "merge": lambda s: {"public_id": s.merge.public_id},
    "export": lambda s: {"public_id": s.export.public_id},
    "message": lambda s: {"public_id": s.message.public_id},
    "webhook": lambda s: {"public_id": s.webhook.public_id},
    "webhook delivery": lambda s: {
        "public_id": s.webhook.public_id,
        "delivery_id": s.delivery.public_id,
    },
    "push": lambda s: {"public_id": s.push.public_id},
    "unsubscribe": lambda s: {
        "token": links.unsubscribe_path(s.owner.pk, "", "mail").split("/")[-2]
    },
    "passkey": lambda s: {"pk": s.passkey.pk},
    "session row": lambda s: {"pk": s.session_row.pk},
    "link": lambda s: {"pk": s.link.pk},
    "factor": lambda s: {"pk": s.app.pk},
    "provider": lambda _s: {"provider_id": "nobody"},
    "audit row": lambda s: {"number": s.row.pk},
    "missing": lambda _s: {"public_id": MISSING},
    "consent": lambda _s: {"purpose": "honour_list", "act": "give"},
    "copy": lambda s: {"public_id": s.copy.public_id},
    "wish": lambda s: {"public_id": s.wish.public_id},
    "farewell": lambda s: {"public_id": s.farewell.public_id},
    "wish act": lambda s: {"public_id": s.wish.public_id, "act": "refuse"},
    "notice": lambda s: {"public_id": s.notice.public_id},
    "keeping": lambda s: {"key": s.rule.key},
    "rule act": lambda s: {"public_id": s.rule.public_id, "act": "confirm"},
    "calendar": lambda s: {"key": f"session-{s.session.public_id}"},
    "screen": lambda _s: {"screen": "429"},
    **{
        f"{name} pk": (lambda s, name=name: {"pk": getattr(s, name).pk})
        for name in ("course", "completion", "lesson", "question", "klass", "session", "exam")
    },
    "person": lambda s: {"public_id": s.person.public_id},
    "person work": lambda s: {
        "public_id": s.person.public_id,
        "pk": s.person.employments.first().pk,
    },
}


def subjects(own: Side) -> dict[str, Any]:
    """Return an account for each declared role, holding it in the own city only; a worker without
    any; the owner; nobody.
    """
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
        assign_role(
            actor=access.SYSTEM, user=found[role.key], role=role.key, scope=scopes[role.scope]
        )
    for key, scope in ((ABOVE, own.province), (BELOW, own.district), (FORMER, own.city)):
        found[key] = WorkerFactory(user__username=f"holder-{key}").user
        given = assign_role(actor=access.SYSTEM, user=found[key], role="union_admin", scope=scope)
    RoleAssignment.objects.filter(pk=given.pk).update(
        starts_on=clock.today() - timedelta(days=9),
        ends_on=clock.today() - timedelta(days=1),
    )
    judge = JudgeFactory(event=own.event, user=found["judge"])
    own.sheet.seats.create(judge=judge, position=1)
    found[SUPERUSER] = UserFactory(is_superuser=True, is_staff=True)
    return {**found, WORKER: WorkerFactory().user, OWNER: own.owner, NOBODY: None}
