"""The API from outside: what a key opens, what is answered, and that every answer is as the
OpenAPI document says.
"""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from jsonschema import Draft202012Validator

import access
from access.workflows import assign_role, withdraw_role
from api import openapi, responses, workflows
from api.models import ApiKey, KeptAnswer
from tests.factories.certification import CertificateFactory
from tests.factories.ground import EmployerFactory, OrgUnitFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
BASE = "/api/v1"
DOCUMENT = openapi.build_openapi_document("https://example.org/api/v1")


@pytest.fixture(autouse=True)
def counters():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def employer():
    return EmployerFactory()


@pytest.fixture
def hr(employer):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="employer_hr", scope=employer)
    return user


def make(hr, scope, *scopes, **more):
    values = {"name": "人事系统", "scopes": scopes or ("verify", "watch:read", "watch:write")}
    values |= {"ends_on": timezone.localdate() + timedelta(days=30), **more}
    return workflows.create_api_key(actor=hr, scope=scope, **values)


@pytest.fixture
def key(hr, employer):
    return make(hr, employer)[1]


def ask(client, key, method, path, body=None, **headers):
    """Ask, and hold the answer against the document."""
    if key:
        headers["authorization"] = f"Bearer {key}"
    content = (
        {}
        if body is None
        else {
            "data": body if isinstance(body, str) else json.dumps(body),
            "content_type": "application/json",
        }
    )
    response = getattr(client, method.lower())(BASE + path, headers=headers, **content)
    assert not response.cookies
    assert "Access-Control-Allow-Origin" not in response
    _as_described(method, path.partition("?")[0].rstrip("/"), response)
    return response


def _as_described(method, path, response):
    found = [
        described[method.lower()]
        for template, described in DOCUMENT["paths"].items()
        if len(template.split("/")) == len(path.split("/"))
        and all(
            part == given or part.startswith("{")
            for part, given in zip(template.split("/"), path.split("/"), strict=True)
        )
        and method.lower() in described
    ]
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/problem+json"
        schema = {"$ref": "#/components/schemas/Problem"}
        assert response.json()["status"] == response.status_code
    else:
        told = found[0]["responses"][str(response.status_code)]
        if "content" not in told:
            assert response.content == b""
            return
        assert response["Content-Type"] == "application/json"
        schema = told["content"]["application/json"]["schema"]
    whole = {**schema, "components": DOCUMENT["components"]}
    assert [
        error.message for error in Draft202012Validator(whole).iter_errors(response.json())
    ] == []


def test_one_certificate_by_number_and_name_and_by_code(client, key):
    row = CertificateFactory(
        person=PersonFactory(name="欧阳示例"), valid_until=timezone.localdate() + timedelta(days=54)
    )
    body = ask(
        client, key, "POST", "/verifications", {"number": row.number.lower(), "name": "欧阳 示例"}
    ).json()
    assert (body["answer"], body["days_left"], body["certificate"]["holder"]) == (
        "valid",
        54,
        "欧阳**",
    )
    assert "欧阳示例" not in str(body)
    assert (
        ask(client, key, "POST", "/verifications/", {"code": row.code}).json()["certificate"]
        == body["certificate"]
    )


def test_wrong_name_and_unknown_number_are_one_answer(client, key):
    row, other = CertificateFactory(), CertificateFactory(state="approved", sha256="")
    answers = [
        ask(client, key, "POST", "/verifications", {"number": one.number, "name": "别人"}).json()
        for one in (row, other)
    ]
    assert [sorted(answer) for answer in answers] == [
        ["answer", "checked_at", "hint", "reference"]
    ] * 2
    assert [(answer["answer"], answer["hint"]) for answer in answers] == [
        ("no_match", "well_formed")
    ] * 2


@pytest.mark.parametrize(
    "fields",
    [
        {
            "valid_until": timezone.localdate() - timedelta(days=1),
            "issued_on": timezone.localdate() - timedelta(days=9),
        },
        {"state": "suspended", "state_since": timezone.localdate(), "state_reason": "under_review"},
        {"state": "revoked", "state_since": timezone.localdate(), "state_reason": "fraud"},
    ],
)
def test_other_answers_are_as_described_in_each_way(client, key, fields):
    row = CertificateFactory(**fields)
    one = ask(
        client, key, "POST", "/verifications", {"number": row.number, "name": row.holder_name}
    ).json()
    many = ask(
        client,
        key,
        "POST",
        "/verifications/batch",
        {"rows": [{"number": row.number, "name": row.holder_name}]},
    ).json()["results"]
    status = ask(client, key, "GET", f"/certificates/{row.code}").json()
    assert one["answer"] == many[0]["answer"] == status["answer"] != "valid"
    assert one["reason"] == many[0]["reason"] == fields.get("state_reason")


