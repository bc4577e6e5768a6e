"""Kinds of notifications about certificates."""

from django.utils.translation import gettext_lazy as _

from notify.enums import MessageChannel
from notify.registry import register_message_kind

MINE = "/certificates/{certificate}/"
_of = {
    "title": "技能培训合格证书",
    "number": "330106-XL-2026-001837-F",
    "certificate": "00000000-0000-4000-8000-000000000000",
}
WITH_SMS = {MessageChannel.INBOX, MessageChannel.MAIL, MessageChannel.PUSH, MessageChannel.SMS}

ISSUED = register_message_kind(
    "certification.issued",
    label=_("A certificate has been issued to you"),
    subject=_("Your certificate “{title}” is ready"),
    text=_(
        "Number {number}. You can show it, save it as a PDF, and let others verify it by "
        "its QR code."
    ),
    sms=_("Your certificate “{title}” has been issued. Sign in to the site to see it."),
    sms_template="CRAFTPATH_CERTIFICATE_ISSUED",
    link=MINE,
    audience="worker",
    sample=_of,
)
SUSPENDED = register_message_kind(
    "certification.suspended",
    label=_("Your certificate is suspended"),
    subject=_("Your certificate {number} is suspended"),
    text=_(
        "Reason: {reason}. Until this is settled, anyone who verifies the certificate is "
        "told that it is suspended. Contact the issuing union."
    ),
    sms=_("One of your certificates is suspended. Sign in to the site for details."),
    sms_template="CRAFTPATH_CERTIFICATE_SUSPENDED",
    link=MINE,
    channels=WITH_SMS,
    mandatory=True,
    audience="worker",
    sample={**_of, "reason": "信息核查"},
)
REINSTATED = register_message_kind(
    "certification.reinstated",
    label=_("Your certificate is valid again"),
    subject=_("Your certificate {number} is valid again"),
    text=_(
        "The reason for the suspension is cleared. Anyone who verifies it is told that it is valid."
    ),
    link=MINE,
    mandatory=True,
    audience="worker",
    sample=_of,
)
REVOKED = register_message_kind(
    "certification.revoked",
    label=_("Your certificate has been revoked"),
    subject=_("Your certificate {number} has been revoked"),
    text=_(
        "Reason: {reason}. Two people decided this and it is final. If you think it is "
        "wrong, write to the issuing union."
    ),
    sms=_("One of your certificates has been revoked. Sign in to the site for details."),
    sms_template="CRAFTPATH_CERTIFICATE_REVOKED",
    link=MINE,
    channels=WITH_SMS,
    mandatory=True,
    audience="worker",
    sample={**_of, "reason": "发证差错"},
)
SUPERSEDED = register_message_kind(
    "certification.superseded",
    label=_("Your certificate has been replaced"),
    subject=_("Your certificate {number} has been replaced by a new one"),
    text=_(
        "Reason: {reason}. Use the new certificate from now on. A check of the old number "
        "shows that it was replaced."
    ),
    link="/certificates/",
    mandatory=True,
    audience="worker",
    sample={**_of, "reason": "姓名更正"},
)
EXPIRES = register_message_kind(
    "certification.expires",
    label=_("Your certificate is about to expire"),
    subject=_("Your certificate {number} expires on {until:day}"),
    text=_("“{title}” is valid until {until:day}. Look for a class if you want to renew it."),
    link=MINE,
    audience="worker",
    sample={**_of, "until": "2027-01-22"},
)
REVOCATION_WAITS = register_message_kind(
    "certification.revocation_waits",
    label=_("A revocation is waiting for a second person"),
    subject=_("The revocation of {number} is waiting for a second person"),
    text=_(
        "Reason: {reason}. Review the request and confirm or refuse it. Until then the "
        "certificate doesn't change."
    ),
    link="/office/certificates/{certificate}/",
    mandatory=True,
    audience="officer",
    sample={**_of, "reason": "弄虚作假"},
)

