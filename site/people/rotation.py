"""What is encrypted with the identity keys outside `IdentityDocument`.

The app that owns it registers it here, so that a key rotation misses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction

from people import crypto


@dataclass(frozen=True, slots=True)
class Secret:
    """An encrypted column.

    *blobs* returns what is encrypted in a row. *rewrite* replaces each of them by
    `reencrypt_blob(blob)` and saves the row.
    """

    key: str
    model: str
    blobs: Callable[[Any], list[bytes]]
    rewrite: Callable[[Any], None]


_secrets: dict[str, Secret] = {}


def reencrypt_blob(blob: bytes, *, bound_to: str) -> bytes:
    """Return *blob* encrypted again with the newest key."""
    return crypto.encrypt_text(crypto.decrypt_text(blob, bound_to=bound_to), bound_to=bound_to)


def register_secret_column(model: str, field: str, *, bound_to: Callable[[Any], str]) -> None:
    """Declare a binary column made by `crypto.encrypt_text`.

    *bound_to* returns what a row's text is bound to.
    """

    def blobs(row: Any) -> list[bytes]:
        blob = getattr(row, field)
        return [bytes(blob)] if blob else []

    def rewrite(row: Any) -> None:
        type(row)._default_manager.filter(pk=row.pk).update(
            **{field: reencrypt_blob(getattr(row, field), bound_to=bound_to(row))}
        )

    register_rows(f"{model}.{field}", model, blobs=blobs, rewrite=rewrite)


def register_rows(
    key: str, model: str, *, blobs: Callable[[Any], list[bytes]], rewrite: Callable[[Any], None]
) -> None:
    """Declare encrypted values that a column holds in its own format (for example in JSON)."""
    _secrets[key] = Secret(key, model, blobs, rewrite)


def list_registered_secrets() -> list[Secret]:
    """Return all registered secrets, by key."""
    return [_secrets[key] for key in sorted(_secrets)]


def list_rows_to_reencrypt(secret: Secret) -> list[int]:
    """Return the keys of the rows still under an older key.

    These tables are small, so every row is looked at.
    """
    rows = apps.get_model(secret.model)._default_manager.order_by("pk").iterator(chunk_size=500)
    return [row.pk for row in rows if _is_old(secret, row)]


def reencrypt_row(secret: Secret, pk: int) -> bool:
    """Encrypt one row again and return whether that was still needed."""
    with transaction.atomic():
        row = (
            apps.get_model(secret.model)._default_manager.select_for_update().filter(pk=pk).first()
        )
        if row is None or not _is_old(secret, row):
            return False
        secret.rewrite(row)
        return True


def _is_old(secret: Secret, row: Any) -> bool:
    return any(crypto.key_name_of(blob) != crypto.key_name() for blob in secret.blobs(row))