def test_replaced_one_names_its_successor(client, key):
    new = CertificateFactory()
    old = CertificateFactory(
        state="superseded",
        state_since=timezone.localdate(),
        state_reason="corrected",
        replaced_by=new,
    )
    assert ask(client, key, "GET", f"/certificates/{old.code}").json()["replaced_by"] == new.number


def test_batch_answers_in_order_and_refuses_what_is_too_much(client, key):
    known = [CertificateFactory() for _ in range(3)]
    rows = [{"number": row.number, "name": row.holder_name} for row in known] + [
        {"number": "x", "name": "王"}
    ]
    body = ask(client, key, "POST", "/verifications/batch", {"rows": rows}).json()
    assert [row["answer"] for row in body["results"]] == ["valid"] * 3 + ["no_match"]
    assert (
        ask(client, key, "POST", "/verifications/batch", {"rows": rows[:1] * 1001}).status_code
        == 422
    )
    assert ask(client, key, "POST", "/verifications/batch", {"rows": []}).status_code == 422
    assert ask(client, key, "POST", "/verifications/batch", {"rows": "x"}).status_code == 422
    guess = [{"number": known[0].number, "name": f"王{at}"} for at in range(6)]
    assert (
        ask(client, key, "POST", "/verifications/batch", {"rows": guess}).json()["code"]
        == "many_names"
    )


@pytest.mark.parametrize("rows", [1, 30])
def test_batch_costs_the_same_for_one_row_and_thirty(client, key, rows, django_assert_num_queries):
    made = [
        {"number": row.number, "name": row.holder_name}
        for row in (CertificateFactory() for _ in range(rows))
    ]
    ask(client, key, "POST", "/verifications/batch", {"rows": made})
    with django_assert_num_queries(
        7
    ):  # the key, its right, the right to verify, the certificates, the log in a savepoint
        ask(client, key, "POST", "/verifications/batch", {"rows": made})


@pytest.mark.parametrize("rows", [1, 30])
def test_watch_list_costs_the_same_for_one_row_and_thirty(
    client, key, rows, django_assert_num_queries
):
    for row in (CertificateFactory() for _ in range(rows)):
        ask(client, key, "POST", "/watchlist", {"number": row.number, "name": row.holder_name})
    with django_assert_num_queries(
        5
    ):  # the key, its right, the right to the list, the page, how many
        assert len(ask(client, key, "GET", "/watchlist").json()["entries"]) == rows


def test_watch_list_is_kept_read_page_by_page_and_removed_from(client, key, employer):
    known = [CertificateFactory() for _ in range(3)]
    made = [
        ask(client, key, "POST", "/watchlist", {"number": row.number, "name": row.holder_name})
        for row in known
    ]
    assert [one.status_code for one in made] == [201] * 3
    first = ask(client, key, "GET", "/watchlist?per_page=2")
    assert ([one["id"] for one in first.json()["entries"]], first.json()["total"]) == (
        [made[2].json()["id"], made[1].json()["id"]],
        3,
    )
    assert 'page=2&per_page=2>; rel="next"' in first["Link"]
    assert (
        ask(
            client, key, "GET", "/watchlist?per_page=2", **{"if-none-match": first["ETag"]}
        ).status_code
        == 304
    )
    assert ask(client, key, "DELETE", f"/watchlist/{made[2].json()['id']}").status_code == 204
    assert ask(client, key, "DELETE", f"/watchlist/{made[2].json()['id']}").status_code == 404
    assert ask(client, key, "GET", "/watchlist?page=0").status_code == 422
    assert (
        ask(client, key, "POST", "/watchlist", {"number": known[0].number, "name": "别人"}).json()[
            "code"
        ]
        == "no_match"
    )


