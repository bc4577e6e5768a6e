"""Merges of two records of one person.

One officer proposes, another decides, and the merge is done in one transaction (ADR 0015).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

import audit
from core import clock
from core.actors import Actor
from core.errors import DomainError, InvalidInput
from core.states import lock, move
from people import closing, merging
from people.enums import MERGE_MOVES, PAIR_MOVES, MergeState, PairState
from people.merging import ACCOUNT, GONE, KEEP, UNION
from people.models import FormerName, IdentityDocument, MergeProposal, Person, SuspectedPair
from people.workflows.person import require_long_reason

# What the proposer picks one by one; the name of the other record is kept as a former name.
PICKED = (
    "name",
    "birth",
    "sex",
    "mobile",
    "photo",
    "nationality",
    "ethnicity",
    "hukou",
    "is_migrant_worker",
    "education",
)


@transaction.atomic
def propose_merge(
    *, actor: Actor, keep: Person, gone: Person, picks: Mapping[str, str], reason: str
) -> MergeProposal:
    """Propose that *gone* becomes a tombstone of *keep*.

    Nothing is changed until another person agrees. Raises `DomainError` if something stands in the
    way.
    """
    reason = require_long_reason(reason)
    if keep.pk == gone.pk:
        raise DomainError("merge_same", _("These are already the same record."))
    keep, gone = _locked(keep, gone)
    _not_oneself(actor, keep, gone)
    if MergeProposal.objects.filter(state=MergeState.PROPOSED, keep__in=[keep, gone]).exists() or (
        MergeProposal.objects.filter(state=MergeState.PROPOSED, gone__in=[keep, gone]).exists()
    ):
        raise DomainError(
            "merge_open",
            _(
                "A merge with one of these records is already waiting for a decision. "
                "Decide that one first."
            ),
        )
    blocked = list_merge_obstacles(keep, gone)
    if blocked:
        raise DomainError("merge_blocked", " ".join(blocked))
    proposal = MergeProposal(
        keep=keep,
        gone=gone,
        picks=_picks(picks, merging.doubled_pairs(keep, gone)),
        reason=reason,
        proposed_by_id=getattr(actor, "pk", None),
        state=MergeState.PROPOSED,
    )
    proposal.full_clean()
    try:
        with transaction.atomic():
            proposal.save()
    except IntegrityError as error:
        raise DomainError(
            "merge_open",
            _(
                "A merge with one of these records is already waiting for a decision. "
                "Decide that one first."
            ),
        ) from error
    audit.record(
        "people.merge_proposed",
        actor=actor,
        target=proposal,
        after={"keep": keep.pk, "gone": gone.pk, **_picks_by_record(keep, gone, proposal.picks)},
        reason=reason,
    )
    return proposal


@transaction.atomic
def approve_merge(*, actor: Actor, proposal: MergeProposal, reason: str = "") -> MergeProposal:
    """Agree to *proposal* as the second person, and merge the records.

    All rows move, and the other record becomes a tombstone. It can't be undone. A second click, or
    a colleague a moment later, finds it done and gets `IllegalMove`. Obstacles that came up since
    the proposal raise `DomainError` and leave everything as it was.
    """
    # One of two accounts is closed by it: what falls with either is locked first.
    closing.lock_closing_accounts(proposal.keep.user, proposal.gone.user)
    proposal = lock(proposal)
    if getattr(actor, "pk", None) is not None and actor.pk == proposal.proposed_by_id:
        raise DomainError(
            "merge_own", _("You proposed this merge, so someone else must approve it.")
        )
    # The decision is taken before anything moves: of two approvals at once only one passes here.
    moved = move(proposal, MergeState.MERGED, table=MERGE_MOVES)
    keep, gone = _locked(proposal.keep, proposal.gone)
    _not_oneself(actor, keep, gone)
    blocked = list_merge_obstacles(keep, gone)
    if blocked:
        raise DomainError("merge_blocked", " ".join(blocked))
    _need_all_chosen(proposal, merging.doubled_pairs(keep, gone))
    proposal.decided_by_id, proposal.decided_at, proposal.decision = (
        getattr(actor, "pk", None),
        clock.now(),
        reason.strip()[:500],
    )
    proposal.save(update_fields=["decided_by", "decided_at", "decision", "updated_at"])
    before = {"kept_facts": _facts(keep), "gone_facts": _facts(gone)}
    rows = _merge(keep, gone, proposal.picks, actor=actor)
    audit.record(
        "people.persons_merged",
        actor=actor,
        target=keep,
        before=before,
        after={"kept_facts": _facts(keep), "moved": rows, "tombstone": gone.pk},
        reason=proposal.reason,
    )
    audit.record(
        "people.persons_merged",
        actor=actor,
        target=gone,
        before={"state": moved.old},
        after={"merged_into": keep.pk},
    )
    audit.record(
        "people.persons_merged",
        actor=actor,
        target=proposal,
        before={"state": moved.old},
        after={"state": moved.new, "moved": rows},
    )
    return proposal


@transaction.atomic
def refuse_merge(*, actor: Actor, proposal: MergeProposal, reason: str) -> MergeProposal:
    """Refuse *proposal*, with a reason.

    Both records stay as they are. Raises `DomainError` for the person who proposed it.
    """
    proposal = lock(proposal)
    reason = require_long_reason(reason)
    if getattr(actor, "pk", None) is not None and actor.pk == proposal.proposed_by_id:
        raise DomainError("merge_own_refusal", _("You proposed this merge. Withdraw it instead."))
    return _close(actor, proposal, MergeState.REFUSED, "people.merge_refused", reason)


@transaction.atomic
def withdraw_merge(*, actor: Actor, proposal: MergeProposal) -> MergeProposal:
    """Withdraw the actor's own proposal.

    Raises `DomainError` for anybody else.
    """
    proposal = lock(proposal)
    if actor.pk != proposal.proposed_by_id:
        raise DomainError(
            "merge_not_own",
            _("Only the person who proposed the merge can withdraw it. You can refuse it."),
        )
    return _close(actor, proposal, MergeState.WITHDRAWN, "people.merge_withdrawn", "")


def _close(
    actor: Actor, proposal: MergeProposal, state: MergeState, kind: str, reason: str
) -> MergeProposal:
    moved = move(proposal, state, table=MERGE_MOVES)
    proposal.decided_by_id, proposal.decided_at, proposal.decision = (
        getattr(actor, "pk", None),
        clock.now(),
        reason,
    )
    proposal.save(update_fields=["decided_by", "decided_at", "decision", "updated_at"])
    audit.record(
        kind,
        actor=actor,
        target=proposal,
        before={"state": moved.old},
        after={"state": moved.new},
        reason=reason,
    )
    return proposal


@transaction.atomic
def call_different(*, actor: Actor, pair: SuspectedPair, note: str) -> SuspectedPair:
    """Remember that these are two persons, so that the pair isn't suspected again."""
    pair = lock(pair)
    note = require_long_reason(note)
    moved = move(pair, PairState.DIFFERENT, table=PAIR_MOVES)
    pair.decided_by_id, pair.decided_at, pair.note = (
        getattr(actor, "pk", None),
        clock.now(),
        note[:300],
    )
    pair.save(update_fields=["decided_by", "decided_at", "note", "updated_at"])
    audit.record(
        "people.pair_different",
        actor=actor,
        target=pair,
        before={"state": moved.old},
        after={"state": moved.new},
        reason=note,
    )
    return pair