# What an employer is told about the certificates on its watch-list. Names are masked: the list
# itself shows no more.
WATCH_LIST = "/verify/watch-list/#{watch}"
_watched = {
    "title": "技能培训合格证书",
    "number": "330106-XL-2026-001837-F",
    "holder": "张*",
    "employer": "示例机械厂",
    "watch": "00000000-0000-4000-8000-000000000000",
}
WATCHED_EXPIRES = register_message_kind(
    "certification.watched_expires",
    label=_("A watched certificate expires in 30 days"),
    subject=_("Watched: {number} expires on {until:day}"),
    text=_(
        "“{title}” of {holder} is valid until {until:day}. Arrange the renewal in good "
        "time. It is on the watch-list of {employer}."
    ),
    link=WATCH_LIST,
    audience="officer",
    sample={**_watched, "until": "2027-01-22"},
)
WATCHED_EXPIRED = register_message_kind(
    "certification.watched_expired",
    label=_("A watched certificate expires today"),
    subject=_("Watched: {number} is or was valid until {until:day}"),
    text=_(
        "“{title}” of {holder} is valid up to and including {until:day}. It is on the "
        "watch-list of {employer}."
    ),
    link=WATCH_LIST,
    audience="officer",
    sample={**_watched, "until": "2027-01-22"},
)
WATCHED_SUSPENDED = register_message_kind(
    "certification.watched_suspended",
    label=_("A watched certificate is suspended"),
    subject=_("Watched: {number} is suspended"),
    text=_(
        "“{title}” of {holder}, reason: {reason}. Don't rely on it while it is suspended. "
        "It is on the watch-list of {employer}."
    ),
    link=WATCH_LIST,
    urgent=True,
    audience="officer",
    sample={**_watched, "reason": "信息核查"},
)
WATCHED_REINSTATED = register_message_kind(
    "certification.watched_reinstated",
    label=_("A watched certificate is valid again"),
    subject=_("Watched: {number} is valid again"),
    text=_(
        "The reason why “{title}” of {holder} was suspended is cleared. It is on the "
        "watch-list of {employer}."
    ),
    link=WATCH_LIST,
    audience="officer",
    sample=_watched,
)
WATCHED_REVOKED = register_message_kind(
    "certification.watched_revoked",
    label=_("A watched certificate has been revoked"),
    subject=_("Watched: {number} has been revoked"),
    text=_(
        "“{title}” of {holder}, reason: {reason}. It can't be relied on any more. It is on "
        "the watch-list of {employer}."
    ),
    link=WATCH_LIST,
    urgent=True,
    audience="officer",
    sample={**_watched, "reason": "发证差错"},
)
WATCHED_SUPERSEDED = register_message_kind(
    "certification.watched_superseded",
    label=_("A watched certificate has been replaced"),
    subject=_("Watched: {number} has been replaced by a newer one"),
    text=_(
        "“{title}” of {holder}, reason: {reason}. New number: {successor}. You can watch "
        "the new one on the watch-list of {employer}."
    ),
    link=WATCH_LIST,
    audience="officer",
    sample={**_watched, "reason": "姓名更正", "successor": "330106-XL-2026-002204-B"},
)
WATCH_OBJECTED = register_message_kind(
    "certification.watch_objected",
    label=_("A holder objects to a watch-list entry"),
    subject=_("The holder objects to your watch on {number}"),
    text=_(
        "“{title}” of {holder}: “{objection}” Remove the entry from the watch-list of "
        "{employer}, or explain why it stays. Without an answer by {due:day}, it ends "
        "automatically."
    ),
    link=WATCH_LIST,
    mandatory=True,
    audience="officer",
    sample={**_watched, "objection": "证书与现岗位无关", "due": "2027-01-22"},
)
WATCH_ENDED_BY_HOLDER = register_message_kind(
    "certification.watch_ended_by_holder",
    label=_("A holder has ended a watch-list entry"),
    subject=_("The holder has ended your watch on {number}"),
    text=_(
        "“{title}” of {holder} is no longer on the watch-list of {employer}. The person "
        "doesn't work for you and doesn't want to be watched. You won't be notified about "
        "this certificate any more."
    ),
    link="/verify/watch-list/",
    mandatory=True,
    audience="officer",
    sample=_watched,
)
_watching = {
    "title": "技能培训合格证书",
    "number": "330106-XL-2026-001837-F",
    "certificate": "00000000-0000-4000-8000-000000000000",
    "employer": "示例机械厂",
}
WATCH_KEPT = register_message_kind(
    "certification.watch_kept",
    label=_("An employer has answered your objection"),
    subject=_("{employer} will keep watching {number}"),
    text=_(
        "The employer's reason: “{answer}” If you disagree, contact the data protection "
        "officer. The privacy notice says how."
    ),
    link=MINE,
    mandatory=True,
    audience="worker",
    sample={**_watching, "answer": "特种作业岗位须核对证书有效期"},
)
WATCH_TAKEN_OFF = register_message_kind(
    "certification.watch_taken_off",
    label=_("An employer has stopped watching after your objection"),
    subject=_("{employer} no longer watches {number}"),
    text=_("The employer removed “{title}” from its watch-list after your objection."),
    link=MINE,
    audience="worker",
    sample=_watching,
)
CORRECTION_ASKED = register_message_kind(
    "certification.correction_asked",
    label=_("A holder asks to have a certificate corrected"),
    subject=_("{number}: the holder asks for a correction of {what}"),
    text=_(
        "Review the document and decide by {due:day}. If you grant the request, a new "
        "certificate replaces the old one."
    ),
    link="/office/certificates/corrections/{request}/",
    mandatory=True,
    audience="officer",
    sample={
        **_of,
        "what": "姓名",
        "due": "2026-12-08",
        "request": "00000000-0000-4000-8000-000000000000",
    },
)
CORRECTION_DECIDED = register_message_kind(
    "certification.correction_decided",
    label=_("Your request to correct a certificate has been decided"),
    subject=_("Your request about certificate {number}: {decision}"),
    text=_("{answer}"),
    link=MINE,
    mandatory=True,
    audience="worker",
    sample={**_of, "decision": "已同意", "answer": "材料齐全，新证书随后发给您。"},
)
GUESSING = register_message_kind(
    "certification.guessing",
    label=_("Somebody is guessing certificate numbers or names"),
    subject=_("Verification: {misses} answers “no match” within {minutes} minutes"),
    text=_(
        "Somebody seems to be guessing. For the next hour, every check by number and name "
        "is delayed by a few seconds. Look at the web server's log."
    ),
    link="/verify/",
    urgent=True,
    mandatory=True,
    audience="officer",
    sample={"misses": "300", "minutes": "10"},
)
BULK_WAITS = register_message_kind(
    "certification.bulk_waits",
    label=_("A revocation of many certificates is waiting for a second person"),
    subject=_("The revocation of {count} certificates is waiting for a second person"),
    text=_(
        "Reason: {reason}. Review the list and confirm or refuse all of them together. "
        "Until then no certificate changes."
    ),
    link="/office/certificates/change/{change}/",
    mandatory=True,
    audience="officer",
    sample={"count": "120", "reason": "发证差错", "change": "00000000-0000-4000-8000-000000000000"},
)

