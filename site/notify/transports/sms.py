"""Send short messages through the gateway of `core.sms`."""

from __future__ import annotations

from core import sms
from notify.transports.parcel import NotTaken, Parcel


def is_sms_transport_available() -> bool:
    """Say whether this site can send short messages."""
    return sms.can_send_sms()


def send_sms_parcel(parcel: Parcel) -> None:
    """Send the one piece of *parcel*, or raise `NotTaken`."""
    piece = parcel.pieces[0]
    try:
        sms.send_sms(parcel.address, piece.sms_template, dict(piece.sms_values), piece.text)
    except sms.SmsError as error:
        raise NotTaken(str(error)[:200], again=error.again) from None
