"""The files of the register: bytes, types, caching, nothing that differs from reader to reader;
the page that follows the heads.
"""

from datetime import date
from hashlib import sha256

import pytest

from certification.tlog import hashes, leaves, notes, proof_text, tiles
from certification.workflows.register import append_register_entries
from tests.certification.register.making import Key
from tests.certification.register.tampering import flip, free_hands
from tests.certification.register.test_append import entries

pytestmark = pytest.mark.django_db
FOR_GOOD = "public, max-age=31536000, immutable"
ABOUT = sha256(b"credential").digest()
ISSUED = leaves.write_leaf("issue", ABOUT, date(2026, 11, 23))


@pytest.fixture
def log(key):
    append_register_entries(entries(*range(600)), sign=key)
    return key


def head_of(answer):
    return {
        key: value
        for key, value in answer.headers.items()
        if key in {"Content-Type", "Cache-Control", "Access-Control-Allow-Origin"}
    }


def test_checkpoint_is_the_signed_head_and_kept_shortly(log, client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/register/checkpoint")
    assert head_of(answer) == {
        "Content-Type": "text/plain; charset=utf-8",
        "Cache-Control": "public, max-age=5",
        "Access-Control-Allow-Origin": "*",
    }
    assert notes.open_note(answer.content, [log.verifier]).note.text.split("\n")[1] == "600"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("0/000", b"".join(map(hashes.hash_leaf, entries(*range(256))))),
        ("0/002.p/88", b"".join(map(hashes.hash_leaf, entries(*range(512, 600))))),
        ("0/002.p/1", hashes.hash_leaf(b"entry 512")),
        ("1/000.p/1", hashes.hash_full_subtree([*map(hashes.hash_leaf, entries(*range(256)))])),
        ("entries/000", tiles.write_entry_bundle(entries(*range(256)))),
        ("entries/002.p/2", tiles.write_entry_bundle(entries(512, 513))),
        ("entries/001.p/255", tiles.write_entry_bundle(entries(*range(256, 511)))),
    ],
)
def test_tiles_and_entries_are_served_for_good(
    log, client, django_assert_num_queries, path, expected
):
    with django_assert_num_queries(1):
        answer = client.get(f"/register/tile/{path}")
    assert (answer.status_code, answer.content) == (200, expected)
    assert head_of(answer) == {
        "Content-Type": "application/octet-stream",
        "Cache-Control": FOR_GOOD,
        "Access-Control-Allow-Origin": "*",
    }


@pytest.mark.parametrize(
    "path", ["checkpoint", "tile/0/000", "tile/entries/000", "tile/9/000", "proof/3.tlog-proof"]
)
@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_files_are_the_same_for_everybody(log, client, path, language):
    answer = client.get(f"/register/{path}", headers={"Accept-Language": language})
    assert ("Vary" in answer, "Content-Language" in answer, dict(answer.cookies)) == (
        False,
        False,
        {},
    )


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000", "tile/entries/000"])
def test_a_reader_who_has_the_file_gets_304(log, client, path):
    first = client.get(f"/register/{path}")
    again = client.get(f"/register/{path}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["Cache-Control"]) == (
        304,
        b"",
        first["Cache-Control"],
    )
    assert client.head(f"/register/{path}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/002",
        "tile/0/002.p/89",
        "tile/0/003",
        "tile/1/000",
        "tile/2/000.p/1",
        "tile/8/000",
        "tile/63/000",
        "tile/64/000",
        "tile/00/000",
        "tile/0/0",
        "tile/0/x000/000",
        "tile/0/000.p/256",
        "tile/0/x999/x999/x999/x999/x999/999",
        "tile/entries/002",
        "tile/entries/002.p/89",
        "tile/entries/003",
        "tile/entries/x999/x999/x999/x999/x999/999",
        "proof/600.tlog-proof",
        "proof/01.tlog-proof",
        "proof/999999999999999999.tlog-proof",
    ],
)
def test_what_isnt_there_is_404(log, client, path):
    answer = client.get(f"/register/{path}")
    assert (answer.status_code, "immutable" in answer.get("Cache-Control", "")) == (404, False)


