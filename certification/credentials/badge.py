"""One certificate as an Open Badges 3.0 credential.

It tells no more about the person than the printed page does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from certification.credentials import linked_data
from certification.credentials.timestamps import format_utc_moment

SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
CONTEXTS = [linked_data.CREDENTIALS_V2, linked_data.OPEN_BADGES, linked_data.OPEN_BADGES_EXTENSIONS]
# Lists by the last part of their address, and what a set bit in them means by the standard. A badge
# names one list only (Open Badges 3.0 allows no second): "standing", whose bit is set as long as
# the certificate doesn't count, for whatever reason. There are verifiers that overlook every
# purpose but revocation, so that is its purpose; the other two lists say which it is.
LISTS = {"standing": "revocation", "revocation": "revocation", "suspension": "suspension"}
STANDING = "standing"


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """The position of a certificate in a status list. The index is the same in each of the three
    lists.
    """

    base: str
    """Address of the lists without their last part, for example https://cert.example.cn/status/3."""
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """What a credential states. Texts are as printed on the certificate."""

    address: str
    """Its own address: https://cert.example.cn/credentials/<uuid>."""
    subject: UUID
    """Random: names the holder in this one credential and nowhere else."""
    issuer: str
    """The platform's DID."""
    issuer_name: str
    issuer_url: str
    holder: str
    number: str
    title: str
    achievement: str
    """Address that names the achievement: equal for all who earned the same."""
    achievement_name: str
    achievement_type: str
    description: str
    criteria: str
    narrative: str
    """What the page says of this holder in particular."""
    valid_from: datetime
    valid_until: datetime | None
    status: StatusEntry
    results: tuple[tuple[str, str], ...] = field(default=())


def build_badge_credential(badge: Badge) -> dict[str, Any]:
    """Return the unsigned credential of *badge*."""
    achievement: dict[str, Any] = {
        "id": badge.achievement,
        "type": ["Achievement"],
        "achievementType": badge.achievement_type,
        "name": badge.achievement_name,
        "description": badge.description,
        "criteria": {"narrative": badge.criteria},
    }
    credential: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": badge.address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": badge.title,
        "issuer": {
            "id": badge.issuer,
            "type": ["Profile"],
            "name": badge.issuer_name,
            "url": badge.issuer_url,
        },
        "validFrom": format_utc_moment(badge.valid_from),
    }
    if badge.valid_until is not None:
        credential["validUntil"] = format_utc_moment(badge.valid_until)
    return credential | {
        "credentialSubject": {
            "id": badge.subject.urn,
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": badge.holder,
                    "identityType": "name",
                }
            ],
            "licenseNumber": badge.number,
            "narrative": badge.narrative,
            "achievement": achievement,
        },
        "credentialStatus": {
            "id": f"{badge.status.base}/{STANDING}#{badge.status.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": LISTS[STANDING],
            "statusListIndex": str(badge.status.index),
            "statusListCredential": f"{badge.status.base}/{STANDING}",
        },
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
