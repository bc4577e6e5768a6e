"""What we did not write ourselves is what its makers published, byte for byte."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

VENDOR = settings.SITE / "static" / "vendor"
LISTED = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))
MAP = b"/*# sourceMappingURL=bootstrap.min.css.map */"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("part", LISTED, ids=lambda part: part["name"])
def test_vendored_file_matches_its_pinned_hash(part):
    path = VENDOR / part["file"] if "file" in part else Path(finders.find(part["static"]))
    assert sha256(path.read_bytes()) == part["sha256"]


def test_bootstrap_differs_from_the_published_file_only_in_the_source_map():
    ours = (VENDOR / "bootstrap.min.css").read_bytes()
    part = next(part for part in LISTED if part["name"] == "bootstrap")
    assert sha256(ours.rstrip(b"\n") + b"\n" + MAP) == part["upstream_sha256"]


def test_vendor_folder_holds_nothing_unlisted():
    named = {part[key] for part in LISTED for key in ("file", "licence_file") if key in part}
    assert {path.name for path in VENDOR.iterdir()} == named | {"vendor.json"}


@pytest.mark.parametrize("name", ["theme.css"])
def test_style_sheet_takes_every_colour_from_a_token(name):
    text = (settings.SITE / "static" / "css" / name).read_text(encoding="utf-8")
    components = re.sub(r"/\*.*?\*/", "", text.split("@layer components {", 1)[1], flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", components) == []
    assert re.findall(r"\b(?:rgb|rgba|hsl|oklch)\(", components) == []


def test_style_sheets_ask_no_other_host():
    for path in (settings.SITE / "static").rglob("*.css"):
        assert re.findall(r"url\(\s*[\"']?(?:https?:)?//", path.read_text(encoding="utf-8")) == []
