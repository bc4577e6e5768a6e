"""The sample of a template: the very page that would be printed, of an invented holder, and marked as a sample. Writes nothing."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from django.conf import settings

from certification.errors import NotIssuable
from certification.models import CertificateTemplate
from certification.rendering.face import Face, Layout, Strong
from certification.rendering.pdf import renderer
from certification.rules import sample, wording
from org.models import OrgUnit


def sample_pdf(template: CertificateTemplate, org: OrgUnit) -> bytes:
    """Return the sample of *template* (saved or not) as *org* would issue it. Raises `DomainError` for what can't be printed."""
    return renderer().render(sample_face(template, org)).pdf


def sample_face(template: CertificateTemplate, org: OrgUnit) -> Face:
    """Return what the sample shows."""
    try:
        body = wording.fill(template.wording, sample.FIELDS)
    except wording.WordingError as error:
        raise NotIssuable("wording_incomplete", str(error)) from error
    return Face(
        layout=cast("Layout", template.layout),
        title=template.title,
        title_en=template.title_en,
        holder=sample.HOLDER,
        salutation=template.salutation,
        lead=template.lead,
        distinction=sample.FIELDS["award"] if template.kind == "JS" else "",
        body=tuple(tuple(Strong(text) if bold else text for text, bold in paragraph) for paragraph in body),
        number=sample.NUMBER,
        issued_on=sample.DAY,
        issuer=org.name,
        photo=None,
        verify_url=f"{urlsplit(settings.BASE_URL).netloc}/verify/",
        qr=f"{settings.BASE_URL}/verify/".upper(),
        disclaimer=" ".join(filter(None, (sample.MARK, template.disclaimer))),
    )
