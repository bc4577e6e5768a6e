"""Find which scripts a script loads. A service worker must keep them so that a page opens without
a network.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path, PurePosixPath

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

_IMPORT = re.compile(
    r"""^(?:import|export)\s[^;"']*?["'](\.{1,2}/[^"']+)["'];|^import\s*["'](\.{1,2}/[^"']+)["'];""",
    re.MULTILINE,
)


@cache
def list_imported_modules(entry: str) -> tuple[str, ...]:
    """Return the static paths ("js/outbox.js") of all modules that *entry* imports, their own
    imports included, sorted.

    Browsers ask for them by these names under STATIC_URL: an `import` knows no name with a hash in
    it. Raises `FileNotFoundError` if one of them doesn't exist.
    """
    found: set[str] = set()
    waiting = [entry]
    while waiting:
        path = waiting.pop()
        for first, second in _IMPORT.findall(_read(path)):
            imported = _resolve(PurePosixPath(path).parent / (first or second))
            if imported not in found:
                found.add(imported)
                waiting.append(imported)
    return tuple(sorted(found - {entry}))


def _resolve(path: PurePosixPath) -> str:
    """Return *path* without its `..` parts."""
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _read(path: str) -> str:
    found = finders.find(path)
    if isinstance(found, str):
        return Path(found).read_text(encoding="utf-8")
    with staticfiles_storage.open(path) as stored:  # collected: the finders may be switched off
        return str(stored.read().decode())
