"""Add remarks of judges on aspects, which record what was seen, for the talk of the panel and for
an appeal. They change no mark.
"""

from __future__ import annotations

from uuid import UUID

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import audit
from competitions.errors import OperationReused
from competitions.models import Aspect, AspectRemark, Sheet
from competitions.models.sheet import photo_path
from competitions.workflows.signing import seat_at_sheet
from competitions.workflows.writable import need_open_sheet
from core.actors import Actor
from core.errors import InvalidInput, NotFound
from core.pictures import PictureError, open_picture, write_clean_jpeg
from core.states import lock

LONGEST_REMARK = 300
PHOTO_BYTES = 1024 * 1024
PHOTO_SIDE = 1600
_PHOTO_SENTENCES = {
    "too_large": gettext_lazy(
        "The photo is larger than 1 MB. Take it again in the score sheet, which makes it smaller."
    ),
    "form": gettext_lazy(
        "This isn't a JPEG or PNG picture, or it is damaged. Take the photo again."
    ),
    "pixels": gettext_lazy(
        "The photo has more than 40 million pixels. Take it again in the score sheet, which "
        "makes it smaller."
    ),
}


def add_remark(
    *, actor: Actor, sheet: Sheet, operation: UUID, aspect: str, text: str, photo: bytes = b""
) -> AspectRemark:
    """Add what a judge of the sheet writes about *aspect*. The same *operation* again gives the
    same remark.

    *photo* (JPEG or PNG, at most 1 MB) shows what the text is about. It is kept without metadata,
    at most 1,600 pixels a side.

    Raises `InvalidInput` for an empty or too long text and for a file that is no picture,
    `SheetClosed` once the sheet is signed by all or the competition isn't being marked, and
    `NotFound` for an actor who is no judge of the sheet.
    """
    clean = (
        _read_photo(photo) if photo else b""
    )  # before the lock: other judges' marks mustn't wait for a picture
    return _add(
        actor=actor, sheet=sheet, operation=operation, aspect=aspect, text=text, photo=clean
    )


@transaction.atomic
def _add(
    *, actor: Actor, sheet: Sheet, operation: UUID, aspect: str, text: str, photo: bytes
) -> AspectRemark:
    sheet = lock(sheet)
    judge = seat_at_sheet(actor, sheet)
    known = AspectRemark.objects.filter(operation=operation).first()
    if known is not None:
        if (known.sheet_id, known.judge_id) != (sheet.pk, judge.pk):
            raise _reused()
        return known
    need_open_sheet(sheet)
    kept = text.strip()
    if not kept or len(kept) > LONGEST_REMARK:
        raise InvalidInput(
            "remark_length",
            _("Write a remark of 1 to %(limit)s characters.") % {"limit": LONGEST_REMARK},
        )
    line = Aspect.objects.filter(module=sheet.module_id, code=aspect).first()
    if line is None:
        raise NotFound
    remark = AspectRemark(operation=operation, sheet=sheet, aspect=line, judge=judge, text=kept)
    try:
        with transaction.atomic():
            remark.save()
    except IntegrityError:  # the same number at the same moment for another sheet
        raise _reused() from None
    if photo:
        # A worker that was killed before it committed has left a file of this number, which no row
        # names.
        remark.photo.storage.delete(photo_path(remark, ""))
        remark.photo.save("photo.jpg", ContentFile(photo))
    sheet.revision += 1
    sheet.save(update_fields=["revision"])
    audit.record(
        "competitions.remark_added",
        actor=actor,
        target=sheet,
        after={"aspect": aspect, "seat": judge.seat, "photo": bool(photo)},
    )
    return remark


def _read_photo(data: bytes) -> bytes:
    try:
        return write_clean_jpeg(
            open_picture(data, max_bytes=PHOTO_BYTES), within=(PHOTO_SIDE, PHOTO_SIDE), quality=80
        )
    except PictureError as error:
        raise InvalidInput(f"photo_{error.code}", str(_PHOTO_SENTENCES[error.code])) from error


def _reused() -> OperationReused:
    return OperationReused(
        "operation_reused",
        _(
            "The tablet used the same number for two different saves. Reload the score "
            "sheet and write the remark again."
        ),
    )