def test_etag_changes_with_the_standing_only(client, key):
    row = CertificateFactory()
    first = ask(client, key, "GET", f"/certificates/{row.code}")
    assert (
        ask(
            client, key, "GET", f"/certificates/{row.code}", **{"if-none-match": first["ETag"]}
        ).status_code
        == 304
    )
    type(row).objects.filter(pk=row.pk).update(
        state="revoked", state_since=timezone.localdate(), state_reason="fraud"
    )
    assert (
        ask(
            client, key, "GET", f"/certificates/{row.code}", **{"if-none-match": first["ETag"]}
        ).json()["answer"]
        == "revoked"
    )
    assert ask(client, key, "GET", "/certificates/0000000000000000").status_code == 404


def test_who_has_no_key_that_counts_is_told_so(client, hr, employer, key):
    row, text = make(hr, employer)
    wanted = {"number": "x", "name": "王"}
    for wrong in (None, "cp_x", text[:-1] + "x", text.replace("cp_", "cq_"), "k\xe9y"):
        response = ask(client, wrong, "POST", "/verifications", wanted)
        assert (response.status_code, response["WWW-Authenticate"]) == (
            401,
            'Bearer realm="Craftpath"',
        )
    assert ask(client, text, "POST", "/verifications", wanted).status_code == 200
    workflows.revoke_key(actor=hr, key=row)
    assert ask(client, text, "POST", "/verifications", wanted).status_code == 401
    ApiKey.objects.filter(prefix=key[:11]).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert ask(client, key, "POST", "/verifications", wanted).status_code == 401


def test_key_ends_with_the_right_of_its_owner(client, hr, employer, key):
    withdraw_role(actor=access.SYSTEM, assignment=hr.role_assignments.get(), reason="调岗")
    assert (
        ask(client, key, "POST", "/verifications", {"number": "x", "name": "王"}).status_code == 401
    )


def test_key_opens_only_what_it_was_made_for(client, hr, employer):
    text = make(hr, employer, "watch:read")[1]
    response = ask(client, text, "POST", "/verifications", {"number": "x", "name": "王"})
    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")
    assert ask(client, text, "GET", "/watchlist").status_code == 200
    assert ask(client, text, "PUT", "/watchlist", {}).status_code == 405
    officer, org = UserFactory(), OrgUnitFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=org)
    union = make(officer, org)[1]
    assert ask(client, union, "GET", "/watchlist").json()["code"] == "no_employer"
    assert (
        ask(client, union, "POST", "/verifications", {"number": "x", "name": "王"}).status_code
        == 200
    )


def test_other_employers_entries_are_not_there(client, key):
    other, user = EmployerFactory(), UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="employer_hr", scope=other)
    row = CertificateFactory()
    theirs = ask(
        client,
        make(user, other)[1],
        "POST",
        "/watchlist",
        {"number": row.number, "name": row.holder_name},
    ).json()
    assert ask(client, key, "DELETE", f"/watchlist/{theirs['id']}").status_code == 404
    assert ask(client, key, "GET", "/watchlist").json()["entries"] == []


def test_session_opens_nothing(client, hr):
    client.force_login(hr)
    response = client.post(
        f"{BASE}/verifications", {"number": "x", "name": "王"}, content_type="application/json"
    )
    assert response.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[1]",
        '"x"',
        "null",
        '{"number": 5}',
        '{"number": "x", "name": null}',
        "\ud800",
        '{"number": "\\u0000", "name": "x"}',
        '{"number": "x", "name": "\\ud800"}',
    ],
)
def test_body_that_cannot_be_read_is_refused_with_a_sentence(client, key, body):
    response = ask(
        client,
        key,
        "POST",
        "/verifications",
        body.encode("utf-8", "surrogatepass").decode("latin-1") if body > "z" else body,
    )
    assert response.status_code in {400, 422}
    assert response.json()["title"]


def test_sentences_are_chinese_or_english_as_asked(client, key):
    said = [
        ask(client, key, "POST", "/verifications", {}, **{"accept-language": word}).json()["title"]
        for word in ("zh-CN", "en")
    ]
    assert said == [
        "有些字段填得不对，见 errors。",
        "Some fields aren't valid. See `errors` for which ones and why.",
    ]


