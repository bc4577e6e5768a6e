"""Kinds of messages about imports and about double records."""

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
