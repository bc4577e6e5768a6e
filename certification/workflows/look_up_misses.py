"""Count verifications that led nowhere, by number, by name and for the whole site, to throttle
guessing.

When the site's limit is reached, the alarm notifies the security administrators.
"""

from __future__ import annotations

from django.db import transaction

import notify
from access.models import RoleAssignment
from certification import throttle_wait, throttling
from core import clock


def count_verification_miss(*, number: str, name: str, address: str | None) -> None:
    """Count one “no match” of a number and a name from *address*. It counts the same whether the
    number exists or not.

    *number* and *name* are look-up keys.
    """
    network = throttling.network_of_address(address)
    throttling.count_use(throttling.FREE_BY_ADDRESS, address)
    for limit in (throttling.FREE_BY_NETWORK, throttling.MISSED_HERE):
        throttling.count_use(limit, network)
    for here, everywhere, what in (
        (throttling.FREE_FOR_NUMBER, throttling.BY_NUMBER, number),
        (throttling.FREE_FOR_NAME, throttling.BY_NAME, name),
    ):
        throttling.count_use(here, f"{network} {what}")
        throttling.count_use(everywhere, what)
    if (
        throttling.count_use(throttling.SITE_MISSES, "") >= throttling.SITE_MISSES.times
        and throttle_wait.raise_guessing_alarm()
    ):
        notify_guessing_alarm()


@transaction.atomic
def notify_guessing_alarm() -> None:
    """Notify the security administrators that somebody is guessing, once for each alarm."""
    held = (
        RoleAssignment.objects.running()
        .filter(role="security_admin")
        .select_related("user")
        .order_by("pk")
    )
    now = clock.now()
    notify.send_message(
        "certification.guessing",
        to={row.user_id: row.user for row in held}.values(),
        context={
            "misses": str(throttling.SITE_MISSES.times),
            "minutes": str(throttling.SITE_MISSES.seconds // 60),
        },
        key=f"{now:%Y%m%d%H%M}",
    )
