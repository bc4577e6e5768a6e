"""A verification report as PDF/A-3u and PDF/UA-1.

WeasyPrint makes ordinary pages, the signed statement is attached, and the file is signed in the
same write.
"""

from __future__ import annotations

import datetime
import io
from typing import Any

from weasyprint import CSS, HTML, Attachment

from certification.rendering.fonts import FAMILIES
from certification.rendering.layers import finish_streams
from certification.rendering.pdf import Renderer
from certification.rendering.signature_field import add_signature_field
from certification.rendering.structure import complete_tree, declare_accessible
from certification.rendering.text_operators import repair_all_text
from certification.signing.pades import PadesSigner

# The mark of what failed on the page of the answer, and the like of it that our faces have.
_MARKS = str.maketrans({"✕": "×"})


def render_report_pdf(
    markup: str,
    style: str,
    *,
    label: str,
    attached: tuple[str, bytes],
    seal: PadesSigner,
    at: datetime.datetime,
    renderer: Renderer,
) -> bytes:
    """Return *markup* as a signed PDF. *attached* is (name, content), *at* the moment of signing,
    with a time zone.

    *label* is what a screen reader says of the signature.
    """

    def finish(_document: Any, pdf: Any) -> None:
        repair_all_text(pdf.objects)
        page = pdf.objects[int(pdf.page_references[0].split()[0])]
        parent = len(pdf.page_references)  # the pages have the keys before it
        field = add_signature_field(pdf, page, label=label, seal=seal, at=at, parent=parent)
        complete_tree(pdf, field=field, parent=parent)
        declare_accessible(pdf)
        finish_streams(pdf)

    families = ", ".join(f'"{family}"' for family in FAMILIES)
    sheet = CSS(
        string=renderer.fonts.css() + style.replace("FAMILIES", families),
        font_config=renderer._config,
    )
    name, content = attached
    with renderer._lock:  # WeasyPrint's fonts are shared state
        document = HTML(string=markup.translate(_MARKS), url_fetcher=renderer._fetcher).render(
            font_config=renderer._config, stylesheets=[sheet]
        )
        data = document.write_pdf(
            finisher=finish,
            pdf_tags=True,
            pdf_variant="pdf/a-3u",
            attachments=[
                Attachment(
                    file_obj=io.BytesIO(content),
                    name=name,
                    description="Verification report, signed (JWT)",
                    created=at,
                    modified=at,
                    relationship="Data",
                    url_fetcher=renderer._fetcher,
                )
            ],
        )
    return seal.sign(bytearray(data)).pdf
