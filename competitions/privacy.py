"""Declare the personal data in competitions, which of it blocks erasure, and what stays."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from competitions.enums import OUT_OF_FIELD, EventState
from competitions.models import Entry
from core.personal import Basis, Category, Field, Purpose, Seen, acted, blocks_erasure, declare, keeping, keeps_on_erasure, not_personal

keeping(
    "competition",
    label=gettext_lazy("Competition records"),
    why=gettext_lazy("Entries, marks and results are archives of the organiser: a result can be contested and must be provable."),
)
_entry = partial(Field, Category.COMPETITION, Purpose.COMPETITION, Basis.DUTY, "competition", seen_by=Seen.STAFF)
_own = _entry(export=False)

declare(
    "competitions.Entry",
    {"person": _own, **{name: _entry() for name in ("event", "state", "employer", "union", "reason", "created_at")}},
    person="person",
)
acted("competitions.Entry", "registered_by")
declare(
    "competitions.ResultRow",
    {"modules": _own, "decided_by": _own, **{name: _entry() for name in ("result_set", "standing", "rank", "total", "award")}},
    person="entry__person",
)
declare("competitions.BlindCode", {"sealed_entry": _own, "reason": _own})
declare("competitions.Draw", {"entries": _own})
acted("competitions.Draw", "drawn_by", "opened_by", "witnessed_by")
declare("competitions.Judge", {"user": _own, "event": _entry(), "seat": _entry()}, account="user")
declare("competitions.AspectRemark", {"text": _own, "photo": _own})
declare("competitions.Recusal", {"reason": _own})
acted("competitions.Recusal", "declared_by")
acted("competitions.Event", "created_by", "cancel_reason")
acted("competitions.Scheme", "imported_by", "frozen_by")
acted("competitions.ResultSet", "computed_by", "confirmed_by", "reason")
acted("competitions.ClosedDay", "closed_by")
acted("competitions.TwoPersonRequest", "asked_by", "decided_by", "reason")
acted("competitions.JudgementRound", "reason")


def _open_entries(person: Any) -> list[str]:
    rows = (
        Entry.objects.filter(person=person)
        .exclude(state__in=OUT_OF_FIELD)
        .exclude(event__state__in=[EventState.PUBLISHED, EventState.CANCELLED])
        .order_by("pk")
    )
    return [
        _("The competition “%(title)s” is not over. Withdraw the entry, or wait for the published result.") % {"title": title}
        for title in rows.values_list("event__title", flat=True)
    ]


def _stays(person: Any) -> list[str]:
    count = Entry.objects.filter(person=person).count()
    if not count:
        return []
    words = ngettext(
        "Your entry to %(count)s competition stays in the files under the made-up name, with marks and rank.",
        "Your entries to %(count)s competitions stay in the files under the made-up name, with marks and rank.",
        count,
    )
    return [words % {"count": count}]


blocks_erasure("competitions", _open_entries)
keeps_on_erasure("competitions", _stays)

not_personal("competitions.Event", "title", "summary", "venue", "technical_file", "tie_break")
not_personal("competitions.Draw", "commitment", "seed_encrypted", "seed")
not_personal("competitions.Scheme", "digest")
not_personal("competitions.SpecSection", "number", "name")
not_personal("competitions.Module", "code", "name")
not_personal("competitions.SubCriterion", "code", "name")
not_personal(
    "competitions.Aspect", "code", "name", "steps", "section", "description", "benchmark_0", "benchmark_1", "benchmark_2", "benchmark_3"
)
not_personal("competitions.ResultSet", "digest")
not_personal("competitions.Correction", "before", "after", "shown_digest")
not_personal("competitions.Sheet", "digest")
not_personal("competitions.MarkChange", "digest", "outcome", "value", "refusal")
not_personal("competitions.Signature", "digest")
