"""What is signed is the whole document: nothing dropped, nothing fetched, the short way equal to
the long one.
"""

import copy
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.credentials import badge, linked_data
from certification.credentials.credential_template import CanonicalTemplates
from certification.credentials.errors import NotSignable
from tests.certification.credentials.making import AT, make_badge

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40)
ANY_TEXT = st.one_of(
    TEXT,
    st.sampled_from(
        [
            '引号"',
            "back\\slash",
            "两\n行",
            "\t",
            "_:b0",
            "urn:x-mould:3",
            '"urn:x-mould:3"',
            "𬭎",
            "x" * 3000,
        ]
    ),
)


@given(
    holder=ANY_TEXT,
    criteria=ANY_TEXT,
    name=ANY_TEXT,
    until=st.booleans(),
    index=st.integers(0, 131_071),
)
@settings(max_examples=60, deadline=None)
def test_document_from_the_mould_is_byte_for_byte_the_library_s(
    holder, criteria, name, until, index
):
    moulds = CanonicalTemplates()
    moulds.canonical(badge.build_badge_credential(make_badge(valid_until=AT if until else None)))
    document = badge.build_badge_credential(
        make_badge(
            holder=holder,
            criteria=criteria,
            achievement_name=name,
            valid_until=AT if until else None,
            status=badge.StatusEntry("https://cert.example.cn/status/2", index),
        )
    )
    assert moulds.canonical(document) == linked_data.canonicalise_document(document)


def test_blank_nodes_that_say_the_same_go_the_long_way():
    document = badge.build_badge_credential(make_badge())
    twice = copy.deepcopy(document)
    twice["credentialSubject"]["identifier"] *= 2
    assert CanonicalTemplates().canonical(twice) == linked_data.canonicalise_document(twice)
    moulds = CanonicalTemplates()
    for holder in ("张伟", "李娜"):
        twice["credentialSubject"]["identifier"][0] = {
            **twice["credentialSubject"]["identifier"][0],
            "identityHash": holder,
        }
        twice["credentialSubject"]["identifier"][1] = twice["credentialSubject"]["identifier"][0]
        assert moulds.canonical(twice) == linked_data.canonicalise_document(twice)


def test_two_addresses_that_become_one_are_one_node():
    moulds = CanonicalTemplates()
    moulds.canonical(badge.build_badge_credential(make_badge()))
    same = badge.build_badge_credential(
        make_badge(achievement="urn:uuid:00000000-0000-0000-0000-000000000005")
    )
    assert moulds.canonical(same) == linked_data.canonicalise_document(same)


@pytest.mark.parametrize("control", [c for c in map(chr, range(32)) if c not in string.whitespace])
def test_control_character_is_refused_by_the_mould(control):
    moulds = CanonicalTemplates()
    moulds.canonical(badge.build_badge_credential(make_badge()))
    with pytest.raises(NotSignable):
        moulds.canonical(badge.build_badge_credential(make_badge(holder=f"张{control}伟")))


@pytest.mark.parametrize(
    "address",
    ["credentials/1", "https://cert.example.cn/a b", "javascript:alert(1)", "schema:name", ""],
)
def test_address_that_is_not_plainly_ours_is_refused_by_the_mould(address):
    moulds = CanonicalTemplates()
    moulds.canonical(badge.build_badge_credential(make_badge()))
    with pytest.raises(NotSignable):
        moulds.canonical(badge.build_badge_credential(make_badge(address=address)))


@pytest.mark.parametrize(
    "change",
    [
        {"nickname": "小张"},
        {"@context": ["https://evil.example/context.json"]},
        {"@context": "http://169.254.169.254/latest/meta-data"},
        {"@context": {"@import": "https://evil.example/context.json"}},
        {"id": "relative"},
        {"type": ["VerifiableCredential", "Unheard"]},
    ],
)
def test_what_would_not_be_signed_or_would_be_fetched_is_refused(change):
    with pytest.raises(NotSignable):
        linked_data.canonicalise_document({**badge.build_badge_credential(make_badge()), **change})


def test_nesting_without_end_is_refused():
    deep: dict[str, object] = {}
    for _turn in range(5000):
        deep = {"criteria": deep}
    with pytest.raises(NotSignable):
        linked_data.canonicalise_document(
            {**badge.build_badge_credential(make_badge()), "credentialSubject": deep}
        )


def test_context_that_was_changed_on_disk_is_not_used(monkeypatch):
    linked_data._loader.cache_clear()
    url = linked_data.OPEN_BADGES
    monkeypatch.setitem(linked_data._PINNED, url, (linked_data._PINNED[url][0], "0" * 64))
    with pytest.raises(NotSignable):
        linked_data.canonicalise_document(badge.build_badge_credential(make_badge()))
    linked_data._loader.cache_clear()
