"""Read every spreadsheet that is sent, either .xlsx (also Strict Open XML) or a text table (CSV).

`reading.read_spreadsheet` is the entry point. ADR 42 lists what a program that writes spreadsheets
may do and what the reader makes of it. The content of cells is decoded and never normalised,
because the caller decides whether a name or a number is well written.
"""
