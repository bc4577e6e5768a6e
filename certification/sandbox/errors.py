"""Why a file couldn't be examined although nothing is known against it."""

from __future__ import annotations


class SandboxBusy(Exception):
    """As many files are being examined as may be at once."""


class SandboxInterrupted(Exception):
    """The process that examined the file was ended from outside. The file can be uploaded again."""
