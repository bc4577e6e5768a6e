"""Why a file couldn't be examined although nothing is known against it."""

from __future__ import annotations


class Busy(Exception):
    """As many files as may be examined at once are being examined."""


class Interrupted(Exception):
    """The process that examined the file was ended from outside. The file can be handed in again."""
