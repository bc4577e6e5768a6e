"""Accounts, visitors and the system as actors."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.functional import SimpleLazyObject

from access import SYSTEM
from access.queries import roles_of
from core.actors import NoAccount, account_id
from people.accounts import account_or_none, require_account, signed_in_account
from people.models import User

WITHOUT_ACCOUNT = pytest.mark.parametrize(
    "actor", [SYSTEM, AnonymousUser(), NoAccount("system")], ids=["system", "visitor", "label"]
)


@WITHOUT_ACCOUNT
def test_no_key_is_looked_up_for_who_has_no_account(actor):
    with pytest.raises(TypeError, match="an account is needed"):
        account_id(actor)


@WITHOUT_ACCOUNT
def test_who_has_no_account_is_not_taken_for_one(actor):
    with pytest.raises(TypeError, match="an account is needed"):
        require_account(actor)
    assert account_or_none(actor) is None
    with pytest.raises(TypeError):
        require_account(None)


def test_key_of_an_account_is_looked_up():
    assert account_id(User(pk=7)) == 7


def test_account_of_a_request_is_known_behind_djangos_lazy_object(rf):
    request = rf.get("/")
    account = User(pk=7)
    request.user = SimpleLazyObject(lambda: account)
    assert (
        signed_in_account(request)
        == account
        == require_account(request.user)
        == account_or_none(request.user)
    )


def test_visitor_has_no_account_to_act_on(rf):
    request = rf.get("/")
    request.user = SimpleLazyObject(AnonymousUser)
    with pytest.raises(PermissionDenied):
        signed_in_account(request)


def test_actor_without_account_has_no_right():
    nobody = NoAccount("command line")
    assert (nobody.pk, nobody.is_authenticated, nobody.is_active, nobody.is_superuser) == (
        None,
        False,
        False,
        False,
    )
    assert nobody.audit_label == "command line"


@pytest.mark.django_db
@WITHOUT_ACCOUNT
def test_who_has_no_account_holds_no_role(actor):
    assert not roles_of(actor).exists()
