"""What the app declares to the house: rights, record, search, catalogue."""

import inspect
import json
import re

import pytest
from django.utils.html import strip_tags
from django.utils.translation import override

from access import registry
from audit.models import Event as Deed
from competitions import errors, grants, queries
from competitions.rules import scheme as scheme_rules
from search import queries as search_queries
from search import testing
from tests.factories.competitions import EventFactory


def test_roles_hold_exactly_these_rights():
    held = {
        key: {
            name.removeprefix("competitions.")
            for name in registry.get_role(key).codenames
            if name.startswith("competitions.")
        }
        for key in (
            "event_manager",
            "chief_judge",
            "judge",
            "secrecy_officer",
            "union_officer",
            "union_reviewer",
        )
    }
    assert held == {
        "event_manager": {
            "view_event",
            "manage_event",
            "compute_results",
            "witness",
            "publish_results",
        },
        "chief_judge": {"view_event", "lead_judging", "witness", "confirm_results"},
        "judge": {"judge"},
        "secrecy_officer": {"view_event", "keep_codes"},
        "union_officer": {
            "create_event",
            "view_event",
            "manage_event",
            "compute_results",
            "witness",
            "publish_results",
        },
        "union_reviewer": {"view_event", "witness", "confirm_results"},
    }


def test_no_role_that_judges_manages_or_confirms_keeps_the_blind_numbers():
    assert [role.key for role in registry.roles_with(grants.KEEP_CODES)] == ["secrecy_officer"]


def test_record_of_a_whole_event_names_each_step_and_no_person(stage):
    stage.published()
    deeds = list(Deed.objects.filter(kind__startswith="competitions.").order_by("pk"))
    kinds = [deed.kind.removeprefix("competitions.") for deed in deeds]
    assert sorted(set(kinds)) == sorted(
        {
            "event_created", "staff_assigned", "scheme_imported", "scheme_frozen", "registration_opened", "entry_registered",
            "entry_decided", "judge_assigned", "codes_drawn", "scoring_opened", "marks_saved", "sheet_signed", "sheets_locked",
            "marks_locked", "results_computed", "unseal_asked", "codes_unsealed", "results_confirmed", "results_published",
        }
    )  # fmt: skip
    written = json.dumps(
        [[deed.before, deed.after, deed.reason] for deed in deeds], ensure_ascii=False
    )
    for person in stage.people:
        assert person.name not in written
        assert str(person.public_id) not in written
    for entry in stage.entries:
        assert str(entry.public_id) not in written


def test_sheets_and_marks_say_nothing_that_leads_to_a_person_before_unsealing(stage):
    stage.computed()
    ids = {str(entry.public_id) for entry in stage.entries} | {
        person.name for person in stage.people
    }
    judge = stage.judges[0]
    shown = [
        queries.judge_desk(judge),
        queries.build_event_board(stage.event),
        queries.measure_marking_progress(stage.event),
        queries.result_table(stage.event),
    ]
    shown += [
        queries.serialise_sheet(user, sheet.public_id)
        for sheet in stage.event.sheets.all()
        for user in stage.judges_of(sheet)[:1]
    ]
    text = repr(shown)
    assert [secret for secret in ids if secret in text] == []


@pytest.mark.parametrize("code", sorted(errors.PROBLEMS))
def test_every_problem_of_a_workbook_has_a_chinese_sentence(code):
    words = "value count limit first length mark level parent total section given weight tolerance codes"
    data = dict.fromkeys(words.split(), 1)
    with override("zh-hans"):
        chinese = errors.describe_workbook_problem(code, data)
    with override("en"):
        english = errors.describe_workbook_problem(code, data)
    assert chinese != english


def test_every_code_the_scheme_rules_give_has_a_sentence():
    source = inspect.getsource(scheme_rules)
    codes = set(
        re.findall(r'(?:wrong\([^"]*"[a-z_]*", |Problem\([^"]*"[a-z_]*", )"([a-z_0-9]+)"', source)
    )
    assert len(codes) > 15
    assert codes <= set(errors.PROBLEMS)


def test_search_finds_an_announced_event_by_chinese_and_pinyin_and_hides_a_draft(db):
    testing.empty_index()
    EventFactory(title="数控车工技能竞赛")
    EventFactory(title="钳工技能竞赛", draft=True)
    testing.flush_index()
    assert [
        strip_tags(hit.title) for hit in search_queries.search_documents("车工", None).hits
    ] == ["数控车工技能竞赛"]
    assert [
        strip_tags(hit.title) for hit in search_queries.search_documents("skcg", None).hits
    ] == ["数控车工技能竞赛"]
    assert search_queries.search_documents("钳工", None).hits == ()
