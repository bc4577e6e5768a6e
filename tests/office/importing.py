"""What the tests of imports share: sheets made by hand, and the walk through the steps without a
browser.
"""

from __future__ import annotations

import io
from typing import Any

from core import sheets
from jobs.runner import run_waiting_items
from office.models import RowRemark, SheetImport
from office.workflows import importing
from people.rules.identity import compute_id_check_character

HEAD = ["姓名", "证件类型", "证件号码", "手机号", "工会编码", "用人单位", "岗位", "入会日期"]
GOOD = ["欧阳𠮷", "", "11010519491231002X", "13800138000", "330901", "示例厂", "焊工", "2020-05-01"]


def sheet(*rows: Any, head: Any = HEAD) -> bytes:
    """Return an xlsx of *rows*."""
    return sheets.write_workbook(head, rows)


def number(serial: int, born: str = "19800101") -> str:
    """Return an identity number of an abolished county with a right check character."""
    first = f"330125{born}{serial:03d}"
    return first + compute_id_check_character(first)


def worker(serial: int, **changed: str) -> list[str]:
    """Return one row in order; *changed* by heading key (`name`, `number`, `mobile`, `union`,
    `employer`, `post`, `joined`, `kind`).
    """
    values = {
        "name": f"王{chr(0x4E00 + serial)}", "kind": "居民身份证", "number": number(serial), "mobile": f"138{serial:08d}",
        "union": "330901", "employer": "示例厂", "post": "焊工", "joined": "2020-05-01",
    } | changed  # fmt: skip
    return [
        values[key]
        for key in ("name", "kind", "number", "mobile", "union", "employer", "post", "joined")
    ]


def send(officer: Any, org: Any, data: bytes, filename: str = "名单.xlsx") -> SheetImport:
    """Step 1."""
    return importing.receive_roster(
        actor=officer, org=org, filename=filename, file=io.BytesIO(data)
    )


def check(
    officer: Any,
    org: Any,
    data: bytes,
    *,
    default_union: Any = None,
    mapping: dict[str, str] | None = None,
) -> SheetImport:
    """Steps 1 to 3, the background done."""
    run = send(officer, org, data)
    importing.start_check(
        actor=officer,
        run=run,
        mapping=run.mapping if mapping is None else mapping,
        default_union=default_union,
    )
    run_waiting_items()
    return SheetImport.objects.get(pk=run.pk)


def take(officer: Any, run: SheetImport) -> SheetImport:
    """Step 4, the background done."""
    importing.apply_import(actor=officer, run=run)
    run_waiting_items()
    return SheetImport.objects.get(pk=run.pk)


def undo(officer: Any, run: SheetImport) -> SheetImport:
    """Undo, the background done."""
    importing.undo_import(actor=officer, run=run)
    run_waiting_items()
    return SheetImport.objects.get(pk=run.pk)


def faults(run: SheetImport) -> list[tuple[int, str, str]]:
    """Return (row, column key, code) of what is to be mended."""
    return list(
        RowRemark.objects.filter(run=run, fault=True)
        .order_by("row", "pk")
        .values_list("row", "key", "code")
    )


def notes(run: SheetImport) -> list[tuple[int, str]]:
    """Return (row, code) of the spellings read as meant."""
    return list(
        RowRemark.objects.filter(run=run, fault=False)
        .order_by("row", "pk")
        .values_list("row", "code")
    )
