"""Secrets of this app that are encrypted with the identity keys, besides identity numbers.

They are registered so that a key rotation reaches them.
"""

from __future__ import annotations

import base64
from typing import Any

from people import rotation

SECOND_FACTOR = "second factor"
_IN_DATA = ("secret", "seed")


def _seeds(row: Any) -> dict[str, bytes]:
    return (
        {name: base64.b64decode(row.data[name]) for name in _IN_DATA if row.data.get(name)}
        if row.type != "webauthn"
        else {}
    )


def _renew_seeds(row: Any) -> None:
    fresh = {
        name: base64.b64encode(rotation.reencrypt_blob(blob, bound_to=SECOND_FACTOR)).decode(
            "ascii"
        )
        for name, blob in _seeds(row).items()
    }
    type(row)._default_manager.filter(pk=row.pk).update(data={**row.data, **fresh})


rotation.register_secret_column(
    "people.PrivacyRequest", "wanted_encrypted", bound_to=lambda row: row.bound_to
)
rotation.register_rows(
    "mfa.Authenticator.data",
    "mfa.Authenticator",
    blobs=lambda row: list(_seeds(row).values()),
    rewrite=_renew_seeds,
)
