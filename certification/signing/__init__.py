"""Signatures on PDF files, which are made in the same write (`pades`) or with a timestamp
(`stamped`), and verified (`check`).

The package knows no model and no view. Keys come in through the protocol `DocumentSigner`.
"""
