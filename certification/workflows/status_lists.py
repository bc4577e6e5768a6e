"""Publish the status lists. A list is signed again when something in it has changed, and at least
twice a day.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from certification.credentials import jose, proof, status_list
from certification.credentials.badge import LISTS
from certification.credentials.did import did_of
from certification.enums import CertificateState
from certification.models import Certificate, PublishedList, StatusList
from certification.queries.addresses import present_address
from certification.tlog import leaves
from certification.workflows import register
from certification.workflows.keys import LogSigner, load_announced_keys
from core import clock

# A replaced certificate is no longer the one to show: its bit is set like that of a revoked one,
# and the register says which.
SET_BY = {
    "standing": (CertificateState.REVOKED, CertificateState.SUPERSEDED, CertificateState.SUSPENDED),
    "revocation": (CertificateState.REVOKED, CertificateState.SUPERSEDED),
    "suspension": (CertificateState.SUSPENDED,),
}
FRESH = timedelta(hours=12)
VALID = timedelta(hours=36)


def mark_status_list_changed(certificate: Certificate) -> None:
    """Note that the lists of *certificate* must be signed again. Call it in the transaction of the
    status change. One query.
    """
    if certificate.status_list_id:
        StatusList.objects.filter(pk=certificate.status_list_id).update(changes=F("changes") + 1)


def get_published_status_list(number: int, name: str, *, address: str = "") -> PublishedList | None:
    """Return list *number* of the kind *name* (see `badge.LISTS`) as it is now, signed again if
    need be. Returns None if there is no such list.

    *address* is one of the site's own, present or former, and the present one if left out. The list
    is signed under its DID, since a verifier wants it to have the issuer of the credentials that
    name it. One query as long as nothing changed. It must not be called inside a transaction, since
    a list that is signed is entered into the register.
    """
    if name not in LISTS:
        return None
    address = address or present_address()
    kept = (
        PublishedList.objects.select_related("status_list")
        .filter(status_list__number=number, purpose=name, address=address)
        .first()
    )
    if (
        kept
        and kept.of_changes == kept.status_list.changes
        and clock.now() - kept.signed_at < FRESH
    ):
        return kept
    row = StatusList.objects.filter(number=number).first()
    return None if row is None else _sign(row, name, address)


def _sign(row: StatusList, name: str, at_address: str) -> PublishedList:
    """Sign *row* as it is.

    Its count of changes was read before the certificates, so a change in between is in the next
    signing.
    """
    ring = load_announced_keys()
    places = Certificate.objects.filter(status_list=row, state__in=SET_BY[name]).values_list(
        "status_index", flat=True
    )
    now = clock.now().replace(microsecond=0)
    issuer = did_of(at_address)
    document = status_list.build_status_list_credential(
        address=f"{at_address}/status/{row.number}/{name}",
        issuer=issuer,
        purpose=LISTS[name],
        encoded=status_list.encode_status_list(place for place in places if place is not None),
        valid_from=now,
        valid_until=now + VALID,
    )
    whole = proof.add_credential_proof(
        document, signer=ring.credential, controller=issuer, at=now, alone=True
    )
    data = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    jwt = jose.sign_credential_jwt(
        document, signer=ring.credential, controller=issuer, algorithm="EdDSA"
    )
    register.append_register_entries(
        [
            leaves.write_leaf(
                "statuslist", hashlib.sha256(data.encode()).digest(), timezone.localdate(now)
            )
        ],
        sign=LogSigner(ring.register),
    )
    kept, _new = PublishedList.objects.update_or_create(
        status_list=row,
        purpose=name,
        address=at_address,
        defaults={"of_changes": row.changes, "signed_at": now, "data": data, "jwt": jwt},
    )
    return kept
