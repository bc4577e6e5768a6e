"""Digital Bazaar's vc and status list, jose, Auth0's cose: they accept what we issue and refuse
every hostile copy.
"""

import json

import pytest

from tests.certification.outside import hostile

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def cases(form, copies):
    return [
        {"name": f"{form}: {name}", "form": form, "data": data} for name, data in copies.items()
    ]


def test_everything_issued_is_accepted(npm, world):
    asked = [
        case
        for form, of in (("json", "data"), ("jwt", "jwt"), ("cose", "offline"))
        for case in cases(form, {name: getattr(one, of) for name, one in world.good.items()})
    ]
    answers = npm(world.table, asked)
    assert (len(answers), {name: why for name, why in answers.items() if why}) == (30, {})


def test_what_no_longer_counts_is_refused(npm, world):
    asked = [
        *cases(
            "json",
            {
                "expired": world.expired.data,
                "revoked": world.revoked.data,
                "suspended": world.suspended.data,
            },
        ),
        *cases("jwt", {"expired": world.expired.jwt}),
    ]
    answers = npm(world.table, asked)
    assert len(answers) == 4
    assert all(answers.values()), answers
    assert "status list" in answers["json: revoked"]


def test_hostile_copies_are_refused(npm, world):
    one = world.good["training, until"]
    digits = one.offline[:50] + str((int(one.offline[50]) + 1) % 10) + one.offline[51:]
    asked = [
        *cases("json", {name: make(one) for name, make in hostile.JSON.items()}),
        *cases("jwt", hostile.jwts(one, world)),
        *cases("cose", {"changed digit": digits, "torn": one.offline[:-3], "nonsense": "123456"}),
    ]
    answers = npm(world.table, asked)
    assert len(answers) == len(asked)
    assert [name for name, why in answers.items() if not why] == []


@pytest.mark.parametrize("lists", ["lapsed", "thief", "swapped", "none"])
def test_replayed_or_foreign_status_list_is_no_good_news(npm, world, lists):
    answered = {
        "lapsed": world.lapsed_lists,
        "thief": hostile.lists_of_thief(world),
        "swapped": hostile.lists_swapped(world),
        "none": dict.fromkeys(world.lapsed_lists, json.dumps({})),
    }[lists]
    answers = npm(
        world.table | answered,
        cases("json", {"revoked": world.revoked.data, "good": world.good["training"].data}),
    )
    assert all(answers.values()), answers
