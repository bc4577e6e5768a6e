"""Find files by their bytes. Each function is one query in plain SQL, since that query is nearly
all the work of checking a genuine file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from certification.enums import OUT_STATES
from certification.models import Certificate, Credential, FormerFile, RegisterEntry
from core.written_queries import Column, fetch_row

_NEEDED = {
    "id",
    "state",
    "state_since",
    "state_reason",
    "valid_until",
    "replaced_by",
    "number",
    "holder_name",
}
"""What a judgement needs of a certificate: a fifth of its row. Another column is read from the database when it is asked for."""
_FIELDS = [
    field for field in Certificate._meta.concrete_fields if field.name in _NEEDED
]  # in the order in which `from_db` takes them
_JUDGED = [field.attname for field in _FIELDS]
_OF_CREDENTIAL = ("sha256", "signed_at", "leaf_index")
_COLUMNS: tuple[Column, ...] = (
    *((Certificate, field.name) for field in _FIELDS),
    *((Credential, name) for name in _OF_CREDENTIAL),
    (RegisterEntry, "key"),
)
# A credential that isn't in the register yet, or where the register has another entry, is for the
# judgement to say.
_SELECT = f"SELECT {', '.join([*(f'c.{name}' for name in _JUDGED), *(f'r.{name}' for name in _OF_CREDENTIAL)])}, e.key"
_ENTRY = f'LEFT JOIN {RegisterEntry._meta.db_table} e ON e."index" = r.leaf_index'
_BY_FILE = (
    f"{_SELECT} FROM {Certificate._meta.db_table} c LEFT JOIN {Credential._meta.db_table} r ON r.certificate_id = c.id {_ENTRY}"
    " WHERE c.sha256 = %s AND NOT (c.sha256 = '')"
)
_BY_FORMER_FILE = (
    f"{_SELECT} FROM {FormerFile._meta.db_table} f JOIN {Certificate._meta.db_table} c ON c.id = f.certificate_id"
    f" LEFT JOIN {Credential._meta.db_table} r ON r.certificate_id = c.id {_ENTRY} WHERE f.sha256 = %s"
)
_BY_CREDENTIAL = (
    f"{_SELECT} FROM {Credential._meta.db_table} r JOIN {Certificate._meta.db_table} c ON c.id = r.certificate_id {_ENTRY}"
    " WHERE r.{column} = %s"
)
_BY_JSON = _BY_CREDENTIAL.replace("{column}", "sha256")
_BY_JWT = _BY_CREDENTIAL.replace("{column}", "address_id") + " AND r.jwt = %s"


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A certificate that was handed out, and what is on record of its credential (all None without
    one).

    *sha256*: the fingerprint of its credential.json. *leaf_index*: the place of its entry in the
    register. *entry_key*: the fingerprint of the entry at that place.
    """

    certificate: Certificate
    sha256: str | None
    signed_at: datetime | None
    leaf_index: int | None
    entry_key: bytes | None


def find_by_file(fingerprint: str) -> KnownFile | None:
    """Return the certificate whose PDF has this SHA-256 (hex), now or before it was made again.
    One query, or two for a former file.
    """
    return _found(_BY_FILE, fingerprint) or _found(_BY_FORMER_FILE, fingerprint)


def find_by_json(fingerprint: str) -> KnownFile | None:
    """Return the certificate whose credential.json has this SHA-256 (hex). One query."""
    return _found(_BY_JSON, fingerprint)


def find_by_jwt(address_id: UUID, token: str) -> KnownFile | None:
    """Return the certificate whose credential has this identifier, if its credential.jwt is
    *token* letter for letter. One query.
    """
    return _found(
        _BY_JWT, address_id if connection.features.has_native_uuid_field else address_id.hex, token
    )


def _found(sql: str, *params: Any) -> KnownFile | None:
    row = fetch_row(sql, params, _COLUMNS)
    if row is None:
        return None
    certificate = Certificate.from_db(connection.alias, _JUDGED, row[: len(_JUDGED)])
    if certificate.state not in OUT_STATES:
        return None
    sha256, signed_at, leaf_index, key = row[len(_JUDGED) :]
    return KnownFile(
        certificate, sha256, signed_at, leaf_index, None if key is None else bytes(key)
    )
