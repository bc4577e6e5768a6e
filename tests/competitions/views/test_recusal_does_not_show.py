"""ADR 48: until the blind numbers are open, nothing a judge, the chief judge or the office sees
depends on who stands aside for whom.

One contest is played several times from the same draw with the same marks. Only the employer of a
judge differs: nobody's, one competitor's, another's, two judges'. Every screen, answer and export
is collected and has to be the same, letter for letter.
"""

from __future__ import annotations

import io
import re
import uuid
from itertools import count

from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from python_calamine import CalamineWorkbook

from audit.queries import list_events_about
from competitions import queries, workflows
from competitions.models import BlindCode, Judge, Recusal, ResultRow, SheetJudge
from competitions.workflows import MarkInput
from competitions.workflows.entry import open_code_book
from tests.competitions import stage as stages
from tests.factories.ground import EmploymentFactory

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
_OF_THE_MOMENT = (
    re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"'),
    re.compile(r'nonce="[^"]*"'),
    re.compile(r"\d{1,2}:\d{2}(:\d{2})?"),
    re.compile(r'"served": \d+'),
    re.compile(r"[?&]record=\d+"),
    re.compile(r"datetime=\"[^\"]*\""),
    re.compile(r"\b[0-9A-Z]{10}\b"),  # the number of the request, on pages that refuse
)


def at(name, *args):
    return reverse(f"competitions:{name}", args=args)


def plain(response) -> str:
    """Return an answer without what is new in every answer; identifiers and digests become their
    place of first appearance.
    """
    if response["Content-Type"].startswith("application/vnd.openxml"):
        text = str(
            CalamineWorkbook.from_filelike(io.BytesIO(response.content))
            .get_sheet_by_index(0)
            .to_python()
        )
    else:
        text = response.content.decode()
    for pattern in _OF_THE_MOMENT:
        text = pattern.sub("", text)
    for pattern, word in ((_UUID, "id"), (_DIGEST, "digest")):
        numbers: dict[str, str] = {}
        places = count(1)
        text = pattern.sub(
            lambda found: numbers.setdefault(found.group(), f"{word}-{next(places)}"),  # noqa: B023 - used at once
            text,
        )
    return f"{response.status_code} {text}"


def score_of(number: int, seat: int) -> str:
    """Scores that differ with the judge, so that every choice of three gives another mark."""
    return str(1 + (number + seat) % 2)


def mark_everything(stage):
    for number in BlindCode.objects.filter(event=stage.event).values_list("number", flat=True):
        for module, full in (("A", "20"), ("B", "30")):
            sheet = stage.sheet(module, number)
            for judge in Judge.objects.filter(event=stage.event).select_related("user"):
                changes = [MarkInput(f"{module}1.2", score_of(number, judge.seat))]
                if judge.seat == 1 + number % 3:
                    changes.append(MarkInput(f"{module}1.1", full if number % 2 else "0"))
                outcome = workflows.save_marks(
                    actor=judge.user, sheet=sheet, operation=uuid.uuid4(), changes=changes
                )
                assert len(outcome.applied) == len(changes)
            stage.sign(sheet)


class Collector:
    """Opens everything the judges and the officers can open, and keeps what they see."""

    def __init__(self, client, stage):
        self.client, self.stage, self.found = client, stage, {}

    def see(self, who, user, address, key):
        self.client.force_login(user)
        cache.clear()
        self.found[who, key] = plain(self.client.get(address))

    def judges(self, moment, *, whole):
        """Desks; of the judges in *whole*, by seat, also a sheet as a page and all sheets as the
        tablet gets them.
        """
        for judge in (
            Judge.objects.filter(event=self.stage.event).select_related("user").order_by("seat")
        ):
            self.see(judge.seat, judge.user, at("desk"), f"{moment} desk")
            sheets = [
                row.sheet
                for row in SheetJudge.objects.filter(judge=judge)
                .select_related("sheet__module", "sheet__code")
                .order_by("sheet")
            ]
            if judge.seat in whole:
                self.see(
                    judge.seat, judge.user, at("sheet", sheets[0].public_id), f"{moment} sheet"
                )
            for sheet in sheets if judge.seat in whole else []:
                where = f"{moment} {sheet.module.code}{sheet.code.number}"
                self.see(
                    judge.seat, judge.user, at("sheet_state", sheet.public_id), f"{where} state"
                )

    def officers(self, moment):
        event = self.stage.event.public_id
        pages = {
            "office": at("office", event),
            "sheets A": at("sheets", event) + "?module=A",
            "sheets B": at("sheets", event) + "?module=B",
            "marks A": at("marks", event) + "?module=A",
            "marks B": at("marks", event) + "?module=B",
            "lock A": at("act_part", event, "lock-module", "A"),
            "lock": at("act", event, "lock"),
            "number": at("number", event, 1),
            "substitutes": at("substitutes", event),
            "results": at("results", event),
            "workbook": at("results_workbook", event),
            "scheme": at("scheme", event),
            "board": at("board", event),
            "detail": at("detail", event),
        }
        for key, address in pages.items():
            self.see("chief", self.stage.chief, address, f"{moment} {key}")
        for who, user in (("manager", self.stage.manager), ("reviewer", self.stage.reviewer)):
            self.see(who, user, pages["results"], f"{moment} results")


