"""Let a domain declare what can be found. It subclasses `Document`, one for each kind, and
registers it (`search.registry`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django.apps import apps
from django.db.models import Model
from django.utils.html import strip_tags

from search import analysis
from search.engines.protocol import Indexed

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

Row = TypeVar("Row", bound=Model)
PUBLIC = "public"
SIGNED_IN = "signed-in"
SUMMARY_CHARACTERS = 300
EXCERPT_CHARACTERS = 2000  # of the body, stored for the lines around a match


@dataclass(frozen=True, slots=True)
class Visibility:
    """Who may find a document, which is every holder of one of the tokens
    (`search.readers.tokens_for`).
    """

    tokens: frozenset[str]

    def __or__(self, other: Visibility) -> Visibility:
        """Return the visibility for the readers of either."""
        return Visibility(self.tokens | other.tokens)


EVERYONE = Visibility(frozenset({PUBLIC}))
ACCOUNTS = Visibility(frozenset({SIGNED_IN}))


def allow_scope_holders(codename: str, scope: Model, *, org: Model | None = None) -> Visibility:
    """Return the visibility for holders of *codename* on *scope*, and on *org* or a union above it
    (a node of the union tree).
    """
    tokens = {scope_token(codename, scope._meta.label_lower, scope.pk)}
    if org is not None:
        label = org._meta.label_lower
        above = org.get_ancestors().values_list("pk", flat=True)  # type: ignore[attr-defined]  # a treebeard node
        tokens |= {scope_token(codename, label, pk) for pk in [org.pk, *above]}
    return Visibility(frozenset(tokens))


def allow_account(user_id: int | None) -> Visibility:
    """Return the visibility for one account, or for nobody when there is none."""
    return Visibility(frozenset({f"user:{user_id}"} if user_id else ()))


def scope_token(codename: str, label: str, pk: object) -> str:
    """Return the access token of *codename* on one scope object."""
    return f"{codename}@{label}:{pk}"


class Document(Generic[Row]):
    """One kind of thing that can be found. All methods take one row and must not write.

    No personal data belongs here beyond what the page behind `url` shows to the same reader.
    """

    kind: ClassVar[str]  # stands in URLs and in the index: short, ASCII, for ever
    label: ClassVar[str | _StrPromise]  # on the chip: 课程
    model: ClassVar[str]  # "app.Model"
    tone: ClassVar[str] = ""  # class of the tag: info, ok, warn, honour
    order: ClassVar[int] = 50  # of the chip
    # Codenames used with `scoped()` in `visibility`: the reader's rights are looked up for these
    # only.
    codenames: ClassVar[tuple[str, ...]] = ()
    # Other models whose change changes a document: "app.Model" → function from its row to the rows
    # (or queryset) of ours.
    watches: ClassVar[Mapping[str, Callable[[Any], Iterable[Model]]]] = {}

    def queryset(self) -> QuerySet[Row]:
        """Return the rows that belong in the index, with what the methods below need
        (`select_related` …).
        """
        return self.model_class()._default_manager.all()

    def title(self, row: Row) -> str:
        """Return the heading of the hit."""
        return str(row)

    def summary(self, row: Row) -> str:
        """Return one or two plain sentences under the heading."""
        return ""

    def body(self, row: Row) -> str:
        """Return the rest of the text. HTML tags are removed."""
        return ""

    def keywords(self, row: Row) -> Iterable[str]:
        """Return other names it is known by. They weigh almost as much as the title, and are found
        by pinyin.
        """
        return ()

    def codes(self, row: Row) -> Iterable[str]:
        """Return its official codes or numbers, as written."""
        return ()

    def facets(self, row: Row) -> Mapping[str, Any]:
        """Return values to narrow by, such as `level`, `occupation`, `region` or `year`, each with
        one value or several.
        """
        return {}

    def date(self, row: Row) -> date | None:
        """Return the day by which equal hits are ordered, newest first."""
        return None

    def url(self, row: Row) -> str:
        """Return the address that a hit leads to."""
        return str(row.get_absolute_url())  # type: ignore[attr-defined]  # declared documents have one

    def visibility(self, row: Row) -> Visibility:
        """Return who may find it, which is `EVERYONE`, `ACCOUNTS`, `allow_scope_holders(…)`,
        `allow_account(…)`, or several joined with `|`.
        """
        raise NotImplementedError

    # -- for the library

    @classmethod
    def model_class(cls) -> type[Row]:
        """Return the model."""
        return apps.get_model(cls.model)

    @classmethod
    def doc_id(cls, pk: object) -> str:
        """Return the id in the index of the row with key *pk*."""
        return f"{cls.kind}:{pk}"

    def indexed(self, row: Row) -> Indexed:
        """Return *row* as an engine takes it."""
        title = _plain(self.title(row))[: analysis.MAX_TITLE]
        summary = _plain(self.summary(row))[:SUMMARY_CHARACTERS]
        body = _plain(strip_tags(self.body(row)))[: analysis.MAX_BODY]
        keywords = [_plain(word)[: analysis.MAX_TITLE] for word in self.keywords(row) if word]
        codes = [_plain(code) for code in self.codes(row) if code]
        day = self.date(row)
        if hasattr(day, "date"):  # a time: its day here
            from django.utils.timezone import (
                localtime,
            )  # slow import: only for a document dated by a time

            day = localtime(day).date()  # type: ignore[arg-type]  # a datetime here
        facets = {
            name: [str(one) for one in _several(value)] for name, value in self.facets(row).items()
        }
        head = [title, *keywords]
        everything = [*head, *codes, summary, body]
        fields = {
            "title": analysis.join_ordered_tokens([title]),
            "alias": analysis.join_ordered_tokens(keywords),
            "text": analysis.join_ordered_tokens(everything),
            "title_chars": analysis.join_unordered_tokens(analysis.list_single_characters(title)),
            "chars": analysis.join_unordered_tokens(
                token for text in everything for token in analysis.list_single_characters(text)
            ),
            "pinyin": analysis.join_unordered_tokens(
                token for text in head for token in analysis.pinyin_tokens(text)
            ),
            "code": analysis.join_unordered_tokens(
                [
                    *map(analysis.normalise_code, codes),
                    *(found for text in [*head, summary] for found in analysis.find_codes(text)),
                ]
            ),
        }
        values = {
            "kind": (self.kind,),
            "access": tuple(sorted(self.visibility(row).tokens)),
            "facets": tuple(
                sorted(f"{name}={value}" for name, several in facets.items() for value in several)
            ),
            "whole": tuple(filter(None, [analysis.normalise_whole_text(title)])),
            "whole_alias": tuple(
                sorted({*filter(None, map(analysis.normalise_whole_text, keywords))})
            ),
        }
        payload = {
            "kind": self.kind, "pk": str(row.pk), "title": title, "summary": summary, "excerpt": body[:EXCERPT_CHARACTERS],
            "url": self.url(row), "date": day.isoformat() if day else None, "facets": facets,
        }  # fmt: skip
        stamp = hashlib.sha256(
            json.dumps([fields, values, payload], sort_keys=True, ensure_ascii=True).encode()
        ).hexdigest()[:32]
        return Indexed(
            self.doc_id(row.pk),
            self.kind,
            fields,
            values,
            day.toordinal() if day else 0,
            payload,
            stamp,
        )


def _several(value: Any) -> Iterable[Any]:
    if value is None or value == "":
        return ()
    if isinstance(value, (list, tuple, set, frozenset)):
        return [one for one in value if one not in {None, ""}]
    return (value,)


def _plain(text: str) -> str:
    """Return *text* in one line without controls. Names inside stay as they are."""
    return " ".join(
        "".join(
            ch if ch >= " " and not "\ud800" <= ch <= "\udfff" else " " for ch in str(text)
        ).split()
    )
