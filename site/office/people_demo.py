"""The demo's data for the people desk.

There is a record with a mistyped number, one with an old passport, and a pair that a colleague
proposed to merge.
"""

from __future__ import annotations

from datetime import date

from access.system import SYSTEM
from core.demo import World
from office.workflows.people import propose_merge_as_officer
from org.workflows.belonging import join_union
from people.models import MergeProposal, Person, SuspectedPair
from people.rules import duplicates
from people.rules.identity import compute_id_check_character
from people.workflows.duplicates import scan_evidence
from people.workflows.person import change_facts, record_person

SINCE = date(2023, 4, 1)
TYPED = "张伟墙"  # 张伟强 of the ground, mistyped when a second roster was sent
PASSPORT = "王海涛"


def load_people_demo(world: World) -> None:
    """Create the people desk's demo data that isn't there yet, through the workflows. It is safe
    to run twice.
    """
    union = world.units["330990001002"]
    if not Person.objects.filter(name=TYPED).exists():
        first17 = "33012519750101001"
        _join(
            record_person(
                actor=SYSTEM,
                name=TYPED,
                id_kind="resident",
                id_number=first17 + compute_id_check_character(first17),
            ),
            union,
        )
    ground = Person.objects.filter(name=PASSPORT).order_by("pk").first()
    if ground is not None and Person.objects.filter(name=PASSPORT).count() == 1:
        second = record_person(
            actor=SYSTEM,
            name=PASSPORT,
            id_kind="passport",
            id_number="E00009999",
            mobile=ground.mobile,
            birth=ground.birth,
            sex=ground.sex,
        )
        change_facts(
            actor=SYSTEM, person=second, changes={"education": "college"}, reason="外派时登记的学历"
        )
        _join(second, union)
    for kind in duplicates.KINDS:
        scan_evidence(kind)
    pair = (
        SuspectedPair.objects.filter(first__name=PASSPORT, second__name=PASSPORT)
        .select_related("first", "second")
        .first()
    )
    officer = world.users.get("demo-officer")
    if pair is not None and officer is not None and not MergeProposal.objects.exists():
        propose_merge_as_officer(
            actor=officer,
            keep=pair.first,
            gone=pair.second,
            picks={},
            reason="外派时用护照重复建档，两证已当面核对",
        )


def _join(person: Person, union: object) -> None:
    join_union(actor=SYSTEM, person=person, org_unit=union, starts_on=SINCE)  # type: ignore[arg-type]  # the world's units