@transaction.atomic
def look_again(*, actor: Actor, pair: SuspectedPair) -> SuspectedPair:
    """Undo `call_different`."""
    pair = lock(pair)
    moved = move(pair, PairState.OPEN, table=PAIR_MOVES)
    pair.decided_by_id, pair.decided_at, pair.note = None, None, ""
    pair.save(update_fields=["decided_by", "decided_at", "note", "updated_at"])
    audit.record(
        "people.pair_reopened",
        actor=actor,
        target=pair,
        before={"state": moved.old},
        after={"state": moved.new},
    )
    return pair


def list_merge_obstacles(keep: Person, gone: Person) -> list[str]:
    """Return the sentences that say what stands in the way of merging the two records.

    Each names the obstacle. The list is empty if there is none.
    """
    return [
        sentence
        for reference in merging.list_person_references()
        for sentence in reference.in_the_way(keep, gone)
    ]


def _locked(keep: Person, gone: Person) -> tuple[Person, Person]:
    """Lock both rows in the order of their keys, and raise `DomainError` for tombstones."""
    rows = {
        row.pk: row
        for row in (lock(person) for person in sorted((keep, gone), key=lambda person: person.pk))
    }
    if any(row.merged_into_id for row in rows.values()):
        raise DomainError(
            "person_merged",
            _("One of these records has already been merged. See the person's page."),
        )
    return rows[keep.pk], rows[gone.pk]


