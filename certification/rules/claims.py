"""Claims in the wording of a template, which are words that say something took place, and the
fields that carry the fact.

A certificate says only what is on record. A template is written long before, so a claim is put in a
clause in square brackets together with the field of its fact, and the clause is left out where the
fact is missing. `[，经公示（{notice}）]` is fine, `经公示` alone isn't.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_CLAUSE = re.compile(r"\[([^\[\]]*)\]")
_FIELD = re.compile(r"\{([a-z_]*)\}")
NOTICE, DOCUMENT = frozenset({"notice"}), frozenset({"document"})
MARKS = frozenset({"marks", "theory", "practice"})
_RULES: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (
        re.compile(
            r"公示|公告|异议|public(?:ly)? (?:notice|notified|announced)|objection", re.IGNORECASE
        ),
        NOTICE,
    ),
    (
        re.compile(
            r"评审|审定|评定|评选|审核|复核|核准|批准|研究决定|review(?:ed)?\b|approved|(?:panel|jury)\b",
            re.IGNORECASE,
        ),
        DOCUMENT,
    ),
    (
        re.compile(
            r"考核|考试|考评|测评|鉴定合格|examin\w*|\bexams?\b|assess\w*|\btest(?:s|ed)?\b",
            re.IGNORECASE,
        ),
        MARKS,
    ),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A word of a template that claims something, with the fields of which one must be in the same
    clause.
    """

    word: str
    fields: tuple[str, ...]


@lru_cache(maxsize=256)
def unsupported_claims(template: str) -> tuple[Claim, ...]:
    """Return the claims in *template* that aren't in a clause with the field of their fact, in
    order.
    """
    outside = _CLAUSE.sub("\n", template)
    found = _claims_in(outside, frozenset())
    for clause in _CLAUSE.findall(template):
        found += _claims_in(clause, frozenset(_FIELD.findall(clause)))
    return tuple(sorted(set(found), key=lambda claim: template.index(claim.word)))


def _claims_in(text: str, fields: frozenset[str]) -> list[Claim]:
    words = _FIELD.sub("", text)
    return [
        Claim(match[0], tuple(sorted(facts)))
        for pattern, facts in _RULES
        if not facts & fields
        for match in pattern.finditer(words)
    ]
