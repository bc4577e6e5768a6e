"""openbadgeslib, openvc-core and the official schema: they accept what we issue and refuse every
hostile copy. No network.
"""

import json

import jsonschema
import pytest
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.contexts import document_loader
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3Verifier
from openvc.did.base import DidResolverRegistry
from openvc.did.did_key import DidKeyResolver
from openvc.did.did_web import DidWebResolver
from openvc.errors import OpenvcError
from openvc.resolvers import default_status_list_resolver
from openvc.verify import VerificationPolicy, verify_credential

from tests.certification.outside import hostile
from tests.certification.outside.world import DID, TEN

pytestmark = pytest.mark.django_db
# openvc-core brings the contexts of the W3C; those of Open Badges come from openbadgeslib, not from
# our own tree.
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0"
CONTEXTS = {
    address: document_loader()(address, {})["document"]
    for address in (f"{OPEN_BADGES}/context-3.0.3.json", f"{OPEN_BADGES}/extensions.json")
}


def openbadges_at(table, did):
    """openbadgeslib reads a status list only as JWT."""

    def judge(text):
        return OB3LdpVerifier.for_issuer_did(did).verify(
            text, check_status=True, download=lambda address: table[address].encode()
        )

    return judge


def openbadges_jwt_at(table, did):
    def fetch(address):
        return table[address].encode()

    def judge(token):
        return OB3Verifier.for_issuer_did(did, download=fetch).verify(token, download=fetch)

    return judge


def openvc_at(table, did):
    resolver = DidResolverRegistry(
        [DidKeyResolver(), DidWebResolver(lambda address: json.loads(table[address]))]
    )
    listed = default_status_list_resolver(resolver=resolver, fetch=table.__getitem__)

    def judge(text):
        policy = VerificationPolicy(require_status=True, require_status_issuer_binding=True)
        document = json.loads(text)
        if isinstance(
            document.get("proof"), list
        ):  # it reads a proof only as an object; what is signed is the rest
            (document["proof"],) = document["proof"]
        result = verify_credential(
            document,
            policy=policy,
            resolver=resolver,
            resolve_status_list=listed,
            extra_contexts=CONTEXTS,
        )
        assert result.issuer == did
        return result

    return judge


def openbadges(world, lists=None):
    return openbadges_at(world.jwt_table | (lists or {}), DID)


def openbadges_jwt(world):
    return openbadges_jwt_at(world.jwt_table, DID)


def openvc(world, lists=None):
    return openvc_at(world.table | (lists or {}), DID)


JSON_JUDGES = {
    "openbadgeslib": (openbadges, LibOpenBadgesException),
    "openvc-core": (openvc, OpenvcError),
}
by_json_judge = pytest.mark.parametrize(("make", "refusal"), JSON_JUDGES.values(), ids=JSON_JUDGES)


@by_json_judge
def test_every_credential_is_accepted(world, make, refusal):
    judge = make(world)
    assert [bool(judge(one.data)) for one in world.good.values()] == [True] * len(TEN)


def test_every_jwt_is_accepted_by_openbadgeslib(world):
    judge = openbadges_jwt(world)
    assert [judge(one.jwt).issuer.id for one in world.good.values()] == [DID] * 10


@by_json_judge
@pytest.mark.parametrize("copy", hostile.JSON)
def test_hostile_copy_is_refused(world, make, refusal, copy):
    with pytest.raises(refusal):
        make(world)(hostile.JSON[copy](world.good["training, until"]))


@by_json_judge
@pytest.mark.parametrize("which", ["expired", "revoked", "suspended"])
def test_what_no_longer_counts_is_refused(world, make, refusal, which):
    with pytest.raises(refusal):
        make(world)(getattr(world, which).data)


@by_json_judge
@pytest.mark.parametrize("lists", ["lapsed", "thief", "swapped"])
def test_replayed_or_foreign_status_list_is_no_good_news(world, make, refusal, lists):
    answered = {
        "lapsed": world.lapsed_lists,
        "thief": hostile.lists_of_thief(world),
        "swapped": hostile.lists_swapped(world),
    }[lists]
    with pytest.raises(refusal):
        make(world, answered)(world.revoked.data)


def test_hostile_jwts_are_refused_by_openbadgeslib(world):
    judge = openbadges_jwt(world)
    copies = hostile.jwts(world.good["training, until"], world) | {"expired": world.expired.jwt}
    for name, token in copies.items():
        with pytest.raises(LibOpenBadgesException):
            pytest.fail(f"{name} was accepted: {judge(token)}")


def test_credentials_follow_the_official_schema(world, schema):
    validator = jsonschema.Draft201909Validator(schema, format_checker=jsonschema.FormatChecker())
    for name, one in world.good.items():
        assert [error.message for error in validator.iter_errors(json.loads(one.data))] == [], name
    torn = json.loads(world.good["training"].data)
    del torn["credentialSubject"]["achievement"]["criteria"]
    assert not validator.is_valid(torn)