def test_an_empty_register_has_no_checkpoint_and_an_empty_page(client):
    answer = client.get("/register/checkpoint")
    assert (answer.status_code, answer["Cache-Control"], answer.content) == (
        404,
        "no-store",
        b"not in the register\n",
    )
    page = client.get("/register/")
    assert "登记簿还没有内容" in page.content.decode()


def test_files_are_only_read(log, client):
    assert client.post("/register/checkpoint").status_code == 405


def test_a_proof_downloaded_holds(log, client, django_assert_num_queries):
    with django_assert_num_queries(2):
        answer = client.get("/register/proof/300.tlog-proof")
    assert proof_text.verify_proof_text(answer.content, b"entry 300", [log.verifier]).index == 300
    assert answer["Content-Disposition"] == 'attachment; filename="300.tlog-proof"'


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_follows_the_heads_in_the_same_queries(
    key, client, django_assert_num_queries, count
):
    for number in range(count):
        append_register_entries(entries(number), sign=key)
    client.get("/register/")
    with django_assert_num_queries(3 if count > 1 else 2):
        page = client.get("/register/").content.decode()
    assert 'data-register="consistent"' in page
    assert page.count("接续，已证明") == min(count - 1, 20)
    assert ("首个快照" in page) == (count == 1)
    assert key.verifier.vkey.replace("+", "&#x2B;") in page or key.verifier.vkey in page


def test_the_page_says_when_a_head_doesnt_begin_with_the_one_before(key, client):
    from certification.models import RegisterCheckpoint

    append_register_entries(entries(1, 2), sign=key)
    append_register_entries(entries(3), sign=key)
    free_hands()
    first = RegisterCheckpoint.objects.order_by("pk").first()
    RegisterCheckpoint.objects.filter(pk=first.pk).update(root=flip(bytes(first.root), 0))
    page = client.get("/register/").content.decode()
    assert 'data-register="broken"' in page
    assert "接不上" in page


def test_an_entry_is_found_by_fingerprint_and_by_its_text(key, client):
    append_register_entries([*entries(0), ISSUED], sign=key)
    for text in (ABOUT.hex(), ISSUED.decode(), sha256(ISSUED).hexdigest().upper()):
        page = client.post("/register/", {"entry": text}).content.decode()
        assert "第 1 行" in page
        assert "2026 年 11 月 23 日" in page
        assert "/register/proof/1.tlog-proof" in page


def test_an_entry_that_isnt_there_is_said_plainly(key, client):
    append_register_entries([ISSUED], sign=key)
    answer = client.post("/register/", {"entry": "ab" * 32})
    assert (answer.status_code, "没有这一行" in answer.content.decode()) == (200, True)


@pytest.mark.parametrize("text", ["", "张伟", "ab", "x" * 1001, "<script>"])
def test_what_cant_be_asked_by_is_answered_422_and_kept(key, client, text):
    append_register_entries([ISSUED], sign=key)
    answer = client.post("/register/", {"entry": text})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.content.decode()
    if text in {"张伟", "ab"}:
        assert f'value="{text}"' in answer.content.decode()


def test_entries_of_others_are_shown_escaped(key, client):
    odd = b'{"<script>alert(1)</script>": 1}'
    append_register_entries([odd], sign=key)
    page = client.post("/register/", {"entry": odd.decode()}).content.decode()
    assert "<script>alert" not in page
    assert "第 0 行" in page


def test_asking_too_often_is_answered_429(key, client):
    append_register_entries([ISSUED], sign=key)
    answers = [client.post("/register/", {"entry": "ab" * 32}).status_code for _turn in range(61)]
    assert (answers[:60], answers[60]) == ([200] * 60, 429)


def test_another_key_under_the_same_name_is_followed(key, client):
    append_register_entries([ISSUED], sign=key)
    append_register_entries([], sign=Key())
    assert 'data-register="consistent"' in client.get("/register/").content.decode()
