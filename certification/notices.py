"""Kinds of notifications about certificates."""

from django.utils.translation import gettext_lazy as _

from notify.enums import Channel
from notify.registry import register

MINE = "/certificates/{certificate}/"
_of = {"title": "技能培训合格证书", "number": "330106-XL-2026-001837-F", "certificate": "00000000-0000-4000-8000-000000000000"}
WITH_SMS = {Channel.INBOX, Channel.MAIL, Channel.PUSH, Channel.SMS}

ISSUED = register(
    "certification.issued",
    label=_("A certificate is issued to you"),
    subject=_("Your certificate “{title}” is there"),
    text=_("Number {number}. You can show it, save it as a PDF, and let others check it by its QR code."),
    sms=_("Your certificate “{title}” is issued. You find it on the site."),
    sms_template="CRAFTPATH_CERTIFICATE_ISSUED",
    link=MINE,
    audience="worker",
    sample=_of,
)
SUSPENDED = register(
    "certification.suspended",
    label=_("Your certificate is suspended"),
    subject=_("Your certificate {number} is suspended"),
    text=_("Reason: {reason}. While it is looked into, whoever checks the certificate is told so. Talk to the issuing union."),
    sms=_("A certificate of yours is suspended. Look at the site."),
    sms_template="CRAFTPATH_CERTIFICATE_SUSPENDED",
    link=MINE,
    channels=WITH_SMS,
    mandatory=True,
    audience="worker",
    sample={**_of, "reason": "信息核查"},
)
REINSTATED = register(
    "certification.reinstated",
    label=_("Your certificate is valid again"),
    subject=_("Your certificate {number} is valid again"),
    text=_("What it was suspended for is cleared. Whoever checks it is told that it is valid."),
    link=MINE,
    mandatory=True,
    audience="worker",
    sample=_of,
)
REVOKED = register(
    "certification.revoked",
    label=_("Your certificate is revoked"),
    subject=_("Your certificate {number} is revoked"),
    text=_("Reason: {reason}. This is final; two people decided it. If you think it is wrong, write to the issuing union."),
    sms=_("A certificate of yours is revoked. Look at the site."),
    sms_template="CRAFTPATH_CERTIFICATE_REVOKED",
    link=MINE,
    channels=WITH_SMS,
    mandatory=True,
    audience="worker",
    sample={**_of, "reason": "发证差错"},
)
SUPERSEDED = register(
    "certification.superseded",
    label=_("Your certificate is replaced"),
    subject=_("Your certificate {number} is replaced by a new one"),
    text=_("Reason: {reason}. Use the new one from now on; the old number says that it is replaced."),
    link="/certificates/",
    mandatory=True,
    audience="worker",
    sample={**_of, "reason": "姓名更正"},
)
EXPIRES = register(
    "certification.expires",
    label=_("Your certificate runs out"),
    subject=_("Your certificate {number} runs out on {until:day}"),
    text=_("“{title}” is valid until {until:day}. Look for a class if you want to renew it."),
    link=MINE,
    audience="worker",
    sample={**_of, "until": "2027-01-22"},
)
REVOCATION_WAITS = register(
    "certification.revocation_waits",
    label=_("A revocation waits for a second person"),
    subject=_("The revocation of {number} waits for a second person"),
    text=_("Reason: {reason}. Look at it and confirm or refuse; until then the certificate stands as it is."),
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
WATCHED_EXPIRES = register(
    "certification.watched_expires",
    label=_("A watched certificate runs out in 30 days"),
    subject=_("Watched: {number} runs out on {until:day}"),
    text=_("“{title}” of {holder} is valid until {until:day}. Talk about renewing it in good time. On the watch-list of {employer}."),
    link=WATCH_LIST,
    audience="officer",
    sample={**_watched, "until": "2027-01-22"},
)
WATCHED_EXPIRED = register(
    "certification.watched_expired",
    label=_("A watched certificate runs out today"),
    subject=_("Watched: the last day of {number} was or is {until:day}"),
    text=_("“{title}” of {holder} counts up to and including {until:day}. On the watch-list of {employer}."),
    link=WATCH_LIST,
    audience="officer",
    sample={**_watched, "until": "2027-01-22"},
)
WATCHED_SUSPENDED = register(
    "certification.watched_suspended",
    label=_("A watched certificate is suspended"),
    subject=_("Watched: {number} is suspended"),
    text=_("“{title}” of {holder}, reason: {reason}. Don't rely on it while it is suspended. On the watch-list of {employer}."),
    link=WATCH_LIST,
    urgent=True,
    audience="officer",
    sample={**_watched, "reason": "信息核查"},
)
WATCHED_REINSTATED = register(
    "certification.watched_reinstated",
    label=_("A watched certificate is valid again"),
    subject=_("Watched: {number} is valid again"),
    text=_("What “{title}” of {holder} was suspended for is cleared. On the watch-list of {employer}."),
    link=WATCH_LIST,
    audience="officer",
    sample=_watched,
)
WATCHED_REVOKED = register(
    "certification.watched_revoked",
    label=_("A watched certificate is revoked"),
    subject=_("Watched: {number} is revoked"),
    text=_("“{title}” of {holder}, reason: {reason}. It can't be relied on any more. On the watch-list of {employer}."),
    link=WATCH_LIST,
    urgent=True,
    audience="officer",
    sample={**_watched, "reason": "发证差错"},
)
WATCHED_SUPERSEDED = register(
    "certification.watched_superseded",
    label=_("A watched certificate is replaced"),
    subject=_("Watched: {number} is replaced by a newer one"),
    text=_("“{title}” of {holder}, reason: {reason}. New number: {successor}. On the watch-list of {employer} you can follow the new one."),
    link=WATCH_LIST,
    audience="officer",
    sample={**_watched, "reason": "姓名更正", "successor": "330106-XL-2026-002204-B"},
)
WATCH_OBJECTED = register(
    "certification.watch_objected",
    label=_("A holder objects to a watching"),
    subject=_("The holder objects to your watching {number}"),
    text=_(
        "“{title}” of {holder}: “{objection}” Take the entry off the list of {employer}, or answer why it stays. "
        "Without an answer by {due:day} it ends by itself."
    ),
    link=WATCH_LIST,
    mandatory=True,
    audience="officer",
    sample={**_watched, "objection": "证书与现岗位无关", "due": "2027-01-22"},
)
WATCH_ENDED_BY_HOLDER = register(
    "certification.watch_ended_by_holder",
    label=_("A holder has ended a watching"),
    subject=_("The holder has ended the watching of {number}"),
    text=_(
        "“{title}” of {holder} is no longer on the watch-list of {employer}: the person doesn't work with you and doesn't want it. "
        "You are told nothing more about it."
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
WATCH_KEPT = register(
    "certification.watch_kept",
    label=_("An employer answers your objection"),
    subject=_("{employer} goes on watching {number}"),
    text=_("The employer's reason: “{answer}” If you don't agree, turn to the data protection officer; the privacy notice says how."),
    link=MINE,
    mandatory=True,
    audience="worker",
    sample={**_watching, "answer": "特种作业岗位须核对证书有效期"},
)
WATCH_TAKEN_OFF = register(
    "certification.watch_taken_off",
    label=_("An employer stops watching after your objection"),
    subject=_("{employer} no longer watches {number}"),
    text=_("The employer took “{title}” off its watch-list after your objection."),
    link=MINE,
    audience="worker",
    sample=_watching,
)
CORRECTION_ASKED = register(
    "certification.correction_asked",
    label=_("A holder asks to have a certificate corrected"),
    subject=_("{number}: the holder asks for a correction of {what}"),
    text=_("Look at the paper and decide by {due:day}. Granted, a new certificate replaces the old one."),
    link="/office/certificates/corrections/{request}/",
    mandatory=True,
    audience="officer",
    sample={**_of, "what": "姓名", "due": "2026-12-08", "request": "00000000-0000-4000-8000-000000000000"},
)
CORRECTION_DECIDED = register(
    "certification.correction_decided",
    label=_("Your request to correct a certificate is decided"),
    subject=_("Your request about certificate {number}: {decision}"),
    text=_("{answer}"),
    link=MINE,
    mandatory=True,
    audience="worker",
    sample={**_of, "decision": "已同意", "answer": "材料齐全，新证书随后发给您。"},
)
GUESSING = register(
    "certification.guessing",
    label=_("Somebody is guessing certificate numbers or names"),
    subject=_("Verification: {misses} answers “no match” within {minutes} minutes"),
    text=_("Somebody seems to be guessing. For an hour every check by number and name waits some seconds. Look at the web server's log."),
    link="/verify/",
    urgent=True,
    mandatory=True,
    audience="officer",
    sample={"misses": "300", "minutes": "10"},
)
BULK_WAITS = register(
    "certification.bulk_waits",
    label=_("A revocation of many certificates waits for a second person"),
    subject=_("The revocation of {count} certificates waits for a second person"),
    text=_("Reason: {reason}. Look at the list and confirm or refuse all at once; until then every certificate stands as it is."),
    link="/office/certificates/change/{change}/",
    mandatory=True,
    audience="officer",
    sample={"count": "120", "reason": "发证差错", "change": "00000000-0000-4000-8000-000000000000"},
)

REISSUE_WAITS = register(
    "certification.reissue_waits",
    label=_("New files of many certificates wait for a second person"),
    subject=_("New files of {count} certificates wait for a second person"),
    text=_("Why: {reason} Look at the list and confirm or refuse all at once. Numbers, contents and validity stay as they are."),
    link="/office/certificates/change/{change}/",
    mandatory=True,
    audience="officer",
    sample={"count": "120", "reason": "部分阅读器显示错位。", "change": "00000000-0000-4000-8000-000000000000"},
)
_change = {"act": "撤销", "count": 120, "change": "00000000-0000-4000-8000-000000000000"}
BULK_DONE = register(
    "certification.bulk_done",
    label=_("A change of many certificates you asked for is done"),
    subject=_("Done: {act}, {done} of {count} certificates"),
    text=_("{outcome} The list says what became of each."),
    link="/office/certificates/change/{change}/",
    audience="officer",
    sample={**_change, "done": 118, "outcome": "有 2 张没有办成。"},
)
BULK_REFUSED = register(
    "certification.bulk_refused",
    label=_("A change of many certificates you asked for is turned down"),
    subject=_("Turned down: {act}, number of certificates: {count}"),
    text=_("{who} looked at it and turned it down. Every certificate stays as it is."),
    link="/office/certificates/change/{change}/",
    audience="officer",
    sample={**_change, "who": "王复核"},
)
FILE_REISSUED = register(
    "certification.file_reissued",
    label=_("There is a new file of your certificate"),
    subject=_("There is a new file of your certificate {number}"),
    text=_(
        "Some readers drew the old file wrongly. Number, content and validity are the same. Download it again; "
        "the file you have stays genuine, and nobody has to be told."
    ),
    link=MINE,
    audience="worker",
    sample=_of,
)
_sheet = {"file": "2015-2020发证台账.xlsx", "import": "00000000-0000-4000-8000-000000000000"}
SHEET = "/office/certificates/historic/{import}/"

HISTORIC_CHECKED = register(
    "certification.historic_checked",
    label=_("A sheet of certificates from paper is checked"),
    subject=_("“{file}” is checked"),
    text=_("Look at what it would do, then take it over or correct the sheet."),
    link=SHEET,
    audience="officer",
    sample=_sheet,
)
HISTORIC_TAKEN = register(
    "certification.historic_taken",
    label=_("A sheet of certificates from paper is taken over"),
    subject=_("“{file}” is taken over"),
    text=_("{rows} records are in the register now. Verifications say that they come from paper."),
    link=SHEET,
    audience="officer",
    sample={**_sheet, "rows": 300},
)
HISTORIC_WAITS = register(
    "certification.historic_waits",
    label=_("Certificates from paper wait for a comparison"),
    subject=_("Certificates from paper of {union} wait for your comparison"),
    text=_("{rows} records were taken over. Draw a sample and compare it with the originals; until then they count as not compared."),
    link=SHEET + "sample/",
    mandatory=True,
    audience="officer",
    sample={**_sheet, "rows": 300, "union": "示例市总工会"},
)
HISTORIC_COMPARED = register(
    "certification.historic_compared",
    label=_("Certificates from paper agree with the originals"),
    subject=_("“{file}” agrees with the originals"),
    text=_("{who} has compared the sample. From now on verifications say so."),
    link=SHEET,
    audience="officer",
    sample={**_sheet, "who": "王复核"},
)
HISTORIC_DIFFERS = register(
    "certification.historic_differs",
    label=_("Certificates from paper differ from the originals"),
    subject=_("“{file}”: {count} of the sample differ from the originals"),
    text=_("{who} has compared the sample. Let the differing ones be revoked as taken over in error, then a larger sample is drawn."),
    link=SHEET,
    mandatory=True,
    audience="officer",
    sample={**_sheet, "count": 2, "who": "王复核"},
)
HISTORIC_STOPPED = register(
    "certification.historic_stopped",
    label=_("The work on a sheet of certificates from paper stopped"),
    subject=_("“{file}” stopped"),
    text=_("Nothing was taken over or taken back. The page says why; try again from there."),
    link=SHEET,
    mandatory=True,
    audience="officer",
    sample=_sheet,
)
HISTORIC_ADDED = register(
    "certification.historic_added",
    label=_("An earlier certificate of yours is on record"),
    subject=_("Earlier certificates of yours are on record now"),
    text=_("{issuer} has recorded certificates you were given on paper. You find them under your certificates; others can check them."),
    link="/certificates/",
    audience="worker",
    sample={"issuer": "示例市总工会"},
)
