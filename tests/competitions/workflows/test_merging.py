"""Two records of one person in one competition: people choose which entry counts; what competes is
the chief judge's to void.
"""

from __future__ import annotations

import pytest
from django.utils.translation import override

from audit import words
from audit.models import Event
from competitions import workflows
from competitions.enums import CodeState, EntryState
from competitions.models import BlindCode, Entry
from competitions.workflows.entry import open_code_book
from core.errors import DomainError
from people.enums import MergeState
from people.merging import doubled_pairs
from people.workflows.merge import approve_merge, list_merge_obstacles, propose_merge
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db
REASON = "两证均已核对，同一人"


def merge(keep, gone, **picks):
    proposal = propose_merge(actor=UserFactory(), keep=keep, gone=gone, picks=picks, reason=REASON)
    return approve_merge(actor=UserFactory(), proposal=proposal)


def entry_of(stage, person):
    return Entry.objects.get(event=stage.event, person=person)


def code_of(stage, entry):
    number = next(
        number for number, one in open_code_book(stage.event).items() if one.pk == entry.pk
    )
    return BlindCode.objects.get(event=stage.event, number=number)


@pytest.mark.parametrize("stays", ["keep", "gone"])
def test_before_the_draw_either_entry_may_count(stage, stays):
    keep, gone = stage.open().people[:2]
    mine, theirs = entry_of(stage, keep), entry_of(stage, gone)
    (pair,) = doubled_pairs(keep, gone)
    assert (pair.must, stage.event.title in pair.title) == ("", True)
    merge(keep, gone, **{pair.key: stays})
    counts, aside = (mine, theirs) if stays == "keep" else (theirs, mine)
    counts.refresh_from_db()
    aside.refresh_from_db()
    assert (counts.person, counts.state, aside.person, aside.state) == (
        keep,
        EntryState.QUALIFIED,
        gone,
        EntryState.MERGED,
    )
    assert stage.event.entries.filter(state=EntryState.QUALIFIED).count() == 3
    event = Event.objects.get(kind="competitions.entry_set_aside")
    with override("zh-hans"):
        said = {
            change.key: (change.label, change.masked)
            for change in words.describe_changes([event])[event.pk]
        }
    assert said["counts"] == ("保留的一条", True)


def test_withdrawn_entry_is_set_aside_as_the_refusal_of_old_asked(stage):
    keep, gone = stage.open().people[:2]
    workflows.withdraw_entry(actor=stage.manager, entry=entry_of(stage, keep))
    theirs = entry_of(stage, gone)
    merge(keep, gone)
    theirs.refresh_from_db()
    assert (theirs.person, theirs.state) == (keep, EntryState.QUALIFIED)


def test_two_numbers_that_compete_are_refused_until_the_chief_judge_takes_one_out(stage):
    keep, gone = stage.scoring().people[:2]
    (sentence,) = list_merge_obstacles(keep, gone)
    assert stage.event.title in sentence
    with pytest.raises(DomainError) as refused:
        propose_merge(actor=UserFactory(), keep=keep, gone=gone, picks={}, reason=REASON)
    assert refused.value.code == "merge_blocked"
    code = code_of(stage, entry_of(stage, keep))
    assert f"{code.number}" not in sentence.replace(stage.event.title, "")
    workflows.change_competing_state(
        actor=stage.chief, code=code, to=CodeState.DISQUALIFIED, reason="同一人两个密号"
    )
    (pair,) = doubled_pairs(keep, gone)
    assert pair.must == "gone"
    with pytest.raises(DomainError):
        propose_merge(
            actor=UserFactory(), keep=keep, gone=gone, picks={pair.key: "keep"}, reason=REASON
        )
    theirs = entry_of(stage, gone)
    merge(keep, gone)
    theirs.refresh_from_db()
    assert (theirs.person, theirs.state) == (keep, EntryState.QUALIFIED)
    assert code_of(stage, Entry.objects.get(event=stage.event, person=gone)) == code


def test_number_put_back_after_the_proposal_stops_the_merge(stage):
    keep, gone = stage.scoring().people[:2]
    code = code_of(stage, entry_of(stage, gone))
    workflows.change_competing_state(
        actor=stage.chief, code=code, to=CodeState.ABSENT, reason="未到"
    )
    proposal = propose_merge(actor=UserFactory(), keep=keep, gone=gone, picks={}, reason=REASON)
    workflows.change_competing_state(
        actor=stage.chief,
        code=BlindCode.objects.get(pk=code.pk),
        to=CodeState.COMPETING,
        reason="误记",
    )
    with pytest.raises(DomainError) as refused:
        approve_merge(actor=UserFactory(), proposal=proposal)
    assert refused.value.code == "merge_blocked"
    proposal.refresh_from_db()
    gone.refresh_from_db()
    assert (proposal.state, gone.merged_into) == (MergeState.PROPOSED, None)


def test_merged_entry_stands_in_no_count_and_both_marked_sheets_stay(stage):
    keep, gone = stage.marked().people[:2]
    code = code_of(stage, entry_of(stage, gone))
    workflows.change_competing_state(
        actor=stage.chief, code=code, to=CodeState.RETIRED, reason="同一人两个密号"
    )
    merge(keep, gone)
    sheets = stage.event.sheets.filter(code=code)
    assert {sheet.state for sheet in sheets} == {"signed"}
    for module in ("A", "B"):
        workflows.lock_module(
            actor=stage.chief, event=stage.event, module=stage.sheet(module, 1).module
        )
    workflows.lock_event(actor=stage.chief, event=stage.event)
    result = workflows.compute_results(actor=stage.manager, event=stage.reload())
    assert result.rows.filter(rank__isnull=False).count() == 3
    assert list(result.rows.filter(rank=None).values_list("code", "standing")) == [
        (code.pk, CodeState.RETIRED)
    ]