def hold_unmerged(person: Person) -> Person:
    """Lock *person* until the surrounding transaction ends.

    Raises `DomainError` if the record was merged into another meanwhile. Code that writes a row
    about a person calls it before the row. A merge that comes later moves the row along. After a
    merge that came earlier, nothing is written about the record that no longer counts.
    """
    held = lock(person)
    if held.merged_into_id:
        raise DomainError(
            "person_merged",
            _(
                "This record has been merged into another record of the same person. Reload "
                "the page and use that record."
            ),
        )
    return held


def _not_oneself(actor: Actor, keep: Person, gone: Person) -> None:
    own = getattr(actor, "pk", None)
    if own is not None and own in (keep.user_id, gone.user_id):
        raise DomainError(
            "merge_oneself",
            _("One of these records is your own. Two other people must handle it."),
        )


def _picks(picks: Mapping[str, str], pairs: Sequence[merging.Pair]) -> dict[str, str]:
    wanted = {name: picks.get(name, KEEP) for name in (*PICKED, ACCOUNT, UNION)}
    wanted |= {pair.key: picks.get(pair.key, pair.proposed) for pair in pairs}
    musts = {pair.key: pair.must for pair in pairs if pair.must}
    wrong = sorted(
        name
        for name, value in wanted.items()
        if value not in (KEEP, GONE) or musts.get(name, value) != value
    )
    if wrong:
        sentence = _("Choose one of the two values.")
        raise InvalidInput("pick_unknown", sentence, fields=dict.fromkeys(wrong, sentence))
    return wanted


