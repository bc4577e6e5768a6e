"""Finding double records: properties of the pure rules against a plain definition, and the scan
that keeps what it finds.
"""

from datetime import date, timedelta
from itertools import combinations
from time import perf_counter

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

import access
from jobs.models import Job
from jobs.runner import run_waiting_items
from people.enums import PairState
from people.models import Person, SuspectedPair
from people.rules import duplicates as rules
from people.rules.identity import compute_id_check_character
from people.rules.names import are_names_alike
from people.workflows.duplicates import scan_due, scan_evidence, start_scan
from people.workflows.merge import call_different
from people.workflows.person import record_person

BIRTH = date(1980, 5, 6)


def number(serial, region="330106", birth="19800506"):
    first = f"{region}{birth}{serial:03d}"
    return first + compute_id_check_character(first)


def test_near_is_one_wrong_character_or_two_exchanged_neighbours():
    base = "33010619800506001"
    assert [
        rules.differ_by_typing_error(base + "1", "43010619800506001" + "9"),
        rules.differ_by_typing_error(base + "1", "33016019800506001" + "9"),
        rules.differ_by_typing_error(base + "1", base + "2"),
        rules.differ_by_typing_error(base + "1", base + "1"),
        rules.differ_by_typing_error(base + "1", "43010619800506002" + "9"),
        rules.differ_by_typing_error("E12345678", "E12345687"),
        rules.differ_by_typing_error("E12345678", "E1234567"),
    ] == [True, True, True, False, False, True, False]


@given(
    st.text("0123456789", min_size=17, max_size=17),
    st.integers(0, 15),
    st.sampled_from("0123456789"),
)
def test_near_numbers_are_found_by_blocks_as_by_comparing_all(first17, at, digit):
    changed = first17[:at] + digit + first17[at + 1 :]
    exchanged = first17[:at] + first17[at + 1] + first17[at] + first17[at + 2 :]
    written = [first17, changed, exchanged]
    people = [
        rules.Facts(
            pk, "张伟", "张伟", numbers=(("resident", text + compute_id_check_character(text)),)
        )
        for pk, text in enumerate(written, start=1)
    ]
    plain = {
        (a.pk, b.pk)
        for a, b in combinations(people, 2)
        if rules.differ_by_typing_error(a.numbers[0][1], b.numbers[0][1])
    }
    assert set(rules.near_numbers(people)) == plain


facts = st.lists(
    st.builds(
        lambda name, birth, mobile, numbers: (name, birth, mobile, numbers),
        st.sampled_from(["张伟", "章玮", "李娜", "王芳"]),
        st.sampled_from([None, BIRTH, BIRTH + timedelta(1)]),
        st.sampled_from(["", "13800000001", "13800000002"]),
        st.sets(
            st.sampled_from(
                [
                    ("passport", "E1000001"),
                    ("foreign_residence", "E1000001"),
                    ("passport", "E1000010"),
                ]
            ),
            max_size=2,
        ),
    ),
    max_size=12,
)


@given(facts)
def test_every_kind_of_evidence_finds_what_its_definition_says(rows):
    people = [
        rules.Facts(pk, name, name, birth, mobile, tuple(numbers))
        for pk, (name, birth, mobile, numbers) in enumerate(rows, start=1)
    ]

    def plain(says):
        return sorted((a.pk, b.pk) for a, b in combinations(people, 2) if says(a, b))

    assert rules.find_duplicate_pairs(rules.NAME_BIRTH, people) == plain(
        lambda a, b: a.birth and (a.name, a.birth) == (b.name, b.birth)
    )
    assert rules.find_duplicate_pairs(rules.MOBILE_NAME, people) == plain(
        lambda a, b: a.mobile and (a.name, a.mobile) == (b.name, b.mobile)
    )
    assert rules.find_duplicate_pairs(rules.SAME_NUMBER, people) == plain(
        lambda a, b: bool({n for _k, n in a.numbers} & {n for _k, n in b.numbers})
    )
    assert rules.find_duplicate_pairs(rules.NEAR_NUMBER, people) == plain(
        lambda a, b: (
            are_names_alike(a.name, b.name)
            and any(
                rules.differ_by_typing_error(x, y) for _k, x in a.numbers for _l, y in b.numbers
            )
        )
    )


