"""Kinds of messages about imports, double records and lists of members."""

from django.utils.translation import gettext_lazy as _

from notify.registry import register_message_kind

_of = {"file": "花名册.xlsx", "import": "00000000-0000-4000-8000-000000000000"}
LINK = "/office/imports/{import}/"

IMPORT_CHECKED = register_message_kind(
    "office.import_checked",
    label=_("An import has been checked and is waiting for you"),
    subject=_("“{file}” has been checked"),
    text=_("See what would change, then import the sheet or correct it."),
    link=LINK,
    audience="officer",
    sample=_of,
)
IMPORT_FINISHED = register_message_kind(
    "office.import_finished",
    label=_("An import is complete"),
    subject=_("“{file}” has been imported"),
    text=_("{rows} rows have been imported. You can undo the import until {until:moment}."),
    link=LINK,
    audience="officer",
    sample={**_of, "rows": 300, "until": "2026-11-30T10:00:00+08:00"},
)
IMPORT_STOPPED = register_message_kind(
    "office.import_stopped",
    label=_("An import stopped"),
    subject=_("“{file}” stopped"),
    text=_("No data was written. The import page gives the reason, and you can try again there."),
    link=LINK,
    audience="officer",
    mandatory=True,
    sample=_of,
)

_merge = {"name": "张三", "merge": "00000000-0000-4000-8000-000000000000"}
MERGE_LINK = "/office/duplicates/merges/{merge}/"

MERGE_PROPOSED = register_message_kind(
    "office.merge_proposed",
    label=_("A merge of two records is waiting for your decision"),
    subject=_("The merge of two records of {name} is waiting for your decision"),
    text=_(
        "{who} proposes to merge them. Reason: {reason} Compare both records, then approve "
        "or refuse. Nothing changes until you decide."
    ),
    link=MERGE_LINK,
    audience="officer",
    mandatory=True,
    private={"name"},
    sample={**_merge, "who": "李经办", "reason": "两证均已核对，同一人。"},
)
MERGE_DONE = register_message_kind(
    "office.merge_done",
    label=_("A merge you proposed is complete"),
    subject=_("The records of {name} have been merged"),
    text=_("{who} approved. The address of the other record now leads to the one that was kept."),
    link=MERGE_LINK,
    audience="officer",
    private={"name"},
    sample={**_merge, "who": "王复核"},
)
MERGE_REFUSED = register_message_kind(
    "office.merge_refused",
    label=_("A merge you proposed was refused"),
    subject=_("The records of {name} won't be merged"),
    text=_("{who} refused. Reason: {reason}"),
    link=MERGE_LINK,
    audience="officer",
    mandatory=True,
    private={"name"},
    sample={**_merge, "who": "王复核", "reason": "父子同名，共用手机。"},
)

_export = {"union": "示例市总工会", "count": 1200, "export": "00000000-0000-4000-8000-000000000000"}
EXPORT_LINK = "/office/people/exports/{export}/"

EXPORT_WAITS = register_message_kind(
    "office.export_waits",
    label=_("A member list export is waiting for your decision"),
    subject=_("{who} asks to export a list of {count} people in {union}"),
    text=_("Purpose: {purpose} Please approve or decline. No file is created until you decide."),
    link=EXPORT_LINK,
    audience="officer",
    mandatory=True,
    sample={**_export, "who": "李经办", "purpose": "换届选举核对会员名册。"},
)
EXPORT_READY = register_message_kind(
    "office.export_ready",
    label=_("A member list you requested is ready"),
    subject=_("The member list of {union} is ready"),
    text=_("{rows} people. Download it by {until:moment}; after that it is deleted."),
    link=EXPORT_LINK,
    audience="officer",
    mandatory=True,
    sample={**_export, "rows": 1200, "until": "2026-11-30T10:00:00+08:00"},
)
EXPORT_DECLINED = register_message_kind(
    "office.export_declined",
    label=_("A member list you requested was declined"),
    subject=_("The member list of {union} was declined"),
    text=_("{who} declined. Reason: {reason}"),
    link=EXPORT_LINK,
    audience="officer",
    mandatory=True,
    sample={**_export, "who": "王复核", "reason": "请按单位分别申请。"},
)
EXPORT_FAILED = register_message_kind(
    "office.export_failed",
    label=_("A member list you requested could not be created"),
    subject=_("The member list of {union} could not be created"),
    text=_(
        "Nothing was exported. Request the list again. If it fails once more, contact the "
        "system administrator."
    ),
    link=EXPORT_LINK,
    audience="officer",
    mandatory=True,
    sample=_export,
)
