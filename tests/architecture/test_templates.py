"""What browsers get: from this site only, within the content policy, in the colours of the tokens."""

from __future__ import annotations

import re

import pytest

from tests.architecture.sources import ROOT, assets

REMOTE = re.compile(
    r"""<(?:script|link|img|source|iframe|video|audio|object|embed|use|track)\b[^>]*?\s(?:src|href|srcset|data|poster)\s*=\s*["']\s*(?:https?:)?//""",
    re.IGNORECASE,
)
REMOTE_IN_CSS = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])\s*(?:https?:)?//""", re.IGNORECASE)
REMOTE_IN_JS = re.compile(
    r"""(?:import\s*\(?|fetch\(|importScripts\(|new\s+(?:Worker|EventSource|WebSocket)\()\s*["'`](?:https?:|wss?:)?//"""
)
INLINE_STYLE = re.compile(r"<[a-z][^>]*?\sstyle\s*=", re.IGNORECASE)
HANDLER = re.compile(
    r"<[a-z][^>]*?\son(?:click|change|submit|load|input|key\w+|focus|blur|mouse\w+|error)\s*=",
    re.IGNORECASE,
)
SCRIPT = re.compile(
    r"<script\b(?![^>]*\b(?:src|nonce)\s*=)(?![^>]*application/(?:ld\+)?json)[^>]*>", re.IGNORECASE
)
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|color)\(", re.IGNORECASE
)
# Sheets of paper have their own tokens; WeasyPrint knows no cascade of ours.
PRINTED = ("print", "rendering")


def hits(pattern: re.Pattern[str], *suffixes: str) -> list[str]:
    """Return "file:line" for each match of *pattern* in our files that end in *suffixes*."""
    found = []
    for path in assets(*suffixes):
        text = path.read_text(encoding="utf-8")
        found += [
            f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}"
            for match in pattern.finditer(text)
        ]
    return found


@pytest.mark.parametrize(
    ("pattern", "suffix"),
    [
        (REMOTE, ".html"),
        (REMOTE, ".svg"),
        (REMOTE_IN_CSS, ".css"),
        (REMOTE_IN_CSS, ".html"),
        (REMOTE_IN_JS, ".js"),
        (REMOTE_IN_JS, ".mjs"),
    ],
)
def test_no_page_asks_another_host_for_anything(pattern: re.Pattern[str], suffix: str) -> None:
    assert hits(pattern, suffix) == []


@pytest.mark.parametrize(
    "pattern", [INLINE_STYLE, HANDLER, SCRIPT], ids=["style", "handler", "script"]
)
def test_templates_keep_to_the_content_policy(pattern: re.Pattern[str]) -> None:
    assert [hit for hit in hits(pattern, ".html") if not any(part in hit for part in PRINTED)] == []


def test_colours_come_from_tokens() -> None:
    """A colour is written once, as the value of a custom property; everything else says var(--…)."""
    breaches = []
    for path in assets(".css"):
        if any(part in path.parts for part in PRINTED):
            continue
        text = re.sub(
            r"/\*.*?\*/",
            lambda match: re.sub(r"[^\n]", " ", match[0]),
            path.read_text(encoding="utf-8"),
            flags=re.DOTALL,
        )
        text = re.sub(r"url\([^)]*\)", "", text)
        breaches += [
            f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {match[0].strip()}"
            for match in re.finditer(r"([\w-]+)\s*:\s*([^;{}]+)[;}]", text)
            if not match[1].startswith("--") and COLOUR.search(match[2])
        ]
    assert breaches == []


def test_the_patterns_catch_what_they_are_for() -> None:
    """Patterns that match nothing would prove nothing."""
    assert REMOTE.search('<script defer src="https://cdn.example/x.js">')
    assert REMOTE.search("<link rel=stylesheet\n href='//cdn.example/x.css'>")
    assert not REMOTE.search('<a href="https://example.org">')
    assert REMOTE_IN_CSS.search("@import 'https://fonts.example/css'")
    assert REMOTE_IN_JS.search('fetch("https://example.org")')
    assert INLINE_STYLE.search('<p class="x" style="color: red">')
    assert HANDLER.search('<button type="button" onclick="go()">')
    assert SCRIPT.search("<script>go()</script>")
    assert not SCRIPT.search('<script nonce="{{ request.csp_nonce }}">')
    assert COLOUR.search("#fff")
    assert COLOUR.search("1px solid rgb(0 0 0 / 20%)")