REISSUE_WAITS = register_message_kind(
    "certification.reissue_waits",
    label=_("New files for many certificates are waiting for a second person"),
    subject=_("New files for {count} certificates are waiting for a second person"),
    text=_(
        "Why: {reason} Review the list and confirm or refuse all of them together. Numbers, "
        "contents and validity don't change."
    ),
    link="/office/certificates/change/{change}/",
    mandatory=True,
    audience="officer",
    sample={
        "count": "120",
        "reason": "部分阅读器显示错位。",
        "change": "00000000-0000-4000-8000-000000000000",
    },
)
_change = {"act": "撤销", "count": 120, "change": "00000000-0000-4000-8000-000000000000"}
BULK_DONE = register_message_kind(
    "certification.bulk_done",
    label=_("A bulk change you requested is done"),
    subject=_("Done: {act}, {done} of {count} certificates"),
    text=_("{outcome} The list shows the result for each certificate."),
    link="/office/certificates/change/{change}/",
    audience="officer",
    sample={**_change, "done": 118, "outcome": "有 2 张没有办成。"},
)
BULK_REFUSED = register_message_kind(
    "certification.bulk_refused",
    label=_("A bulk change you requested was turned down"),
    subject=_("Turned down: {act}, number of certificates: {count}"),
    text=_("{who} reviewed the request and turned it down. No certificate was changed."),
    link="/office/certificates/change/{change}/",
    audience="officer",
    sample={**_change, "who": "王复核"},
)
FILE_REISSUED = register_message_kind(
    "certification.file_reissued",
    label=_("There is a new file for your certificate"),
    subject=_("There is a new file for your certificate {number}"),
    text=_(
        "Some readers displayed the old file wrongly. The number, content and validity are "
        "the same. Please download it again. The file you have stays genuine, and you don't "
        "need to tell anybody."
    ),
    link=MINE,
    audience="worker",
    sample=_of,
)
_sheet = {"file": "2015-2020发证台账.xlsx", "import": "00000000-0000-4000-8000-000000000000"}
SHEET = "/office/certificates/historic/{import}/"

