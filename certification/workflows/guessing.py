"""Count verifications that led nowhere, by number, by name and for the whole site, to throttle
guessing.

When the site's limit is reached, the alarm notifies the security administrators.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

import notify
from access.models import RoleAssignment
from certification import limits, waiting


def missed(*, number: str, name: str, address: str | None) -> None:
    """Count one “no match” of a number and a name from *address*. It counts the same whether the
    number exists or not.

    *number* and *name* are look-up keys.
    """
    network = limits.network(address)
    limits.note(limits.FREE_BY_ADDRESS, address)
    for limit in (limits.FREE_BY_NETWORK, limits.MISSED_HERE):
        limits.note(limit, network)
    for here, everywhere, what in ((limits.FREE_FOR_NUMBER, limits.BY_NUMBER, number), (limits.FREE_FOR_NAME, limits.BY_NAME, name)):
        limits.note(here, f"{network} {what}")
        limits.note(everywhere, what)
    if limits.note(limits.SITE_MISSES, "") >= limits.SITE_MISSES.times and waiting.alarm():
        tell()


@transaction.atomic
def tell() -> None:
    """Notify the security administrators that somebody is guessing, once for each alarm."""
    held = RoleAssignment.objects.running().filter(role="security_admin").select_related("user").order_by("pk")
    now = timezone.now()
    notify.send(
        "certification.guessing",
        to={row.user_id: row.user for row in held}.values(),
        context={"misses": str(limits.SITE_MISSES.times), "minutes": str(limits.SITE_MISSES.seconds // 60)},
        key=f"{now:%Y%m%d%H%M}",
    )
