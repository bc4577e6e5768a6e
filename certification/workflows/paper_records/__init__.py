"""Certificates from paper (ADR 27), imported through the engine of `imports`.

`kind` is what the engine is told, `columns` what we look for, `rows` what a row says, `effects`
what applying would do. `apply` writes all good rows, in the public register before they count.
`sample` is for the second person, `withdraw` takes a whole import back, `link` finds the holders.
"""

from certification.workflows.paper_records.link import link_known_holders
from certification.workflows.paper_records.sample import draw_sample, record_sample
from certification.workflows.paper_records.upload import (
    receive_sheet,
    start_check,
    template_workbook,
)
from certification.workflows.paper_records.withdraw import withdraw_import
from imports.workflows.apply import apply_import
from imports.workflows.error_workbook import build_error_workbook
from imports.workflows.upload import discard_import

__all__ = [
    "apply_import",
    "build_error_workbook",
    "discard_import",
    "draw_sample",
    "link_known_holders",
    "receive_sheet",
    "record_sample",
    "start_check",
    "template_workbook",
    "withdraw_import",
]