def _picks_by_record(keep: Person, gone: Person, picks: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what was chosen from which record, as far as both records have different values."""
    alike = {
        name
        for name in PICKED
        if not getattr(gone, name) or getattr(keep, name) == getattr(gone, name)
    }
    alike |= set() if keep.user_id and gone.user_id else {ACCOUNT}
    alike |= (
        set() if picks.get(UNION) == GONE else {UNION}
    )  # the union of the record that stays is no choice worth a word
    chosen = {name: side for name, side in picks.items() if name not in alike}
    return {
        f"from_{side}": [name for name, of in chosen.items() if of == side] for side in (KEEP, GONE)
    }


def _need_all_chosen(proposal: MergeProposal, pairs: Sequence[merging.Pair]) -> None:
    """Raise `DomainError` if a new choice came up since the proposal, or if a choice is no longer
    possible.
    """
    changed = [
        pair.title
        for pair in pairs
        if proposal.picks.get(pair.key) not in ({pair.must} if pair.must else {KEEP, GONE})
    ]
    if changed:
        raise DomainError(
            "merge_changed",
            _(
                "Since the merge was proposed, these details have changed: %(names)s. "
                "Refuse it and ask for a new proposal."
            )
            % {"names": ", ".join(changed)},
        )


def _merge(keep: Person, gone: Person, picks: Mapping[str, str], *, actor: Actor) -> dict[str, int]:
    _settle_account(keep, gone, picks)
    rows = {}
    for reference in merging.list_person_references():
        moved = reference.repoint(keep, gone, picks, actor=actor)
        if moved:
            rows[reference.key] = moved
    _settle_facts(keep, gone, picks)
    gone.merged_into, gone.merged_at = keep, clock.now()
    gone.save(update_fields=["merged_into", "merged_at", "user", "photo", "updated_at"])
    keep.save()
    # Whoever was merged into the tombstone before now leads straight on.
    Person.objects.filter(merged_into=gone).update(merged_into=keep)
    return rows


def _settle_account(keep: Person, gone: Person, picks: Mapping[str, str]) -> None:
    """Leave one account with *keep*, and close the other if there were two."""
    if gone.user is None:
        return
    going = gone.user
    gone.user = None
    gone.save(update_fields=["user", "updated_at"])
    closed: Any = going
    if keep.user is None or picks.get(ACCOUNT) == GONE:
        closed, keep.user = keep.user, going
        keep.save(update_fields=["user", "updated_at"])
    if closed is not None:
        closed.is_active = False
        closed.save(update_fields=["is_active"])


def _settle_facts(keep: Person, gone: Person, picks: Mapping[str, str]) -> None:
    for name in PICKED:
        mine, other = getattr(keep, name), getattr(gone, name)
        if name == "name":
            continue
        # An empty value never replaces a known one, whatever was picked.
        if (picks.get(name) == GONE and other) or (not mine and other):
            setattr(keep, name, other)
            if name == "photo":
                gone.photo = ""
    left = gone.name
    if picks.get("name") == GONE:
        left, keep.name = keep.name, gone.name
    if left != keep.name:
        reason = _("Name on a record that was merged into this one.")
        FormerName(person=keep, name=left, until=clock.today(), reason=reason).save()


def _facts(person: Person) -> dict[str, Any]:
    """Return what the audit log keeps of a person before and after the merge.

    It never holds a number, and the photo only as yes or no.
    """
    facts = {name: getattr(person, name) for name in PICKED if name != "photo"}
    documents = IdentityDocument.objects.filter(person=person).order_by("kind")
    return {
        **facts,
        "photo": bool(person.photo),
        "account": person.user_id,
        "documents": [f"{row.kind} …{row.tail}" for row in documents],
    }


def move_documents(keep: Person, gone: Person, picks: Mapping[str, str]) -> int:
    """Move identity documents of kinds that *keep* doesn't have, and return how many.

    They are encrypted again, because they are bound to their person. A second number of one kind
    stays with the tombstone. It is known not to be on the person's card, and a look-up by it leads
    on.
    """
    held = set(IdentityDocument.objects.filter(person=keep).values_list("kind", flat=True))
    moved = 0
    for row in (
        IdentityDocument.objects.select_for_update()
        .select_related("person")
        .filter(person=gone)
        .exclude(kind__in=held)
    ):
        number = row.number()
        row.person = keep
        row.keep(number)
        row.save()
        moved += 1
    return moved


def move_pairs(keep: Person, gone: Person, picks: Mapping[str, str]) -> int:
    """Mark the pair of the two records as merged, repoint the other pairs, and return how many.

    A pair that exists already is not doubled.
    """
    moved = 0
    rows = SuspectedPair.objects.select_for_update().filter(
        first__in=[keep, gone]
    ) | SuspectedPair.objects.select_for_update().filter(second__in=[keep, gone])
    for row in rows.order_by("pk"):
        sides = {row.first_id, row.second_id}
        if sides == {keep.pk, gone.pk}:
            move(row, PairState.MERGED, table=PAIR_MOVES)
            continue
        if gone.pk not in sides:
            continue
        other = (sides - {gone.pk}).pop()
        first, second = sorted((keep.pk, other))
        if SuspectedPair.objects.filter(first_id=first, second_id=second).exists():
            row.delete()
        else:
            row.first_id, row.second_id = first, second
            row.save(update_fields=["first", "second", "updated_at"])
        moved += 1
    return moved
