"""Build what is printed on a certificate, or on the sample of a template, from database rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from certification.enums import CertificateLayout
from certification.errors import NotIssuable
from certification.models import Certificate, CertificateTemplate
from certification.rendering.print_data import Layout as FaceLayout
from certification.rendering.print_data import (
    Paragraph,
    PrintData,
    Signatory,
    Strong,
    StrongPersonal,
    make_run,
)
from certification.rendering.sheet import Orientation
from certification.rules import filed_number, wording
from certification.workflows.credential_issue import build_qr_address
from people.models import Person

# Words of a document, not of the interface.
_TRADE, _LEVEL, _EMPLOYER = "职业（工种）：", "等级：", "工作单位："


def read_holder_photos(certificates: Iterable[Certificate]) -> dict[int, Any]:
    """Return the photos of the holders of *certificates* by the person's key, where the template
    shows one. One query.
    """
    holders = {
        row.person_id
        for row in certificates
        if row.template is not None and row.template.with_photo
    }
    rows = (
        Person.objects.filter(pk__among=list(holders)).exclude(photo="").only("photo")
        if holders
        else ()
    )
    return {row.pk: row.photo for row in rows}


def build_print_data(
    certificate: Certificate, photos: Mapping[int, Any] | None = None
) -> PrintData:
    """Return what is printed on *certificate*. It comes from the row alone, and from the photo of
    its holder.

    The photo is taken from *photos* if `read_holder_photos` has read them already. Raises
    `NotIssuable` for a record from paper, and for a number whose layout is prescribed.
    """
    template = certificate.template
    if template is None or certificate.person_id is None:
        raise NotIssuable(
            "of_paper",
            _("This record was imported from paper, so we have no certificate to print."),
        )
    if filed_number.is_filed_number(certificate.number):
        raise NotIssuable.in_prescribed_layout()
    photo = None
    picture = (read_holder_photos([certificate]) if photos is None else photos).get(
        certificate.person_id
    )
    if picture:
        with picture.open("rb") as file:
            photo = file.read()
    return PrintData(
        **build_template_print_data(template),
        title=certificate.title,
        holder=certificate.holder_name,
        distinction=certificate.distinction,
        facts=list_level_facts(
            template,
            occupation=certificate.occupation_name,
            level=wording.LEVELS.get(certificate.level, "")
            if certificate.level is not None
            else "",
            employer=certificate.employer_name,
        ),
        body=build_paragraphs(certificate.body),
        body_en=build_paragraphs(certificate.body_en),
        number=certificate.number,
        issued_on=certificate.issued_on,
        issuer=certificate.issuer_name,
        photo=photo,
        qr=build_qr_address(certificate, None),
        disclaimer=template.disclaimer,
    )


def build_template_print_data(template: CertificateTemplate) -> dict[str, Any]:
    """Return the parts of the print data that the template alone decides."""
    return {
        "layout": cast("FaceLayout", template.layout),
        "orientation": cast("Orientation", template.orientation),
        "title_en": template.title_en,
        "salutation": template.salutation,
        "lead": template.lead,
        "seal": bytes(template.seal) if template.seal else None,
        "signatories": tuple(_signatories(template)),
        "verify_url": f"{urlsplit(settings.BASE_URL).netloc}/verify/",
    }


def list_level_facts(
    template: CertificateTemplate, *, occupation: str, level: str, employer: str
) -> tuple[Paragraph, ...]:
    """Return the facts that the layout of skill levels sets in two columns. Other layouts have
    none.
    """
    if template.layout != CertificateLayout.LEVEL:
        return ()
    rows = ((_TRADE, occupation, False), (_LEVEL, level, False), (_EMPLOYER, employer, True))
    return tuple(
        (label, StrongPersonal(text) if personal else Strong(text))
        for label, text, personal in rows
        if text
    )


def build_paragraphs(body: Iterable[Sequence[Sequence[Any]]]) -> tuple[Paragraph, ...]:
    """Return stored wording as paragraphs of runs.

    A run is [text, bold] or [text, bold, differs from holder to holder].
    """
    return tuple(tuple(make_run(*run) for run in paragraph) for paragraph in body)


def fill_stored_wording(template_text: str, fields: Mapping[str, str]) -> list[list[list[Any]]]:
    """Return *template_text* filled in, in the form that the row of a certificate stores. Raises
    `WordingError`.
    """
    return [
        [list(run) for run in paragraph]
        for paragraph in wording.fill_wording_marked(template_text, fields)
    ]


def _signatories(template: CertificateTemplate) -> Iterable[Signatory]:
    for office, name, picture in (
        (template.signatory_title, template.signatory, template.signature),
        (template.second_signatory_title, template.second_signatory, template.second_signature),
    ):
        if office or name or picture:
            yield Signatory(office, name, bytes(picture) if picture else None)
