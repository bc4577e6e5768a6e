"""The secrets of webhooks, for the rotation of the identity keys (`people.rotation`)."""

from typing import Any

from people import rotation


def _bound_to(row: Any) -> str:
    return f"webhook {row.public_id}"


rotation.register("notify.WebhookEndpoint", "secret_encrypted", bound_to=_bound_to)