HISTORIC_CHECKED = register_message_kind(
    "certification.historic_checked",
    label=_("A sheet of paper certificates has been checked"),
    subject=_("“{file}” has been checked"),
    text=_("Look at what would happen, then import the sheet or correct it."),
    link=SHEET,
    audience="officer",
    sample=_sheet,
)
HISTORIC_TAKEN = register_message_kind(
    "certification.historic_taken",
    label=_("A sheet of paper certificates has been imported"),
    subject=_("“{file}” has been imported"),
    text=_("{rows} records are now in the register. Verifications say that they come from paper."),
    link=SHEET,
    audience="officer",
    sample={**_sheet, "rows": 300},
)
HISTORIC_WAITS = register_message_kind(
    "certification.historic_waits",
    label=_("Paper certificates are waiting for a comparison"),
    subject=_("Paper certificates of {union} are waiting for your comparison"),
    text=_(
        "{rows} records were imported. Draw a sample and compare it with the originals. "
        "Until then they count as not compared."
    ),
    link=SHEET + "sample/",
    mandatory=True,
    audience="officer",
    sample={**_sheet, "rows": 300, "union": "示例市总工会"},
)
HISTORIC_COMPARED = register_message_kind(
    "certification.historic_compared",
    label=_("Paper certificates agree with the originals"),
    subject=_("“{file}” agrees with the originals"),
    text=_("{who} has compared the sample. From now on verifications say so."),
    link=SHEET,
    audience="officer",
    sample={**_sheet, "who": "王复核"},
)
HISTORIC_DIFFERS = register_message_kind(
    "certification.historic_differs",
    label=_("Paper certificates differ from the originals"),
    subject=_("“{file}”: {count} of the sampled records differ from the originals"),
    text=_(
        "{who} has compared the sample. Have the records that differ revoked as imported in "
        "error. A larger sample is drawn after that."
    ),
    link=SHEET,
    mandatory=True,
    audience="officer",
    sample={**_sheet, "count": 2, "who": "王复核"},
)
HISTORIC_STOPPED = register_message_kind(
    "certification.historic_stopped",
    label=_("Work on a sheet of paper certificates has stopped"),
    subject=_("“{file}” stopped"),
    text=_("Nothing was imported or undone. The page says why, and you can try again there."),
    link=SHEET,
    mandatory=True,
    audience="officer",
    sample=_sheet,
)
HISTORIC_ADDED = register_message_kind(
    "certification.historic_added",
    label=_("One of your earlier certificates is on record"),
    subject=_("Your earlier certificates are now on record"),
    text=_(
        "{issuer} has recorded certificates you were given on paper. You can find them "
        "under “My certificates”, and others can verify them."
    ),
    link="/certificates/",
    audience="worker",
    sample={"issuer": "示例市总工会"},
)
