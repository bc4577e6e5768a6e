"""Text into search tokens, the same for both engines and for questions and answers.

Chinese is cut into overlapping pairs (焊工三级 → 焊工 工三 三级), so every stretch of two characters or more
is found without a dictionary, new words and names included; single characters have a field of their
own. Latin letters and digits make words; an official code makes one word with its hyphens taken out
(6-18-02-04 → 6180204). Titles and keywords also give their pinyin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from search import pinyin
from search.characters import fold_form, fold_text, is_run_character, may_have_pinyin

MAX_TITLE = 500
MAX_BODY = 100_000
MAX_WORD = 80  # of a Latin word: a pasted blob is no word
# A code: letters and digits in at least two parts, joined by single marks, with a digit somewhere.
CODE_PATTERN = re.compile(r"(?<![0-9a-z])[0-9a-z]+(?:[-./_][0-9a-z]+)+(?![0-9a-z])")
_PARTS = re.compile(r"[0-9]+|[^0-9]+")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of folded text of one sort, either Chinese (`chinese`) or a Latin word. `start` is
    its place in the folded text.
    """

    text: str
    chinese: bool
    start: int

    @property
    def grams(self) -> list[str]:
        """The tokens of this run in order. These are pairs for a Chinese run, and the run itself
        otherwise.
        """
        if self.chinese and len(self.text) > 1:
            return [self.text[i : i + 2] for i in range(len(self.text) - 1)]
        return [self.text[:MAX_WORD]]


def split_runs(folded: str) -> Iterator[Run]:
    """Yield the runs of *folded* text (see `fold_text`). Everything else separates them."""
    start = 0
    kind: bool | None = None
    for place, ch in enumerate(folded):
        now = True if is_run_character(ch) else False if ch.isalnum() else None
        if now is not kind:
            if kind is not None:
                yield Run(folded[start:place], kind, start)
            start, kind = place, now
    if kind is not None:
        yield Run(folded[start:], kind, start)


def list_phrase_tokens(text: str) -> list[str]:
    """Return the tokens of *text* in order, for phrases."""
    return [gram for run in split_runs(fold_text(text).text) for gram in run.grams]


def list_single_characters(text: str) -> set[str]:
    """Return the single Chinese characters of *text*, and the letter and digit parts of its mixed
    words (`syb2026` → `syb`, `2026`).
    """
    out: set[str] = set()
    for run in split_runs(fold_text(text).text):
        if run.chinese:
            out.update(run.text)
        elif len(parts := _PARTS.findall(run.text[:MAX_WORD])) > 1:
            out.update(parts)
    return out


def find_codes(text: str) -> set[str]:
    """Return the codes in *text*, without their marks, so that `6-18-02-04` becomes `6180204`."""
    found = (
        re.sub(r"[^0-9a-z]", "", match) for match in CODE_PATTERN.findall(fold_text(text).text)
    )
    return {code[:MAX_WORD] for code in found if any(ch.isdigit() for ch in code)}


def normalise_code(text: str) -> str:
    """Return one given code as its token, with letters and digits only."""
    return "".join(ch for ch in fold_text(text).text if ch.isalnum())[:MAX_WORD]


def normalise_whole_text(text: str) -> str:
    """Return *text* as it is compared whole, with letters, digits and Chinese only."""
    return "".join(ch for ch in fold_text(text).text if ch.isalnum() or is_run_character(ch))[
        :MAX_TITLE
    ]


def pinyin_tokens(text: str) -> set[str]:
    """Return the pinyin tokens of all Chinese runs of *text*."""
    out: set[str] = set()
    for run in split_runs("".join(map(fold_form, text))):
        if run.chinese and any(may_have_pinyin(ch) for ch in run.text):
            out |= pinyin.list_pinyin_tokens(run.text)
    return out


def join_ordered_tokens(texts: Iterable[str]) -> str:
    """Return the ordered tokens of *texts* as one whitespace-separated field."""
    return " ".join(gram for text in texts for gram in list_phrase_tokens(text))


def join_unordered_tokens(tokens: Iterable[str]) -> str:
    """Return *tokens* as one whitespace-separated field whose order means nothing."""
    return " ".join(sorted(set(tokens)))
