"""The invisible field of a page that holds the signature.

It is signed in the same write, or left empty for a signer that comes later.
"""

from __future__ import annotations

import datetime
from typing import Any

import pydyf

from certification.rendering.layers import SerialisedObject
from certification.rendering.structure import FIELD_PARENT
from certification.signing.pades import PadesSigner, field_widget


def add_signature_field(
    pdf: Any,
    page: Any,
    *,
    label: str,
    seal: PadesSigner | None = None,
    at: datetime.datetime | None = None,
    parent: int = FIELD_PARENT,
) -> bytes:
    """Add the field to *page* of *pdf* and return its reference.

    With *seal* the field has the gap for a signature of the moment *at*. *label* is what a screen
    reader says, *parent* the key of the field in the parent tree of the structure.
    """
    signature = None
    if seal is not None:
        if at is None:
            raise ValueError("a signature needs its moment")
        value = SerialisedObject(
            seal.dictionary(at), stream=True
        )  # the signature's own object must not be packed with others
        pdf.add_object(value)
        signature = value.reference
    widget = SerialisedObject(
        field_widget(page.reference, label=label, parent=parent, signature=signature)
    )
    pdf.add_object(widget)
    page["Annots"] = pydyf.Array([widget.reference])
    if seal is None or signature is None:
        pdf.catalog["AcroForm"] = b"<</Fields[%s]/SigFlags 1>>" % widget.reference
    else:
        pdf.catalog.update(seal.catalog_entries(widget.reference, signature))
    return bytes(widget.reference)
