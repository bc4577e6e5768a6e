"""Render the sample of a template without writing anything.

It is the very page that would be printed, of an invented holder, and marked as a sample.
"""

from __future__ import annotations

import io
from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from certification.enums import CertificateKind
from certification.errors import NotIssuable
from certification.models import CertificateTemplate
from certification.rendering.pdf import get_renderer
from certification.rendering.print_data import PrintData
from certification.rules import english, sample, wording
from certification.workflows.print_data import (
    build_paragraphs,
    build_template_print_data,
    fill_stored_wording,
    list_level_facts,
)
from org.models import OrgUnit


def render_sample_pdf(template: CertificateTemplate, org: OrgUnit) -> bytes:
    """Return the sample of *template* (saved or not) as *org* would issue it. Raises `DomainError`
    for what can't be printed.
    """
    return get_renderer().render(build_sample_print_data(template, org)).pdf


def build_sample_print_data(template: CertificateTemplate, org: OrgUnit) -> PrintData:
    """Return the print data of the sample. Raises `NotIssuable` for a wording with an unknown or
    open field.
    """
    try:
        body, body_en = (
            fill_stored_wording(template.wording, sample.FIELDS),
            fill_stored_wording(template.wording_en, english.translate_fields(sample.FIELDS)),
        )
    except wording.WordingError as error:
        raise NotIssuable(
            "wording_unknown",
            _("“%(what)s” isn't a field we know, or it isn't closed.") % {"what": error.args[0]},
        ) from error
    fields = sample.FIELDS
    return PrintData(
        **build_template_print_data(template),
        title=template.title,
        holder=sample.HOLDER,
        distinction=fields["award"] if template.kind == CertificateKind.AWARD else "",
        facts=list_level_facts(
            template,
            occupation=fields["occupation"],
            level=fields["level"],
            employer=sample.EMPLOYER,
        ),
        body=build_paragraphs(body),
        body_en=build_paragraphs(body_en),
        number=sample.NUMBER,
        issued_on=sample.DAY,
        issuer=org.name,
        photo=_photo() if template.with_photo else None,
        qr=f"{settings.BASE_URL}/verify/",
        disclaimer=" ".join(filter(None, (sample.MARK, template.disclaimer))),
    )


@cache
def _photo() -> bytes:
    """Return a grey outline of a person in the proportions of a one-inch photo."""
    image = Image.new("RGB", (295, 413), "#e9edf5")
    draw = ImageDraw.Draw(image)
    draw.ellipse((92, 92, 203, 224), fill="#b4bac6")
    draw.ellipse((40, 256, 255, 560), fill="#b4bac6")
    target = io.BytesIO()
    image.save(target, "JPEG", quality=85)
    return target.getvalue()
