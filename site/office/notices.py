"""Kinds of messages about imports."""

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
