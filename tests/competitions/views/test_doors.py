"""Who may open which page: strangers learn nothing, colleagues read which role is needed, a judge
sees own sheets only.
"""

import pytest
from django.urls import reverse

from tests.factories.ground import UserFactory, WorkerFactory

OFFICE = ("office", "scheme", "results")
MANAGER = ("judges", "event_edit", "scheme_template", "totals_template")
CHIEF = ("sheets",)
ACTS = {
    "manager": ("freeze-scheme", "open-registration", "cancel", "compute", "publish"),
    "secrecy": ("draw", "unseal"),
    "chief": ("open-scoring", "lock"),
}


def at(name, *args):
    return reverse(f"competitions:{name}", args=args)


def status(client, user, address):
    client.force_login(user)
    return client.get(address).status_code


def test_office_opened_signed_out_asks_to_sign_in(client, stage):
    for name in (*OFFICE, *MANAGER, *CHIEF, "entries", "code_book"):
        response = client.get(at(name, stage.event.public_id))
        assert (response.status_code, response["Location"].startswith("/sign-in/")) == (302, True)


def test_office_opened_by_a_stranger_is_not_found(client, stage):
    stranger = UserFactory()
    for name in (*OFFICE, *MANAGER, *CHIEF, "entries", "code_book"):
        assert status(client, stranger, at(name, stage.event.public_id)) == 404


def test_office_opened_by_a_judge_is_not_found(client, stage):
    stage.drawn()
    assert status(client, stage.judges[0], at("office", stage.event.public_id)) == 404


def test_page_of_another_office_names_the_role(client, stage):
    for name in (*MANAGER, "code_book"):
        client.force_login(stage.chief)
        response = client.get(at(name, stage.event.public_id))
        assert response.status_code == 403
        assert "管理员" in response.content.decode() or "加密" in response.content.decode()


@pytest.mark.parametrize(("who", "keys"), ACTS.items())
def test_act_opened_by_its_office_is_shown_and_by_another_refused(client, stage, who, keys):
    other = {"manager": "chief", "secrecy": "manager", "chief": "secrecy"}[who]
    for key in keys:
        address = at("act", stage.event.public_id, key)
        assert status(client, getattr(stage, who), address) == 200
        assert status(client, getattr(stage, other), address) == 403
        assert client.post(address).status_code == 403


def test_act_that_does_not_exist_is_not_found(client, stage):
    client.force_login(stage.chief)
    event = stage.event.public_id
    for address in (
        at("act", event, "burn"),
        at("act", event, "lock-module"),
        at("act_part", event, "lock-module", "Z"),
        at("act_part", event, "close-day", "zwei"),
    ):
        assert client.get(address).status_code == 404


def test_names_are_shown_to_manager_and_secrecy_officer_only(client, stage):
    stage.open()
    address = at("entries", stage.event.public_id)
    name = stage.people[0].name
    for user, seen in ((stage.manager, True), (stage.secrecy, True)):
        client.force_login(user)
        assert (name in client.get(address).content.decode()) is seen
    assert status(client, stage.chief, address) == 403
    client.force_login(stage.chief)
    assert name not in client.get(at("office", stage.event.public_id)).content.decode()


def test_draft_is_not_found_by_the_public_and_open_event_is(client, stage):
    address = at("detail", stage.event.public_id)
    assert client.get(address).status_code == 404
    assert client.get(at("board", stage.event.public_id)).status_code == 404
    stage.open()
    assert client.get(address).status_code == 200


def test_sheet_of_another_judge_is_not_found_and_tablet_signed_out_hears_401(client, stage):
    stage.scoring()
    sheet = stage.sheet("A", 1)
    seated = stage.judges_of(sheet)
    outside = WorkerFactory().user
    assert status(client, seated[0], at("sheet", sheet.public_id)) == 200
    for user in (outside, stage.chief, stage.manager):
        assert status(client, user, at("sheet", sheet.public_id)) == 404
        assert status(client, user, at("sheet_state", sheet.public_id)) == 404
    client.logout()
    answer = client.get(at("sheet_state", sheet.public_id))
    assert (answer.status_code, answer.json()) == (401, {"code": "signed_out"})


def test_pages_of_judges_hold_no_name_employer_or_entry(client, stage):
    stage.scoring()
    sheet = stage.sheet("A", 1)
    client.force_login(stage.judges_of(sheet)[0])
    shown = "".join(
        client.get(address).content.decode()
        for address in (
            at("desk"),
            at("sheet", sheet.public_id),
            at("sheet_state", sheet.public_id),
        )
    )
    secrets = [
        text
        for entry in stage.entries
        for text in (entry.person.name, str(entry.public_id), entry.employer.name)
    ]
    assert [text for text in secrets if text in shown] == []
