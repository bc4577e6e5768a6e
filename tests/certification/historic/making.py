"""What the tests of papers share: sheets made by hand, and the walk through the steps without a
browser.
"""

from __future__ import annotations

import io
from typing import Any

from certification.enums import Provenance
from certification.models import Certificate, HistoricImport, HistoricRemark
from certification.workflows import paper_records
from certification.workflows.paper_records.sample import list_drawn_records
from core import sheets
from jobs.runner import run_waiting_items
from tests.office.importing import number as identity

HEAD = [
    "证书编号", "姓名", "发证日期", "证书名称", "证书类别", "培训内容", "职业工种", "等级", "工作单位", "有效期至", "发证机构", "证件号码",
]  # fmt: skip
KEYS = [
    "number",
    "name",
    "issued",
    "title",
    "kind",
    "subject",
    "trade",
    "level",
    "employer",
    "until",
    "issuer",
    "id",
]


def paper(serial: int, **changed: str) -> list[str]:
    """Return one row in order; *changed* by key of `KEYS`."""
    values = {
        "number": f"甬焊培字〔2015〕第{serial:04d}号", "name": f"王{chr(0x4E00 + serial)}", "issued": "2015-06-30", "title": "培训合格证书",
        "kind": "培训", "subject": "焊接安全", "trade": "焊工", "level": "三级/高级工", "employer": "示例厂", "until": "", "issuer": "",
        "id": "",
    } | changed  # fmt: skip
    return [values[key] for key in KEYS]


def sheet(*rows: Any, head: Any = HEAD) -> bytes:
    """Return an xlsx of *rows*."""
    return sheets.write_workbook(head, rows)


def send(
    officer: Any, org: Any, data: bytes, filename: str = "台账.xlsx", aim: str = Provenance.ARCHIVE
) -> HistoricImport:
    """Step 1."""
    return paper_records.receive_sheet(
        actor=officer,
        org=org,
        filename=filename,
        file=io.BytesIO(data),
        source="2015年发证台账",
        aim=aim,
    )


def check(
    officer: Any,
    org: Any,
    data: bytes,
    *,
    kind: str = "PX",
    title: str = "培训合格证书",
    **given: Any,
) -> HistoricImport:
    """Steps 1 to 3, the background done."""
    run = send(officer, org, data, **given)
    paper_records.start_check(actor=officer, run=run, mapping=run.mapping, kind=kind, title=title)
    run_waiting_items()
    return HistoricImport.objects.get(pk=run.pk)


def take(officer: Any, run: HistoricImport) -> HistoricImport:
    """Step 4, the background done."""
    paper_records.apply_import(actor=officer, run=run)
    run_waiting_items()
    return HistoricImport.objects.get(pk=run.pk)


def taken(officer: Any, org: Any, *rows: Any, **given: Any) -> HistoricImport:
    """All steps."""
    return take(officer, check(officer, org, sheet(*rows), **given))


def compare(second: Any, run: HistoricImport, *, differ: int = 0) -> HistoricImport:
    """Draw and answer the sample: the first *differ* differ."""
    run = paper_records.draw_sample(actor=second, run=run)
    verdicts = {
        record.pk: "differs" if at < differ else "agrees"
        for at, record in enumerate(list_drawn_records(run))
    }
    paper_records.record_sample(actor=second, run=run, verdicts=verdicts, remark="档案室 3 柜")
    run_waiting_items()
    return HistoricImport.objects.get(pk=run.pk)


def withdraw(officer: Any, run: HistoricImport) -> HistoricImport:
    """Take it back, the background done."""
    paper_records.withdraw_import(actor=officer, run=run, reason="台账版本有误")
    run_waiting_items()
    return HistoricImport.objects.get(pk=run.pk)


def faults(run: HistoricImport) -> list[tuple[int, str, str]]:
    """Return (row, column key, code) of what is to be mended."""
    return list(
        HistoricRemark.objects.filter(run=run, fault=True)
        .order_by("row", "pk")
        .values_list("row", "key", "code")
    )


def of(run: HistoricImport) -> list[Certificate]:
    """Return the certificates of *run* in the order of the sheet."""
    return list(Certificate.objects.filter(historic__run=run).order_by("historic__row"))


__all__ = [
    "check",
    "compare",
    "faults",
    "identity",
    "of",
    "paper",
    "send",
    "sheet",
    "take",
    "taken",
    "withdraw",
]
