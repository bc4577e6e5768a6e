"""Signatures on PDF files: made in the same write (`pades`) or with a timestamp (`stamped`), and judged (`check`).

Knows no model and no view; keys come in through the protocol `DocumentSigner`.
"""
