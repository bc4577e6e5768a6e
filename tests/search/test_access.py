"""Who finds what: the access filter is part of every question."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from access import SYSTEM
from access.workflows import assign_role
from search import queries, testing
from search.base import ACCOUNTS, allow_account
from search.readers import tokens_for
from tests.factories.ground import EmployerFactory, OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def unions(index):
    province = OrgUnitFactory(name="东海省总工会")
    city = OrgUnitFactory(name="东海市总工会", parent=province)
    other = OrgUnitFactory(name="东海别市总工会", parent=province)
    EmployerFactory(name="东海机械厂")
    testing.flush_index()
    return province, city, other


def seen(user):
    found = queries.search_documents("东海", user)
    assert found.total == len(found.hits) == sum(found.kinds.values())
    return sorted(str(hit.title).replace("<mark>", "").replace("</mark>", "") for hit in found.hits)


@pytest.mark.parametrize("who", ["none", "anonymous", "stranger", "inactive"])
def test_find_without_a_right_gives_public_documents_only(unions, who):
    user = {"none": None, "anonymous": AnonymousUser()}.get(who) or UserFactory(
        is_superuser=who == "inactive", is_active=who != "inactive"
    )
    assert seen(None if who == "none" else user) == ["东海机械厂"]


def test_find_with_a_union_role_reaches_down_the_tree_and_no_further(unions):
    province, city, _other = unions
    officer, head = UserFactory(), UserFactory()
    assign_role(actor=SYSTEM, user=officer, role="union_officer", scope=city)
    assign_role(actor=SYSTEM, user=head, role="union_officer", scope=province)
    assert seen(officer) == ["东海市总工会", "东海机械厂"]
    assert seen(head) == sorted(["东海市总工会", "东海别市总工会", "东海省总工会", "东海机械厂"])


def test_find_outside_the_days_of_a_role_gives_nothing_of_it(unions):
    _province, city, _other = unions
    user = UserFactory()
    given = assign_role(actor=SYSTEM, user=user, role="union_officer", scope=city)
    today = timezone.localdate()
    type(given).objects.filter(pk=given.pk).update(starts_on=today + timedelta(days=1))
    assert seen(user) == ["东海机械厂"]
    type(given).objects.filter(pk=given.pk).update(
        starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1)
    )
    assert seen(user) == ["东海机械厂"]


def test_find_as_superuser_gives_everything(unions):
    assert len(seen(UserFactory(is_superuser=True))) == 4


def test_restricted_title_leaks_through_no_count_facet_or_suggestion(unions):
    found = queries.search_documents("省总工会")
    assert (found.hits, found.total, dict(found.kinds), found.facets, found.suggestion) == (
        (),
        0,
        {},
        {},
        None,
    )
    assert queries.search_documents("dhszgh").total == 0
    assert queries.search_documents("总工会 机械").suggestion == "机械"


def test_find_narrowed_to_a_kind_is_no_way_round(unions):
    assert queries.search_documents("东海", kinds=["union"]).hits == ()


def test_owned_and_account_documents_are_found_by_their_readers(put):
    user, other = UserFactory(), UserFactory()
    put(
        ("我的焊工笔记", {"visibility": allow_account(user.pk)}),
        ("内部焊工通知", {"visibility": ACCOUNTS}),
        ("无主焊工", {"visibility": allow_account(None)}),
    )

    def keys(who):
        return sorted(int(hit.pk) for hit in queries.search_documents("焊工", who).hits)

    assert (keys(None), keys(other), keys(user)) == ([], [2], [1, 2])


def test_row_restricted_a_moment_ago_is_hidden_before_the_flush(index, monkeypatch):
    from search import registry

    firm = EmployerFactory(name="东海机械厂")
    testing.flush_index()
    document = registry.get_registered_document("firm")
    monkeypatch.setattr(document, "visibility", lambda row: allow_account(0))
    firm.save()
    assert seen(None) == []


def test_tokens_cost_one_query_with_rights_and_none_for_visitors(index, django_assert_num_queries):
    user = UserFactory()
    ContentType.objects.clear_cache()
    with django_assert_num_queries(0):
        assert tokens_for(AnonymousUser()) == ("public",)
    with django_assert_num_queries(1):
        assert tokens_for(user) == ("public", "signed-in", f"user:{user.pk}")