def play(client, stage, related, *, whole=(1,)):
    """Play the contest with *related* judges (place → place of the competitor whose employer they
    share); return what was seen.

    Everything is taken back afterwards.
    """
    point = transaction.savepoint()
    for judge, competitor in related.items():
        EmploymentFactory(
            person=stage.judges[judge].person,
            employer=stage.people[competitor].employments.get().employer,
        )
    workflows.open_scoring(actor=stage.chief, event=stage.event)
    stage.reload()
    seen = Collector(client, stage)
    seen.judges("blank", whole=())
    mark_everything(stage)
    seen.judges("signed", whole=whole)
    seen.officers("signed")
    for module in ("A", "B"):
        workflows.lock_module(
            actor=stage.chief, event=stage.event, module=stage.sheet(module, 1).module
        )
    seen.see("public", stage.people[0].user, at("board", stage.event.public_id), "live board")
    workflows.lock_event(actor=stage.chief, event=stage.event)
    workflows.compute_results(actor=stage.manager, event=stage.event)
    stage.reload()
    seen.judges("computed", whole=())
    seen.officers("computed")
    request = workflows.request_unseal(actor=stage.secrecy, event=stage.event, reason="核对完毕")
    workflows.approve_request(actor=stage.reviewer, request=request)
    opened = Collector(client, stage)
    opened.see(
        "chief", stage.chief, at("marks", stage.event.public_id) + "?module=A", "opened marks A"
    )
    totals = dict(
        ResultRow.objects.filter(result_set__event=stage.event).values_list("code__number", "total")
    )
    recused = Recusal.objects.filter(judge__event=stage.event).count()
    transaction.savepoint_rollback(point)
    stage.reload()
    return seen.found, opened.found, totals, recused


def test_screens_of_a_contest_with_recused_judges_are_those_of_one_without(client, db):
    stage = stages.build(competitors=3, judges=5, live_board=True).drawn()
    without, opened_without, totals_without, none = play(client, stage, {}, whole=(1, 2))
    for related in ({0: 0}, {0: 2, 1: 0}):
        seen, opened, totals, some = play(client, stage, related, whole=(1, 2))
        assert (none, some) == (0, len(related))
        assert {key for key in seen if seen[key] != without.get(key)} == set()
        assert set(seen) == set(without)
        # The control: these pages are able to differ. Once the numbers are open they show whose
        # scores count, and totals follow.
        assert totals != totals_without
        assert opened["chief", "opened marks A"] != opened_without["chief", "opened marks A"]


def test_record_that_the_chief_judge_reads_does_not_tell_which_judge_stands_aside(client, db):
    """Both contests are set up from the beginning: relations are found when judges are seated,
    too.
    """

    def records(*, related):
        stage = stages.build(judges=4).open()
        if related:
            EmploymentFactory(
                person=stage.judges[1].person, employer=stage.people[0].employments.get().employer
            )
        for judge in stage.judges:
            workflows.assign_judge(actor=stage.manager, event=stage.event, user=judge)
        assert Recusal.objects.filter(judge__event=stage.event).exists() is related
        rows = (
            list_events_about(stage.event).filter(kind="competitions.judge_assigned").order_by("pk")
        )
        return [{key: value for key, value in row.after.items() if key != "user"} for row in rows]

    assert records(related=True) == records(related=False)


def test_every_judge_of_a_panel_has_the_same_list_whoever_stands_aside(db):
    stage = stages.build(judges=4).drawn()
    EmploymentFactory(
        person=stage.judges[0].person, employer=stage.people[1].employments.get().employer
    )
    workflows.open_scoring(actor=stage.chief, event=stage.event)
    lists = [
        [
            [(sheet.number, sheet.state) for sheet in module.sheets]
            for module in queries.judge_desk(judge).modules
        ]
        for judge in stage.judges
    ]
    assert lists == [[[(number, "blank") for number in (1, 2, 3, 4)]] * 2] * 4


