"""How fast identity numbers are rewritten under a new key, beside a plain loop that only decrypts
and encrypts the same numbers.

Run: python -m tests.benchmarks.rotation
"""

from __future__ import annotations

import os
import time
from datetime import date, timedelta
from typing import Any, NamedTuple

import django
from rich.console import Console
from rich.table import Table

from tests.support.benchmark import pick_by_size

PERSONS = pick_by_size(small=5_000, large=20_000)


class Row(NamedTuple):
    """One way: rows a second, and how many times as long as the plain loop it takes."""

    way: str
    per_second: float
    ratio: float


def build(persons: int) -> None:
    """Record *persons* with a number each, in bulk, under the one listed key."""
    from people.models import IdentityDocument, Person
    from people.rules.identity import compute_id_check_character

    rows = Person.objects.bulk_create(
        [Person(name=f"工{serial}", name_key=f"工{serial}") for serial in range(persons)],
        batch_size=1000,
    )
    documents = []
    for serial, person in enumerate(rows):
        first = f"330106{date(1950, 1, 1) + timedelta(days=serial // 999):%Y%m%d}{serial % 999:03d}"
        documents.append(
            IdentityDocument.of(person, "resident", first + compute_id_check_character(first))
        )
    IdentityDocument.objects.bulk_create(documents, batch_size=1000)


def run(settings: Any, persons: int = PERSONS) -> list[Row]:
    """Rotate an open test database of *persons*; *settings* takes the keys."""
    import access
    from people import crypto, rotation
    from people.models import IdentityDocument
    from people.workflows import rotation as work

    old, new = crypto.make_identity_key(), crypto.make_identity_key()
    settings.IDENTITY_KEYS = [old]
    build(persons)
    settings.IDENTITY_KEYS = [new, old]
    documents = list(IdentityDocument.objects.select_related("person"))
    begun = time.perf_counter()
    for document in documents:
        rotation.reencrypt_blob(bytes(document.number_encrypted), bound_to=document.bound_to)
    plain = time.perf_counter() - begun
    begun = time.perf_counter()
    done = sum(work.rotate_identity_numbers(actor=access.SYSTEM))
    ours = time.perf_counter() - begun
    if done != persons or work.list_stale_documents().exists():
        msg = "the rotation left rows behind"
        raise RuntimeError(msg)
    return [
        Row("decrypt and encrypt only", persons / plain, 1),
        Row("rotate_identity_keys", persons / ours, ours / plain),
    ]


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.conf import settings
    from django.db import transaction

    from tests.support import database

    database.prepare()
    table = Table(title=f"Rotation of identity keys, {PERSONS} persons")
    for heading in ("way", "rows/s", "times the plain loop"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    try:
        with transaction.atomic():
            for row in run(settings):
                table.add_row(row.way, f"{row.per_second:,.0f}", f"{row.ratio:.1f}")
            transaction.set_rollback(True)
    finally:
        database.discard()
    Console().print(table)


if __name__ == "__main__":
    main()
