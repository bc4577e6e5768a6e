"""Declare the personal data in spreadsheets.

Officers upload files, whose rows are staged and then change records. Lists of members are exported
as files.
"""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from core.personal import (
    Basis,
    Category,
    OnErase,
    PersonalField,
    ProcessingPurpose,
    Seen,
    declare_acting_staff,
    declare_keeping,
    declare_not_personal,
    declare_personal_fields,
)

declare_keeping(
    "imports",
    label=_("Uploaded spreadsheets"),
    why=_(
        "Staged rows are deleted when the spreadsheet is imported or discarded, and the "
        "file soon after. The import desk does this automatically."
    ),
)
_sheet = partial(
    PersonalField,
    Category.IDENTITY,
    ProcessingPurpose.SCREEN,
    Basis.DUTY,
    "imports",
    export=False,
    seen_by=Seen.OFFICERS,
)

declare_personal_fields(
    "office.SheetImport",
    {
        "filename": _sheet(),
        "file": _sheet(sensitive=True),
        "problems": _sheet(),
        "layout": _sheet(),
        "made": _sheet(),
    },
)
declare_acting_staff("office.SheetImport", "actor", "applied_by", "undone_by")
declare_not_personal(
    "office.SheetImport",
    "sha256",
    "summary",
    "signature",
    "mapping",
    "choices",
    "fingerprint",
    "key_name",
    "note",
)
declare_personal_fields(
    "office.StagedRow",
    {
        **{
            name: _sheet()
            for name in (
                "name",
                "name_key",
                "pinyin_key",
                "name_order",
                "birth",
                "sex",
                "mobile",
                "old_mobile",
                "tail",
                "person",
            )
        },
        **{
            name: _sheet(seen_by=Seen.NOBODY, sensitive=True)
            for name in ("number_encrypted", "number_hash", "newest_hash")
        },
        **{name: _sheet() for name in ("employer", "employer_key", "job_title")},
    },
    person="person",
    delete_rows=True,
)
declare_not_personal("office.StagedRow", "id_kind")
declare_keeping(
    "people_exports",
    label=_("Exported member lists"),
    why=_(
        "The file is deleted after seven days. Who requested it, why, and who approved it "
        "are kept as evidence."
    ),
)
_list = partial(
    PersonalField,
    Category.IDENTITY,
    ProcessingPurpose.MEMBERSHIP,
    Basis.DUTY,
    "people_exports",
    export=False,
    seen_by=Seen.OFFICERS,
)
declare_personal_fields("office.PeopleExport", {"file": _list(sensitive=True)})
declare_acting_staff("office.PeopleExport", "asked_by", "decided_by", "purpose", "decision")
declare_not_personal("office.PeopleExport", "standing", "sha256")
declare_personal_fields("office.RowRemark", {"written": _sheet(), "params": _sheet()})
declare_not_personal("office.RowRemark", "key", "code")
declare_personal_fields(
    "office.TakenRow",
    {
        "person": _sheet(),
        "old_mobile": _sheet(on_erase=OnErase.BLANK),
        "new_mobile": _sheet(on_erase=OnErase.BLANK),
    },
    person="person",
)
declare_not_personal("office.TakenRow", "reason")
