"""Security notices about outcomes that the lower app `people` announces."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core import clock
from jobs.models import JobItem
from notify.workflows.sending import write_messages
from people.models import User
from people.models.sign_in import KnownDevice

NEW_DEVICE_JOB = "notify.new_device"


@transaction.atomic
def tell_new_device(item: JobItem) -> dict[str, Any] | None:
    """Tell an account that a browser signed in with it for the first time, once for each browser."""
    user = User.objects.filter(pk=item.key).first()
    device = KnownDevice.objects.filter(pk=item.job.payload.get("device"), user=user).first()
    if user is None:
        return None
    return {
        "written": write_messages(
            "people.new_device",
            to=user,
            context={
                "device": device.label if device else "",
                "at": device.first_at if device else clock.now(),
            },
            key=str(device.pk if device else item.pk),
        )
    }
