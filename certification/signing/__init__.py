"""Signatures on PDF files: made in the same write (`pades`), with a timestamp (`stamped`), and judged when a stranger hands one in (`check`).

Knows no model and no view; keys come in through the protocol `DocumentSigner`.
"""
