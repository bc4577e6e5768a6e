"""Declare the personal data in competitions, which of it blocks erasure, and what stays."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from competitions.enums import OUT_OF_FIELD, EventState
from competitions.models import Entry
from core.personal import (
    Basis,
    Category,
    PersonalField,
    ProcessingPurpose,
    Seen,
    blocks_erasure,
    declare_acting_staff,
    declare_keeping,
    declare_not_personal,
    declare_personal_fields,
    keeps_on_erasure,
)
from people.models import Person

declare_keeping(
    "competition",
    label=gettext_lazy("Competition records"),
    why=gettext_lazy(
        "Entries, marks and results are the organiser's archives. A result can be "
        "contested, so it must be provable."
    ),
)
_entry = partial(
    PersonalField,
    Category.COMPETITION,
    ProcessingPurpose.COMPETITION,
    Basis.DUTY,
    "competition",
    seen_by=Seen.STAFF,
)
_own = _entry(export=False)

declare_personal_fields(
    "competitions.Entry",
    {
        "person": _own,
        **{
            name: _entry()
            for name in ("event", "state", "employer", "union", "reason", "created_at")
        },
    },
    person="person",
)
declare_acting_staff("competitions.Entry", "registered_by")
declare_personal_fields(
    "competitions.ResultRow",
    {
        "modules": _own,
        "decided_by": _own,
        **{name: _entry() for name in ("result_set", "standing", "rank", "total", "award")},
    },
    person="entry__person",
)
declare_personal_fields("competitions.BlindCode", {"sealed_entry": _own, "reason": _own})
declare_personal_fields("competitions.Draw", {"entries": _own})
declare_acting_staff("competitions.Draw", "drawn_by", "opened_by", "witnessed_by")
declare_personal_fields(
    "competitions.Judge", {"user": _own, "event": _entry(), "seat": _entry()}, account="user"
)
declare_personal_fields("competitions.AspectRemark", {"text": _own, "photo": _own})
declare_personal_fields("competitions.Recusal", {"reason": _own})
declare_acting_staff("competitions.Recusal", "declared_by")
declare_acting_staff("competitions.Event", "created_by", "cancel_reason")
declare_acting_staff("competitions.Scheme", "imported_by", "frozen_by")
declare_acting_staff("competitions.ResultSet", "computed_by", "confirmed_by", "reason")
declare_acting_staff("competitions.ClosedDay", "closed_by")
declare_acting_staff("competitions.TwoPersonRequest", "asked_by", "decided_by", "reason")
declare_acting_staff("competitions.JudgementRound", "reason")


def _open_entries(person: Person) -> list[str]:
    rows = (
        Entry.objects.filter(person=person)
        .exclude(state__in=OUT_OF_FIELD)
        .exclude(event__state__in=[EventState.PUBLISHED, EventState.CANCELLED])
        .order_by("pk")
    )
    return [
        _(
            "The competition “%(title)s” isn't over. Withdraw the entry, or wait until the "
            "results are published."
        )
        % {"title": title}
        for title in rows.values_list("event__title", flat=True)
    ]


def _stays(person: Person) -> list[str]:
    count = Entry.objects.filter(person=person).count()
    if not count:
        return []
    words = ngettext(
        "Your entry in %(count)s competition stays on file under a pseudonym, with marks and rank.",
        "Your entries in %(count)s competitions stay on file under a pseudonym, with marks "
        "and rank.",
        count,
    )
    return [words % {"count": count}]


blocks_erasure("competitions", _open_entries)
keeps_on_erasure("competitions", _stays)

declare_not_personal(
    "competitions.Event", "title", "summary", "venue", "technical_file", "tie_break"
)
declare_not_personal("competitions.Draw", "commitment", "seed_encrypted", "seed")
declare_not_personal("competitions.Scheme", "digest")
declare_not_personal("competitions.SpecSection", "number", "name")
declare_not_personal("competitions.Module", "code", "name")
declare_not_personal("competitions.SubCriterion", "code", "name")
declare_not_personal(
    "competitions.Aspect",
    "code",
    "name",
    "steps",
    "section",
    "description",
    "benchmark_0",
    "benchmark_1",
    "benchmark_2",
    "benchmark_3",
)
declare_not_personal("competitions.ResultSet", "digest")
declare_not_personal("competitions.Correction", "before", "after", "shown_digest")
declare_not_personal("competitions.Sheet", "digest")
declare_not_personal("competitions.MarkChange", "digest", "outcome", "value", "refusal")
declare_not_personal("competitions.Signature", "digest")