def test_scores_of_a_judge_who_stands_aside_never_count_and_the_next_one_does(db):
    stage = stages.build(judges=4).drawn()
    EmploymentFactory(
        person=stage.judges[0].person, employer=stage.people[1].employments.get().employer
    )
    workflows.open_scoring(actor=stage.chief, event=stage.event)
    book = open_code_book(stage.event)
    theirs = next(number for number, entry in book.items() if entry.person == stage.people[1])
    for number in book:
        for module, full in (("A", "20"), ("B", "30")):
            sheet = stage.sheet(module, number)
            for place, judge in enumerate(stage.judges):
                score = "3" if place == 0 else "2"
                changes = [
                    MarkInput(f"{module}1.2", score),
                    *([MarkInput(f"{module}1.1", full)] if place == 1 else []),
                ]
                workflows.save_marks(
                    actor=judge, sheet=sheet, operation=uuid.uuid4(), changes=changes
                )
            stage.sign(sheet)
    for module in ("A", "B"):
        workflows.lock_module(
            actor=stage.chief, event=stage.event, module=stage.sheet(module, 1).module
        )
    workflows.lock_event(actor=stage.chief, event=stage.event)
    results = workflows.compute_results(actor=stage.manager, event=stage.event)
    totals = dict(results.rows.values_list("code__number", "total"))
    # 50 measured; judged 3, 2, 2 of 50 where the first judge counts, and 2, 2, 2 where the fourth
    # counts instead.
    assert {number: str(total) for number, total in totals.items()} == {
        number: "83.33" if number == theirs else "88.89" for number in book
    }


def test_digest_of_sealed_results_hangs_on_the_secret_seed(db):
    stage = stages.build().computed()
    draw = stage.event.draw
    digest = stage.results.digest
    sealed = queries.ranking.Sealed(
        {number: entry.pk for number, entry in open_code_book(stage.event).items()}, stages.SEED
    )
    assert queries.ranking.work_out(stage.event, sealed).digest == digest
    guessed = queries.ranking.Sealed(sealed.entries, "00" * 32)
    assert queries.ranking.work_out(stage.event, guessed).digest != digest
    assert draw.seed == ""


def test_number_recognised_on_the_floor_changes_no_screen_and_is_never_refused(client, db):
    stage = stages.build(judges=4).drawn()
    EmploymentFactory(
        person=stage.judges[0].person, employer=stage.people[1].employments.get().employer
    )
    workflows.open_scoring(actor=stage.chief, event=stage.event)
    stage.reload()
    judges = list(Judge.objects.filter(event=stage.event).order_by("seat"))

    def seen():
        found = Collector(client, stage)
        found.judges("now", whole=())
        for who, user in (
            ("chief", stage.chief),
            ("manager", stage.manager),
            ("reviewer", stage.reviewer),
        ):
            for name in ("office", "results"):
                found.see(who, user, at(name, stage.event.public_id), name)
        for key, address in (
            ("number", at("number", stage.event.public_id, 2)),
            ("sheets", at("sheets", stage.event.public_id)),
        ):
            found.see("chief", stage.chief, address, key)
        return found.found

    before = seen()
    for judge in judges:  # for the colleague of the first judge among them: a refusal somewhere would tell which number that is
        for number in (1, 2, 3, 4):
            workflows.recuse_oneself(
                actor=judge.user, sheet=stage.sheet("A", number), reason="认出焊道手法"
            )
    assert seen() == before


def test_judge_who_recognised_the_work_counts_only_where_too_few_others_are_left(db):
    stage = stages.build(competitors=3, judges=4).scoring()
    mark_everything(stage)
    judges = list(Judge.objects.filter(event=stage.event).order_by("seat"))
    for judge, number in ((judges[0], 1), (judges[1], 1), (judges[0], 2)):
        workflows.recuse_from_number(
            actor=stage.chief, event=stage.event, judge=judge, number=number, reason="认出"
        )
    for module in ("A", "B"):
        workflows.lock_module(
            actor=stage.chief, event=stage.event, module=stage.sheet(module, 1).module
        )
    workflows.lock_event(actor=stage.chief, event=stage.event)
    workflows.compute_results(actor=stage.manager, event=stage.event)
    review = queries.module_review(stage.event, "A", entries={})
    counting = {
        row.number: (
            [seat for seat, _score, counts in row.lines[1].scores if counts],
            row.lines[1].recognised,
        )
        for row in review.sheets
    }
    assert counting == {1: ([1, 3, 4], (1,)), 2: ([2, 3, 4], ()), 3: ([1, 2, 3], ())}
