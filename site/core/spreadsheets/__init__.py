"""The reader of every spreadsheet that is sent: .xlsx (also Strict Open XML) and text tables (CSV).

`reading.read_spreadsheet` is the entry point. What a program that writes spreadsheets may do is listed in ADR 42 with what the reader
makes of it. The content of cells is decoded and never normalised: whether a name or a number is well written is for its caller to say.
"""
