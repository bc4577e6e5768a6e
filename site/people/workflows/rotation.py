"""Rotation of the identity keys, which encrypts identity numbers again under the newest key.

It goes batch by batch, so that a kill loses nothing and a second run continues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import F, Q

import audit
from core.actors import Actor
from people import crypto, rotation
from people.models import IdentityDocument, Person

BATCH = 500
TOGETHER = 25  # rows of one UPDATE


def list_stale_documents() -> Any:
    """Return the identity rows that still need an older key, or that lack a hash under a listed
    key.
    """
    stale = ~Q(key_name=crypto.key_name()) | Q(newest_hash=None)
    if len(crypto.load_identity_keys()) == 1:
        stale |= ~Q(number_hash=F("newest_hash"))
    return IdentityDocument.objects.filter(stale)


def count_stale_rows() -> dict[str, int]:
    """Return how many rows of each table still need an older key."""
    return {
        "people.IdentityDocument": list_stale_documents().count(),
        **{
            s.key: len(rotation.list_rows_to_reencrypt(s))
            for s in rotation.list_registered_secrets()
        },
    }


def rotate_identity_numbers(*, actor: Actor, batch: int = BATCH) -> Iterator[int]:
    """Rewrite the rows under older keys, and yield the number of rows after each batch.

    Raises `InvalidTag` if no listed key opens a row.
    """
    total = 0
    while keys := list(list_stale_documents().order_by("pk").values_list("pk", flat=True)[:batch]):
        yield (done := _batch(keys))
        total += done
        if not done:
            break
    for secret in rotation.list_registered_secrets():
        for pk in rotation.list_rows_to_reencrypt(secret):
            yield (done := int(rotation.reencrypt_row(secret, pk)))
            total += done
    if total:
        with transaction.atomic():
            first = Person.objects.order_by("pk").first()
            if first is not None:
                audit.record(
                    "people.identity_keys_rotated",
                    actor=actor,
                    target=first,
                    after={"rows": total, "key": crypto.key_name()},
                )


@transaction.atomic
def _batch(keys: list[int]) -> int:
    rows = list(
        IdentityDocument.objects.select_for_update(of=("self",) if _of() else ())
        .select_related("person")
        .filter(pk__in=keys)
    )
    for row in rows:
        row.keep(row.number())
    # Each row is looked up among all of its statement: fewer together are faster.
    IdentityDocument.objects.bulk_update(
        rows, ["number_encrypted", "number_hash", "newest_hash", "key_name"], batch_size=TOGETHER
    )
    return len(rows)


def _of() -> bool:
    return bool(transaction.get_connection().features.has_select_for_update_of)
