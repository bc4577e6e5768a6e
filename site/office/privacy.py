"""Declare the personal data in spreadsheets.

Officers upload files, whose rows are staged and then change records. Lists of members are exported
as files.
"""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from core.personal import Basis, Category, Field, OnErase, Purpose, Seen, acted, declare, keeping, not_personal

keeping(
    "imports",
    label=_("Sent spreadsheets"),
    why=_("Staged rows go when the sheet is taken over or thrown away, the file soon after; the import desk sweeps both by its own clock."),
)
_sheet = partial(Field, Category.IDENTITY, Purpose.SCREEN, Basis.DUTY, "imports", export=False, seen_by=Seen.OFFICERS)

declare(
    "office.SheetImport", {"filename": _sheet(), "file": _sheet(sensitive=True), "problems": _sheet(), "layout": _sheet(), "made": _sheet()}
)
acted("office.SheetImport", "actor", "applied_by", "undone_by")
not_personal("office.SheetImport", "sha256", "summary", "signature", "mapping", "choices", "fingerprint", "key_name", "note")
declare(
    "office.StagedRow",
    {
        **{
            name: _sheet()
            for name in ("name", "name_key", "pinyin_key", "name_order", "birth", "sex", "mobile", "old_mobile", "tail", "person")
        },
        **{name: _sheet(seen_by=Seen.NOBODY, sensitive=True) for name in ("number_encrypted", "number_hash", "newest_hash")},
        **{name: _sheet() for name in ("employer", "employer_key", "job_title")},
    },
    person="person",
    delete_rows=True,
)
not_personal("office.StagedRow", "id_kind")
keeping(
    "people_exports",
    label=_("Lists of members taken out"),
    why=_("The file goes after seven days; who asked, why and who agreed stays as proof."),
)
_list = partial(Field, Category.IDENTITY, Purpose.MEMBERSHIP, Basis.DUTY, "people_exports", export=False, seen_by=Seen.OFFICERS)
declare("office.PeopleExport", {"file": _list(sensitive=True)})
acted("office.PeopleExport", "asked_by", "decided_by", "purpose", "decision")
not_personal("office.PeopleExport", "standing", "sha256")
declare("office.RowRemark", {"written": _sheet(), "params": _sheet()})
not_personal("office.RowRemark", "key", "code")
declare(
    "office.TakenRow",
    {"person": _sheet(), "old_mobile": _sheet(on_erase=OnErase.BLANK), "new_mobile": _sheet(on_erase=OnErase.BLANK)},
    person="person",
)
not_personal("office.TakenRow", "reason")
