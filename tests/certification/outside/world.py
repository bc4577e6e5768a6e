"""Certificates issued through the real workflow, and everything a stranger can read about them:
plain texts, no rows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.files.storage import storages
from django.utils import timezone

from access import SYSTEM
from access.workflows import assign_role
from certification.credentials import proof, status_list
from certification.credentials.badge import LISTS
from certification.enums import CertificateKind, Reason
from certification.models import Certificate, Credential
from certification.queries import keys
from certification.workflows import issue, status_changes, status_lists
from certification.workflows.keys import load_announced_keys
from tests.factories.certification import make_order
from tests.factories.ground import OrgUnitFactory, PersonFactory, UserFactory

HOST = "https://cert.example.cn"
DID = "did:web:cert.example.cn"
DID_ADDRESS = f"{HOST}/.well-known/did.json"
UNTIL = date(2035, 12, 31)
AWARD = {
    "starts": "二〇二六年五月六日",
    "ends": "五月八日",
    "event": "示例市职工职业技能大赛",
    "rank": "一",
}
# Three templates, with and without an end, with names that few systems can write.
TEN: dict[str, dict[str, object]] = {
    "training": {"holder": "张伟"},
    "training, until": {"holder": "欧阳示例", "valid_until": UNTIL},
    "training, rare character": {"holder": "李䶮"},
    "training, rarer character": {"holder": "王𬭎", "valid_until": UNTIL},
    "training, name with a dot": {"holder": "阿卜杜热西提·买买提"},
    "award": {
        "holder": "陈示例",
        "kind": CertificateKind.AWARD,
        "distinction": "一等奖",
        "fields": AWARD,
    },
    "award, until": {
        "holder": "买买提·依明",
        "kind": CertificateKind.AWARD,
        "distinction": "金牌",
        "fields": AWARD,
        "valid_until": UNTIL,
    },
    "honour": {"holder": "赵示例", "kind": CertificateKind.HONOUR, "subject": "示例工匠"},
    "honour, until": {
        "holder": "周𬭎",
        "kind": CertificateKind.HONOUR,
        "subject": "示例工匠",
        "valid_until": UNTIL,
    },
    "honour, Latin name": {
        "holder": "Christopher Alexander Montgomery",
        "kind": CertificateKind.HONOUR,
        "subject": "示例工匠",
    },
}


@dataclass(frozen=True, slots=True)
class Issued:
    """One certificate as its holder has it."""

    holder: str
    number: str
    data: str
    jwt: str
    offline: str
    pdf: bytes


@dataclass(slots=True)
class World:
    """What there is to judge. *table* is what the site would answer at each address; *jwt_table*
    the same asked for as JWT.
    """

    good: dict[str, Issued] = field(default_factory=dict)
    expired: Issued | None = None
    revoked: Issued | None = None
    suspended: Issued | None = None
    table: dict[str, str] = field(default_factory=dict)
    jwt_table: dict[str, str] = field(default_factory=dict)
    lapsed_lists: dict[str, str] = field(default_factory=dict)


def make() -> World:
    """Issue, suspend, revoke, and gather. In a database that is thrown away."""
    org, world = OrgUnitFactory(), World()
    for key, order in TEN.items():
        world.good[key] = _taken(_issue(org, key, **order))
    world.expired = _taken(
        _issue(org, "expired", issued_on=date(2020, 1, 1), valid_until=date(2020, 12, 31))
    )
    suspended, revoked = _issue(org, "suspended"), _issue(org, "revoked")
    world.lapsed_lists = _lapsed(revoked)  # from before it was revoked
    status_changes.suspend_certificate(
        actor=SYSTEM, certificate=suspended, reason=Reason.UNDER_REVIEW
    )
    first, second = _holder("union_officer", org), _holder("union_reviewer", org)
    request = status_changes.request_revocation(
        actor=first, certificate=revoked, reason=Reason.FRAUD, note="替考"
    )
    status_changes.confirm_revocation(actor=second, request=request)
    world.suspended, world.revoked = _taken(suspended), _taken(revoked)
    world.table[DID_ADDRESS] = json.dumps(keys.did_document())
    for name in LISTS:
        row = status_lists.get_published_status_list(1, name)
        world.table[f"{HOST}/status/1/{name}"], world.jwt_table[f"{HOST}/status/1/{name}"] = (
            row.data,
            row.jwt,
        )
    world.jwt_table[DID_ADDRESS] = world.table[DID_ADDRESS]
    return world


def _issue(org: object, key: str, **order: object) -> Certificate:
    name = order.pop("holder", "王示例")
    return issue.issue_certificate(
        actor=SYSTEM,
        order=make_order(PersonFactory(name=name), org, holder=name, source_key=key, **order),
    )


def _holder(role: str, org: object) -> object:
    user = UserFactory()
    assign_role(actor=SYSTEM, user=user, role=role, scope=org)
    return user


def _taken(certificate: Certificate) -> Issued:
    row = Credential.objects.get(certificate=certificate)
    with storages["private"].open(Certificate.objects.get(pk=certificate.pk).pdf.name) as file:
        pdf = file.read()
    return Issued(certificate.holder_name, certificate.number, row.data, row.jwt, row.offline, pdf)


def _lapsed(revoked: Certificate) -> dict[str, str]:
    """Return the lists as they were four days ago, signed by us: what somebody would replay to
    hide a revocation.
    """
    lists, then = {}, timezone.now().replace(microsecond=0) - timedelta(days=4)
    for name in LISTS:
        address = f"{HOST}/status/{revoked.status_list.number}/{name}"
        document = status_list.build_status_list_credential(
            address=address,
            issuer=DID,
            purpose=LISTS[name],
            encoded=status_list.encode_status_list([]),
            valid_from=then,
            valid_until=then + status_lists.VALID,
        )
        lists[address] = json.dumps(
            proof.add_credential_proof(
                document,
                signer=load_announced_keys().credential,
                controller=DID,
                at=then,
                alone=True,
            )
        )
    return lists
