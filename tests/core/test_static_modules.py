"""Modules a script imports."""

from __future__ import annotations

import re

import pytest

from core.static_modules import list_imported_modules
from tests.architecture.sources import assets


def test_imports_are_followed_to_the_end():
    assert list_imported_modules("js/outbox.js") == ("js/device_database.js",)
    assert list_imported_modules("js/session.js") == ("js/request.js",)
    assert list_imported_modules("js/sha256.js") == ()


def test_import_of_a_script_that_is_missing_is_an_error():
    with pytest.raises(FileNotFoundError):
        list_imported_modules("js/no-such-script.js")


def test_every_shipped_script_imports_scripts_that_exist():
    paths = [re.sub(r"^.*/static/", "", path.as_posix()) for path in assets(".js")]
    assert {path for path in paths if path.startswith(("js/", "courses/", "competitions/"))}
    for path in paths:
        list_imported_modules(path)