@given(facts, st.sets(st.integers(1, 12)))
def test_incremental_scan_finds_the_pairs_with_something_changed_in_them(rows, changed):
    people = [
        rules.Facts(pk, name, name, birth, mobile, tuple(numbers))
        for pk, (name, birth, mobile, numbers) in enumerate(rows, start=1)
    ]
    for kind in rules.KINDS:
        every = rules.find_duplicate_pairs(kind, people)
        assert rules.find_duplicate_pairs(kind, people, changed=frozenset(changed)) == [
            pair for pair in every if set(pair) & changed
        ]


def test_block_of_a_whole_town_with_one_phone_is_left_alone():
    people = [rules.Facts(pk, "张伟", "张伟", mobile="13800000000") for pk in range(1, 100)]
    assert rules.find_duplicate_pairs(rules.MOBILE_NAME, people) == []


@pytest.mark.slow
def test_sixty_thousand_persons_take_well_under_a_minute():
    given_names = "伟芳娜敏静丽强磊军洋"
    people = [
        rules.Facts(
            pk,
            name := "赵钱孙李周吴郑王"[pk % 8]
            + given_names[pk // 8 % 10]
            + given_names[pk // 80 % 10],
            name,
            date(1960, 1, 1) + timedelta(pk % 15000),
            f"139{pk % 50000:08d}",
            (
                (
                    "resident",
                    number(
                        pk // 15000 * 7 % 999,
                        birth=f"{date(1960, 1, 1) + timedelta(pk % 15000):%Y%m%d}",
                    ),
                ),
            ),
        )
        for pk in range(1, 60_001)
    ]
    start = perf_counter()
    for kind in rules.KINDS:
        rules.find_duplicate_pairs(kind, people)
    assert perf_counter() - start < 45


@pytest.fixture
def world(db):
    """Make three records of one man and two innocent namesakes."""
    first = record_person(
        actor=access.SYSTEM,
        name="张伟",
        id_kind="resident",
        id_number=number(1),
        mobile="13800000001",
    )
    typo = record_person(
        actor=access.SYSTEM, name="章玮", id_kind="resident", id_number=number(1, region="330160")
    )
    phone = record_person(
        actor=access.SYSTEM,
        name="张伟",
        id_kind="passport",
        id_number="E1234567",
        mobile="13800000001",
    )
    record_person(actor=access.SYSTEM, name="张伟", mobile="13800000009")
    return first, typo, phone


def found():
    return {(row.first_id, row.second_id): row.evidence for row in SuspectedPair.objects.all()}


def test_scan_in_the_background_keeps_pairs_and_says_what_speaks_for_them(world):
    first, typo, phone = world
    job = start_scan(actor=access.SYSTEM)
    assert start_scan(actor=access.SYSTEM).pk == job.pk  # a second click finds the running one
    run_waiting_items()
    assert found() == {(first.pk, typo.pk): ["near_number"], (first.pk, phone.pk): ["mobile_name"]}
    assert {item.key: item.result for item in Job.objects.get(pk=job.pk).items.all()} == {
        "same_number": {"pairs": 0, "new": 0},
        "near_number": {"pairs": 1, "new": 1},
        "name_birth": {"pairs": 0, "new": 0},
        "mobile_name": {"pairs": 1, "new": 1},
    }


def test_second_scan_looks_only_at_what_changed_and_remembers_two_persons(world):
    first, typo, phone = world
    start_scan(actor=access.SYSTEM)
    run_waiting_items()
    pair = SuspectedPair.objects.get(first=first, second=phone)
    call_different(actor=access.SYSTEM, pair=pair, note="父子同名，共用手机")
    Person.objects.filter(pk=phone.pk).update(updated_at=timezone.now(), birth=first.birth)
    job = start_scan(actor=access.SYSTEM)
    assert job.payload["since"] is not None
    run_waiting_items()
    pair.refresh_from_db()
    assert (pair.state, pair.evidence, pair.score) == (
        PairState.DIFFERENT,
        ["name_birth", "mobile_name"],
        6,
    )
    assert scan_evidence("near_number", since=timezone.now() + timedelta(days=1)) == {
        "pairs": 0,
        "new": 0,
    }
    assert SuspectedPair.objects.filter(first=first, second=typo).get().state == PairState.OPEN


def test_nightly_scan_is_due_only_after_a_day_and_a_change(world):
    assert scan_due()
    start_scan(actor=access.SYSTEM)
    run_waiting_items()
    assert not scan_due()
    Job.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert scan_due()
    Person.objects.update(updated_at=timezone.now() - timedelta(hours=30))
    assert not scan_due()