def test_same_request_with_an_idempotency_key_is_answered_once(client, key):
    row = CertificateFactory()
    wanted, header = {"number": row.number, "name": row.holder_name}, {"idempotency-key": "a-1"}
    first = ask(client, key, "POST", "/verifications", wanted, **header)
    again = ask(client, key, "POST", "/verifications", wanted, **header)
    assert (first.json(), again["Idempotency-Replayed"], "Idempotency-Replayed" in first) == (
        again.json(),
        "true",
        False,
    )
    assert (
        ask(client, key, "POST", "/verifications", {**wanted, "name": "别人"}, **header).json()[
            "code"
        ]
        == "idempotency_key_reused"
    )
    refused = [
        ask(client, key, "POST", "/verifications", {}, **{"idempotency-key": "b"}) for _ in range(2)
    ]
    assert [one.status_code for one in refused] == [422, 422]
    assert refused[0].json() == refused[1].json()
    KeptAnswer.objects.update(status=0)
    assert (
        ask(client, key, "POST", "/verifications", wanted, **header).json()["code"]
        == "still_at_work"
    )
    KeptAnswer.objects.update(at=timezone.now() - timedelta(days=2))
    assert (
        ask(client, key, "POST", "/verifications", wanted, **header).json()["reference"]
        != first.json()["reference"]
    )


def test_requests_of_a_minute_are_counted_and_told(client, key, monkeypatch):
    monkeypatch.setattr(responses, "A_MINUTE", 2)
    answers = [
        ask(client, key, "POST", "/verifications", {"number": "x", "name": "王"}) for _ in range(3)
    ]
    assert [(one.status_code, one["RateLimit-Remaining"]) for one in answers] == [
        (200, "1"),
        (200, "0"),
        (429, "0"),
    ]
    assert 0 < int(answers[2]["Retry-After"]) <= 60


def test_wrong_keys_from_one_address_end_and_never_stop_a_right_key(client, key):
    answers = [ask(client, "cp_wrong", "GET", "/watchlist").status_code for _ in range(32)]
    assert answers == [401] * 30 + [429] * 2
    assert ask(client, key, "GET", "/watchlist").status_code == 200


def test_description_and_what_is_not_there(client):
    response = client.get(f"{BASE}/openapi.json")
    assert response.json() == openapi.build_openapi_document("http://testserver/api/v1")
    Draft202012Validator.check_schema({"$defs": openapi.SCHEMAS})
    for name, schema in openapi.SCHEMAS.items():
        Draft202012Validator.check_schema(schema)
        assert name in json.dumps(response.json()["paths"]) + json.dumps(openapi.SCHEMAS)
    ids = [
        one["operationId"]
        for described in response.json()["paths"].values()
        for one in described.values()
    ]
    assert len(ids) == len(set(ids)) == 6
    assert ask(client, None, "GET", "/nothing/here").json()["code"] == "not_found"
    page = client.get(f"{BASE}/").content.decode()
    assert all(
        word in page
        for word in (
            "curl",
            "urllib.request",
            "POST /verifications/batch",
            "DELETE /watchlist/{id}",
        )
    )


def test_text_that_cannot_be_read_is_mended_or_refused_in_a_sentence(client, key):
    row = CertificateFactory(person=PersonFactory(name="马龙"))
    mended = ask(
        client,
        key,
        "post",
        "/verifications",
        {"number": "\u200b" + row.number, "name": "⻢\ufeff⻰"},
    )
    assert (mended.status_code, mended.json()["answer"]) == (200, "valid")
    for name in ("马\u0007龙", "马\ue000"):
        refused = ask(client, key, "post", "/verifications", {"number": row.number, "name": name})
        assert refused.status_code == 422
        assert "U+" in str(refused.json())


def test_member_that_stands_twice_is_refused_in_a_sentence(client, key):
    number = CertificateFactory().number
    body = f'{{"number": "X", "number": "{number}", "name": "x"}}'
    answer = client.post(
        "/api/v1/verifications",
        body,
        content_type="application/json",
        headers={"authorization": f"Bearer {key}", "accept-language": "zh-hans"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "member_twice")
    assert "同一项写了两次" in answer.json()["title"]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Send an object"), ("zh-hans", "请发送一个对象")]
)
@pytest.mark.parametrize(("path", "body"), [("verifications", "[]"), ("verifications", "3")])
def test_body_that_is_no_object_is_told_in_the_language_asked_for(
    client, key, language, said, path, body
):
    answer = ask(client, key, "POST", f"/{path}", body, **{"accept-language": language})
    assert answer.status_code == 422
    assert said in json.dumps(answer.json(), ensure_ascii=False)
