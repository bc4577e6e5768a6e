"""Split what was typed, and turn it into conditions. The module is pure and uses no database and
no engine.

Each unit (a Chinese run, a Latin word, a code) must be found. A Chinese run is found when every one
of its characters is in a pair that occurs, so that 焊工培训 finds 焊工技能培训班, though 工培 is nowhere in it.
Points tell how well a document fits, tier by tier.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from search import analysis, synonyms
from search.characters import fold_text
from search.engines.protocol import All, Pattern, Phrase, QueryNode, Some, Term

MAX_CHARACTERS = 100
MAX_UNITS = 12
MAX_WEIGHED = 40  # terms scored by BM25
# Points by tier. A tier includes those below it, so the sums keep the order: exact title, phrase,
# all pairs, every character, pinyin.
EXACT, CODE, EXACT_ALIAS = 10_000.0, 8_000.0, 6_000.0
TITLE_PHRASE, ALIAS_PHRASE, TEXT_PHRASE = 3_000.0, 2_000.0, 1_000.0
TITLE_ALL, TEXT_ALL, LITERAL = 600.0, 300.0, 200.0
SYNONYM_TITLE, SYNONYM_TEXT = 150.0, 80.0
WHOLE_PINYIN = 40.0


@dataclass(frozen=True, slots=True)
class SearchUnit:
    """One thing that must be found. `code` is set for an official code, `parts` holds its pieces
    then.
    """

    text: str
    chinese: bool = False
    code: bool = False
    parts: tuple[str, ...] = ()

    @property
    def grams(self) -> tuple[str, ...]:
        """Its tokens in order."""
        return self.parts if self.code else tuple(analysis.Run(self.text, self.chinese, 0).grams)

    @property
    def sounded(self) -> bool:
        """Whether it may be pinyin."""
        return (
            not self.chinese
            and not self.code
            and len(self.text) > 1
            and self.text.isascii()
            and self.text.isalpha()
        )

    def found(self, *, pinyin: bool = True) -> QueryNode:
        """Return the condition that it occurs anywhere, with *pinyin* also by its sound."""
        if self.chinese and len(self.text) > 1:
            pairs = self.grams
            edges: list[QueryNode] = [Term("text", pairs[0]), Term("text", pairs[-1])]
            inner: list[QueryNode] = [
                Some((Term("text", a), Term("text", b))) for a, b in pairwise(pairs)
            ]
            return All(tuple(dict.fromkeys([*edges, *inner])))
        if self.chinese:
            return Term("chars", self.text)
        if self.code:
            return Some((Pattern("code", f"{self.text}.*"), Phrase("text", self.parts)))
        ways: list[QueryNode] = [Term("text", self.grams[0]), Term("chars", self.grams[0])]
        if len(self.text) > 1:
            ways.append(Pattern("text", f"{self.grams[0]}.*"))
        if any(ch.isdigit() for ch in self.text) and len(self.text) > 2:
            ways.append(Pattern("code", f"{self.grams[0]}.*"))
        if pinyin and self.sounded:
            ways.append(Pattern("pinyin", f"{self.grams[0]}.*"))
        return Some(tuple(ways))

    def phrase(self, field: str) -> QueryNode:
        """Return the condition that it occurs in *field* unbroken."""
        if self.chinese and len(self.text) == 1:
            return Term({"title": "title_chars"}.get(field, "chars"), self.text)
        return Phrase(field, self.grams)

    def all_pairs(self, field: str) -> QueryNode:
        """Return the condition that all its pairs occur somewhere in *field*."""
        if self.chinese and len(self.text) == 1:
            return self.phrase(field)
        return All(tuple(Term(field, gram) for gram in dict.fromkeys(self.grams)))


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """A search as its units. `cut` tells that more was typed than is searched."""

    units: tuple[SearchUnit, ...] = ()
    whole: str = ""
    cut: bool = False
    alike: tuple[SearchQuestion, ...] = ()  # the same with a synonym put in

    def __bool__(self) -> bool:
        """Say whether there is anything to look for."""
        return bool(self.units)

    @property
    def text(self) -> str:
        """The question as it can be typed again."""
        return " ".join(self.shown(unit) for unit in self.units)

    @staticmethod
    def shown(unit: SearchUnit) -> str:
        """Return one unit as people write it."""
        return "-".join(unit.parts) if unit.code else unit.text

    def with_units(self, units: Iterable[SearchUnit]) -> SearchQuestion:
        """Return the question for *units* instead."""
        kept = tuple(units)
        return replace(self, units=kept, whole="".join(unit.text for unit in kept), alike=())

    @property
    def joined_pinyin(self) -> str:
        """`hangong` for `han gong`, or empty unless all units may be syllables."""
        together = "".join(unit.text for unit in self.units)
        return together if len(self.units) > 1 and all(unit.sounded for unit in self.units) else ""

    def must(self) -> QueryNode:
        """Return what a document must fulfil, which is all units, or all of a question alike."""
        ways: list[QueryNode] = [All(tuple(unit.found() for unit in self.units))]
        ways += [
            All(tuple(unit.found(pinyin=False) for unit in other.units)) for other in self.alike
        ]
        if self.joined_pinyin:
            ways.append(Pattern("pinyin", f"{self.joined_pinyin}.*"))
        return ways[0] if len(ways) == 1 else Some(tuple(ways))

    def points(self) -> list[tuple[QueryNode, float]]:
        """Return the tiers."""
        units = self.units
        out: list[tuple[QueryNode, float]] = [
            (Term("whole", self.whole), EXACT),
            (Term("whole_alias", self.whole), EXACT_ALIAS),
            (All(tuple(unit.phrase("title") for unit in units)), TITLE_PHRASE),
            (All(tuple(unit.phrase("alias") for unit in units)), ALIAS_PHRASE),
            (All(tuple(unit.phrase("text") for unit in units)), TEXT_PHRASE),
            (All(tuple(unit.all_pairs("title") for unit in units)), TITLE_ALL),
            (All(tuple(unit.all_pairs("text") for unit in units)), TEXT_ALL),
            (All(tuple(unit.found(pinyin=False) for unit in units)), LITERAL),
        ]
        codes = [
            unit.text
            for unit in units
            if unit.code or (not unit.chinese and any(ch.isdigit() for ch in unit.text))
        ]
        if codes:
            out.append((Some(tuple(Term("code", code) for code in codes)), CODE))
        sounds = [unit.text for unit in units if unit.sounded] + (
            [self.joined_pinyin] if self.joined_pinyin else []
        )
        if sounds:
            out.append((Some(tuple(Term("pinyin", sound) for sound in sounds)), WHOLE_PINYIN))
        for other in self.alike:
            out.append((All(tuple(unit.phrase("title") for unit in other.units)), SYNONYM_TITLE))
            out.append((All(tuple(unit.phrase("text") for unit in other.units)), SYNONYM_TEXT))
        return out

    def weighed(self) -> QueryNode:
        """Return the terms whose rarity and number order documents within a tier."""
        grams = list(dict.fromkeys(gram for unit in self.units for gram in unit.grams))[
            :MAX_WEIGHED
        ]
        return Some(tuple(Term(field, gram) for gram in grams for field in ("title", "text")))


def parse_question(text: str) -> SearchQuestion:
    """Split *text*, which may be anything, into a question. Signs, quotes and wildcards only
    separate.
    """
    head = text[:MAX_CHARACTERS]
    folded = fold_text(head).text
    units = tuple(dict.fromkeys(_units(folded)))
    cut = len(text.rstrip()) > MAX_CHARACTERS or len(units) > MAX_UNITS
    question = SearchQuestion(units[:MAX_UNITS], analysis.normalise_whole_text(head), cut)
    alike = (
        SearchQuestion(tuple(dict.fromkeys(_units(other)))[:MAX_UNITS])
        for other in synonyms.list_synonym_variants(folded)
    )
    return replace(question, alike=tuple(alike))


def _units(folded: str) -> Iterable[SearchUnit]:
    """Yield the units of *folded* text in order."""
    place = 0
    for match in analysis.CODE_PATTERN.finditer(folded):
        parts = tuple(re.findall(r"[0-9a-z]+", match.group()))
        if any(part.isdigit() for part in parts):
            yield from (
                SearchUnit(run.text, run.chinese)
                for run in analysis.split_runs(folded[place : match.start()])
            )
            yield SearchUnit("".join(parts), code=True, parts=parts)
            place = match.end()
    yield from (SearchUnit(run.text, run.chinese) for run in analysis.split_runs(folded[place:]))


def near_miss(word: str) -> str:
    """Return a pattern for every beginning that is one letter away from *word* (wrong, missing,
    extra, swapped), letters only.
    """
    ways = {word}
    for i in range(len(word)):
        ways |= {
            word[:i] + word[i + 1 :],
            word[:i] + "." + word[i + 1 :],
            word[:i] + "." + word[i:],
        }
        if i + 1 < len(word):
            ways.add(word[:i] + word[i + 1] + word[i] + word[i + 2 :])
    return "(" + "|".join(sorted(ways)) + ").*"
