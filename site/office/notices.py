"""Kinds of messages about imports, double records and lists of members."""

from django.utils.translation import gettext_lazy as _

from notify.registry import register

_of = {"file": "花名册.xlsx", "import": "00000000-0000-4000-8000-000000000000"}
LINK = "/office/imports/{import}/"

IMPORT_CHECKED = register(
    "office.import_checked",
    label=_("An import is checked and waits for you"),
    subject=_("“{file}” is checked"),
    text=_("Look at what it would do, then take it over or correct the sheet."),
    link=LINK,
    audience="officer",
    sample=_of,
)
IMPORT_FINISHED = register(
    "office.import_finished",
    label=_("An import is taken over"),
    subject=_("“{file}” is taken over"),
    text=_("{rows} rows are taken over. You can undo it until {until:moment}."),
    link=LINK,
    audience="officer",
    sample={**_of, "rows": 300, "until": "2026-11-30T10:00:00+08:00"},
)
IMPORT_STOPPED = register(
    "office.import_stopped",
    label=_("An import stopped"),
    subject=_("“{file}” stopped"),
    text=_("Nothing was written. The page says why; try again from there."),
    link=LINK,
    audience="officer",
    mandatory=True,
    sample=_of,
)

_merge = {"name": "张三", "merge": "00000000-0000-4000-8000-000000000000"}
MERGE_LINK = "/office/duplicates/merges/{merge}/"

MERGE_PROPOSED = register(
    "office.merge_proposed",
    label=_("A merge of two records waits for you"),
    subject=_("Merge of two records of {name} waits for you"),
    text=_("{who} proposes to merge them. Reason: {reason} Compare both, then agree or refuse; nothing changes until then."),
    link=MERGE_LINK,
    audience="officer",
    mandatory=True,
    private={"name"},
    sample={**_merge, "who": "李经办", "reason": "两证均已核对，同一人。"},
)
MERGE_DONE = register(
    "office.merge_done",
    label=_("A merge you proposed was done"),
    subject=_("The records of {name} are merged"),
    text=_("{who} agreed. The other record's address leads to the one that stayed."),
    link=MERGE_LINK,
    audience="officer",
    private={"name"},
    sample={**_merge, "who": "王复核"},
)
MERGE_REFUSED = register(
    "office.merge_refused",
    label=_("A merge you proposed was refused"),
    subject=_("The records of {name} stay two"),
    text=_("{who} refused. Reason: {reason}"),
    link=MERGE_LINK,
    audience="officer",
    mandatory=True,
    private={"name"},
    sample={**_merge, "who": "王复核", "reason": "父子同名，共用手机。"},
)

_export = {"union": "示例市总工会", "count": 1200, "export": "00000000-0000-4000-8000-000000000000"}
EXPORT_LINK = "/office/people/exports/{export}/"

EXPORT_WAITS = register(
    "office.export_waits",
    label=_("A list of members waits for your word"),
    subject=_("{who} asks for a list of {count} persons of {union}"),
    text=_("Purpose: {purpose} Agree or decline; without your word nothing is made."),
    link=EXPORT_LINK,
    audience="officer",
    mandatory=True,
    sample={**_export, "who": "李经办", "purpose": "换届选举核对会员名册。"},
)
EXPORT_READY = register(
    "office.export_ready",
    label=_("A list of members you asked for is ready"),
    subject=_("The list of {union} is ready"),
    text=_("{rows} persons. Take it by {until:moment}; then it is deleted."),
    link=EXPORT_LINK,
    audience="officer",
    mandatory=True,
    sample={**_export, "rows": 1200, "until": "2026-11-30T10:00:00+08:00"},
)
EXPORT_DECLINED = register(
    "office.export_declined",
    label=_("A list of members you asked for was declined"),
    subject=_("The list of {union} was declined"),
    text=_("{who} declined. Reason: {reason}"),
    link=EXPORT_LINK,
    audience="officer",
    mandatory=True,
    sample={**_export, "who": "王复核", "reason": "请按单位分别申请。"},
)
EXPORT_FAILED = register(
    "office.export_failed",
    label=_("A list of members you asked for could not be made"),
    subject=_("The list of {union} could not be made"),
    text=_("Nothing was handed out. Ask for it again; if it fails once more, tell the system administrator."),
    link=EXPORT_LINK,
    audience="officer",
    mandatory=True,
    sample=_export,
)
