"""Register the secrets of webhooks for the rotation of the identity keys (`people.rotation`)."""

from typing import Any

from people import rotation


def _bound_to(row: Any) -> str:
    bound: str = row.bound_to
    return bound


rotation.register_secret_column("api.WebhookEndpoint", "secret_encrypted", bound_to=_bound_to)
rotation.register_secret_column(
    "api.WebhookEndpoint", "former_secret_encrypted", bound_to=_bound_to
)
