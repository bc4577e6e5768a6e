"""Kinds of audit events about certificates and honours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register_audit_kind
from audit.words import choice_word, register_field
from certification.enums import CorrectionSubject, Provenance, Reason

APPROVED = register_audit_kind(
    "certification.approved", label=_("Certificate approved and numbered")
)
ISSUED = register_audit_kind("certification.issued", label=_("Certificate issued"))
HELD = register_audit_kind("certification.held", label=_("Certificate could not be printed"))
SUSPENDED = register_audit_kind("certification.suspended", label=_("Certificate suspended"))
REINSTATED = register_audit_kind("certification.reinstated", label=_("Certificate valid again"))
REVOCATION_REQUESTED = register_audit_kind(
    "certification.revocation_requested", label=_("Revocation requested")
)
REVOCATION_REFUSED = register_audit_kind(
    "certification.revocation_refused", label=_("Revocation refused")
)
REVOKED = register_audit_kind("certification.revoked", label=_("Certificate revoked"))
SUPERSEDED = register_audit_kind("certification.superseded", label=_("Certificate replaced"))
SHARED = register_audit_kind("certification.shared", label=_("Link to a certificate created"))
SHARE_WITHDRAWN = register_audit_kind(
    "certification.share_withdrawn", label=_("Link to a certificate withdrawn")
)
CORRECTION_ASKED = register_audit_kind(
    "certification.correction_asked", label=_("Correction of a certificate requested")
)
CORRECTION_TAKEN_BACK = register_audit_kind(
    "certification.correction_taken_back", label=_("Request to correct a certificate withdrawn")
)
CORRECTION_DECIDED = register_audit_kind(
    "certification.correction_decided", label=_("Correction of a certificate decided")
)
BULK_ASKED = register_audit_kind(
    "certification.bulk_asked", label=_("Bulk change of certificates requested")
)
BULK_DECIDED = register_audit_kind(
    "certification.bulk_decided", label=_("Bulk change of certificates decided")
)
FILE_REISSUED = register_audit_kind(
    "certification.file_reissued", label=_("New file made for a certificate")
)
DOWNLOADED = register_audit_kind("certification.downloaded", label=_("Certificate downloaded"))
BATCH_CHECKED = register_audit_kind(
    "certification.batch_checked", label=_("Certificates checked by spreadsheet")
)
REPORT_TAKEN = register_audit_kind(
    "certification.report_taken", label=_("Signed report of a spreadsheet check downloaded")
)
WATCHED = register_audit_kind("certification.watched", label=_("Certificate put on a watch-list"))
WATCH_RENEWED = register_audit_kind(
    "certification.watch_renewed", label=_("Watch-list entry renewed")
)
WATCH_ENDED = register_audit_kind(
    "certification.watch_ended_by_holder", label=_("Watch on a certificate ended by its holder")
)
WATCH_OBJECTED = register_audit_kind(
    "certification.watch_objected", label=_("Holder objected to a watch-list entry")
)
WATCH_KEPT = register_audit_kind(
    "certification.watch_kept", label=_("Objection to a watch-list entry answered, entry kept")
)
WATCH_ALLOWED = register_audit_kind(
    "certification.watch_allowed", label=_("Watch on a certificate allowed again by its holder")
)
UNWATCHED = register_audit_kind(
    "certification.unwatched", label=_("Certificate removed from a watch-list")
)
TEMPLATE_ADDED = register_audit_kind(
    "certification.template_added", label=_("Certificate template version added")
)
BODY_FILED = register_audit_kind(
    "certification.body_filed", label=_("Registration of an assessment body recorded")
)
BODY_ENDED = register_audit_kind(
    "certification.body_ended", label=_("Registration of an assessment body ended")
)
KEY_ANNOUNCED = register_audit_kind("certification.key_announced", label=_("Signing key announced"))
KEY_ROTATED = register_audit_kind("certification.key_rotated", label=_("Signing key changed"))
HISTORIC_DISCARDED = register_audit_kind(
    "certification.historic_discarded", label=_("Sheet of paper certificates discarded")
)
HISTORIC_TAKEN_OVER = register_audit_kind(
    "certification.historic_taken_over", label=_("Paper certificates imported")
)
HISTORIC_DRAWN = register_audit_kind(
    "certification.historic_drawn", label=_("Sample of paper certificates drawn")
)
HISTORIC_DIFFERS = register_audit_kind(
    "certification.historic_differs",
    label=_("Sample of paper certificates differs from the originals"),
)
HISTORIC_COMPARED = register_audit_kind(
    "certification.historic_compared",
    label=_("Paper certificates compared with the originals"),
)
HISTORIC_WITHDRAWN = register_audit_kind(
    "certification.historic_withdrawn", label=_("Import of paper certificates undone")
)
HISTORIC_LINKED = register_audit_kind(
    "certification.historic_linked",
    label=_("Paper certificate linked to its holder"),
    personal=True,
)
HONOUR_RECORDED = register_audit_kind("certification.honour_recorded", label=_("Honour recorded"))
HONOUR_PUBLISHED = register_audit_kind(
    "certification.honour_published", label=_("Honour published")
)
HONOUR_SET_ASIDE = register_audit_kind(
    "certification.honour_set_aside", label=_("Duplicate entry of an honour set aside")
)
HONOUR_HIDDEN = register_audit_kind(
    "certification.honour_hidden", label=_("Honour removed from the public pages")
)


def _shared_fields(names: Any) -> list[str]:
    """Return what a share link shows, as its form calls it."""
    labels = {
        field.name: str(field.verbose_name)
        for field in apps.get_model("certification.ShareLink")._meta.fields
    }
    return [labels.get(name, name) for name in names]


def _honours(ids: Iterable[Any]) -> Mapping[Any, str]:
    """Return honours by primary key with title and year. One query."""
    rows = apps.get_model("certification.Honour").objects.filter(
        pk__in=[one for one in ids if isinstance(one, int)]
    )
    return {row.pk: f"{row.title} {row.year}" for row in rows.only("title", "year")}


# What the keys of before/after are called on the screens.
for _key, _label in {
    "drawing": pgettext_lazy("in the record", "Rendering version"),
    "outcome": pgettext_lazy("in the record", "Based on"),
    "new": pgettext_lazy("in the record", "Imported"),
    "same": pgettext_lazy("in the record", "Already recorded"),
    "faulty": pgettext_lazy("in the record", "Rows to correct, left out"),
    "linked": pgettext_lazy("in the record", "Linked to their holders"),
    "of": pgettext_lazy("in the record", "Out of"),
    "differ": pgettext_lazy("in the record", "Differ from the originals"),
    "count": pgettext_lazy("in the record", "Number"),
    "key": pgettext_lazy("in the record", "Key"),
    "days": pgettext_lazy("in the record", "Days valid"),
    "phrase": pgettext_lazy("in the record", "Protected by a passphrase"),
    "published": pgettext_lazy("in the record", "Published on"),
}.items():
    register_field(_key, _label, of="certification.")
register_field(
    "fields",
    pgettext_lazy("in the record", "Shows"),
    word=_shared_fields,
    of="certification.shared",
)
register_field(
    "provenance",
    pgettext_lazy("in the record", "Where the records come from"),
    word=choice_word(Provenance),
    of="certification.",
)
register_field(
    "what",
    pgettext_lazy("in the record", "What is wrong"),
    word=choice_word(CorrectionSubject),
    of="certification.",
)
register_field(
    "reason",
    pgettext_lazy("in the record", "Reason"),
    word=choice_word(Reason),
    of="certification.",
)
register_field(
    "counts",
    pgettext_lazy("in the record", "Entry kept"),
    names=_honours,
    of="certification.honour_set_aside",
)
