"""The check of the tree, and its repair."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from org.models import OrgUnit
from org.queries.soundness import TreeDrift, find_tree_drift
from tests.factories.ground import MembershipFactory
from tests.org.conftest import again

pytestmark = pytest.mark.django_db


def test_check_tree_of_a_whole_tree_says_so(tree):
    out = StringIO()
    call_command("check_tree", stdout=out)
    assert out.getvalue() == "the union tree is whole\n"


def test_check_tree_finds_wrong_depth_and_number_of_children_and_repairs_them(tree):
    OrgUnit.objects.filter(pk=tree.east.pk).update(depth=7, numchild=9)
    assert find_tree_drift() == [
        TreeDrift("tree_depth", "330901", "7", "2"),
        TreeDrift("tree_numchild", "330901", "9", "2"),
    ]
    with pytest.raises(CommandError, match="2 findings"):
        call_command("check_tree", stdout=StringIO())
    call_command("check_tree", "--repair", stdout=StringIO())
    assert (find_tree_drift(), Event.objects.filter(kind="org.tree_repaired").count()) == ([], 1)


def test_check_tree_hangs_what_lost_the_union_above_it_under_the_nearest_left(tree, code_above):
    mill = again(tree.mill)
    OrgUnit.objects.filter(path__startswith=mill.path).exclude(pk=mill.pk).update(
        path=mill.path[:-4] + "00ZZ" + "0001"
    )
    assert {row.kind for row in find_tree_drift()} == {"tree_orphan", "tree_numchild"}
    call_command("check_tree", "--repair", stdout=StringIO())
    assert (code_above(tree.group), find_tree_drift()) == ("330901", [])


def test_check_tree_leaves_decisions_to_people(tree):
    MembershipFactory(org_unit=tree.shop)
    OrgUnit.objects.filter(pk=tree.shop.pk).update(status="dissolved")
    OrgUnit.objects.filter(pk=tree.yard.pk).update(level=2)
    kinds = ["level", "members_of_ended"]
    assert [row.kind for row in find_tree_drift()] == kinds
    with pytest.raises(CommandError):
        call_command("check_tree", "--repair", stdout=StringIO())
    assert [row.kind for row in find_tree_drift()] == kinds
