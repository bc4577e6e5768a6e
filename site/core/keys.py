"""Make the keys of the embedded form on first start, in a folder that only the operator reads."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def embedded_secret_key(folder: Path) -> str:
    """Return Django's signing key from *folder*, made on the first call."""
    return read_or_make(folder / "django-secret-key", lambda: secrets.token_urlsafe(64))


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """Return the text of *path*. If the file doesn't exist, write what *make* gives, in a way that
    two first starts agree.

    The file is readable by its owner only. The process that loses the race to create it reads the
    winner's.
    """
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(make() + "\n", encoding="ascii")
    try:
        os.link(draft, path)  # fails if the file is there: never replaces a key
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
