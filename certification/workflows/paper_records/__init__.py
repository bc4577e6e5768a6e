"""Certificates from paper (ADR 27): send, match the columns, look at the dry run, take over; another compares a sample; taken back whole.

`columns` what we look for · `sending` take in, match, throw away · `checking` the dry run in the background · `deciding` what taking
over would do · `taking` all good rows, in the register before they count · `sampling` the second person · `withdrawing` ·
`linking` records to persons · `sweeping` · `errors` the workbook of rows to mend.
"""

from certification.workflows.historic.errors import error_workbook
from certification.workflows.historic.linking import link_known
from certification.workflows.historic.sampling import draw, record_sample
from certification.workflows.historic.sending import discard, receive, start_check, template_workbook
from certification.workflows.historic.taking import apply
from certification.workflows.historic.withdrawing import withdraw

__all__ = [
    "apply",
    "discard",
    "draw",
    "error_workbook",
    "link_known",
    "receive",
    "record_sample",
    "start_check",
    "template_workbook",
    "withdraw",
]
