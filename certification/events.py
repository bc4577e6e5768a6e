"""Kinds of audit events about certificates and honours."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register
from audit.words import register_field

APPROVED = register("certification.approved", label=_("Certificate approved, number given"))
ISSUED = register("certification.issued", label=_("Certificate issued"))
HELD = register("certification.held", label=_("Certificate could not be printed"))
SUSPENDED = register("certification.suspended", label=_("Certificate suspended"))
REINSTATED = register("certification.reinstated", label=_("Certificate valid again"))
REVOCATION_REQUESTED = register("certification.revocation_requested", label=_("Revocation requested"))
REVOCATION_REFUSED = register("certification.revocation_refused", label=_("Revocation refused"))
REVOKED = register("certification.revoked", label=_("Certificate revoked"))
SUPERSEDED = register("certification.superseded", label=_("Certificate replaced"))
SHARED = register("certification.shared", label=_("Link to a certificate made"))
SHARE_WITHDRAWN = register("certification.share_withdrawn", label=_("Link to a certificate withdrawn"))
CORRECTION_ASKED = register("certification.correction_asked", label=_("Correction of a certificate asked for"))
CORRECTION_TAKEN_BACK = register("certification.correction_taken_back", label=_("Request to correct a certificate taken back"))
CORRECTION_DECIDED = register("certification.correction_decided", label=_("Correction of a certificate decided"))
BULK_ASKED = register("certification.bulk_asked", label=_("Change of many certificates asked for"))
BULK_DECIDED = register("certification.bulk_decided", label=_("Change of many certificates decided"))
DOWNLOADED = register("certification.downloaded", label=_("Certificate downloaded"))
BATCH_CHECKED = register("certification.batch_checked", label=_("Certificates checked by spreadsheet"))
REPORT_TAKEN = register("certification.report_taken", label=_("Signed report of a spreadsheet check taken"))
WATCHED = register("certification.watched", label=_("Certificate put on a watch-list"))
WATCH_RENEWED = register("certification.watch_renewed", label=_("Entry of a watch-list renewed"))
UNWATCHED = register("certification.unwatched", label=_("Certificate taken off a watch-list"))
TEMPLATE_ADDED = register("certification.template_added", label=_("Certificate template version added"))
BODY_FILED = register("certification.body_filed", label=_("Assessment body recorded as filed"))
BODY_ENDED = register("certification.body_ended", label=_("Filing of an assessment body ended"))
KEY_ANNOUNCED = register("certification.key_announced", label=_("Signing key announced"))
KEY_ROTATED = register("certification.key_rotated", label=_("Signing key changed"))
HONOUR_RECORDED = register("certification.honour_recorded", label=_("Honour recorded"))
HONOUR_PUBLISHED = register("certification.honour_published", label=_("Honour published"))
HONOUR_HIDDEN = register("certification.honour_hidden", label=_("Honour taken from the public pages"))

# What the keys of before/after are called on the screens.
for _key, _label in {
    "outcome": pgettext_lazy("in the record", "Came of"),
}.items():
    register_field(_key, _label, of="certification.")
