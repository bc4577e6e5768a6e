"""What a signature covers, and what a save costs and keeps: rules of the server alone, whatever a
page says.
"""

from __future__ import annotations

import io
import json
import uuid

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from PIL import Image

from audit.models import Event as AuditEvent
from competitions import queries, workflows
from competitions.errors import MarksUnsent, OperationReused, SheetChanged, SheetClosed
from competitions.models import AspectRemark, Mark, MarkChange, Recusal, Sheet, Signature
from competitions.queries.marks import marks_of
from competitions.rules.sheet import signed_content
from competitions.workflows import MarkInput, ShownSheet
from core.digests import digest_canonical_json
from core.errors import InvalidInput, NotFound
from tests.competitions import stage as stages
from tests.competitions.stage import op
from tests.factories.ground import UserFactory

SHIPPED_SESSIONS = "django.contrib.sessions.backends.cached_db"  # config.settings.production


@pytest.fixture
def sheet(stage):
    stage.scoring()
    return stage.sheet("A", 1)


@pytest.fixture
def three(stage, sheet):
    return stage.judges_of(sheet)


def save(actor, sheet, *changes, **facts):
    return workflows.save_marks(
        actor=actor,
        sheet=sheet,
        operation=facts.pop("operation", None) or op(),
        changes=changes,
        **facts,
    )


def content_of(sheet):
    """What a screen that shows the record puts together."""
    sheet = Sheet.objects.select_related("module", "code").get(pk=sheet.pk)
    facts = {
        "sheet": str(sheet.public_id),
        "version": sheet.version,
        "module": sheet.module.code,
        "number": sheet.code.number,
    }
    return signed_content(**facts, minutes=sheet.minutes, aspects=marks_of([sheet])[sheet.pk])


def shown_by(content, total, last=None):
    return ShownSheet(
        {
            code: awarded if awarded is not None else dict(scores)
            for code, awarded, scores in content["marks"]
        },
        total,
        last,
    )


# ---- the signature covers what is shown ----


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", "A1.1 您看到 10.00，记录是 20.00"),
        ("en", "A1.1: you see 10.00, the record has 20.00"),
    ],
)
def test_sign_sheet_with_another_mark_on_the_screen_names_both_values(
    stage, sheet, three, language, words
):
    stage.fill(sheet, "20", "2")
    content = content_of(sheet)
    content["marks"][0][1] = "10.00"
    with override(language), pytest.raises(SheetChanged) as caught:
        workflows.sign_sheet(
            actor=three[0],
            sheet=sheet,
            fingerprint=digest_canonical_json(content),
            shown=shown_by(content, "33.33"),
        )
    assert words in str(caught.value)
    assert caught.value.data["differences"] == [
        {"aspect": "A1.1", "shown": "10.00", "recorded": "20.00"}
    ]
    assert not Signature.objects.exists()


def test_sign_sheet_with_another_score_or_total_on_the_screen_is_refused(stage, sheet, three):
    stage.fill(sheet, "20", "2")
    content = content_of(sheet)
    content["marks"][1][2][0][1] = 3
    with pytest.raises(SheetChanged) as caught:
        workflows.sign_sheet(
            actor=three[0],
            sheet=sheet,
            fingerprint=digest_canonical_json(content),
            shown=shown_by(content, "33.33"),
        )
    assert caught.value.data["differences"] == [
        {"aspect": "A1.2", "shown": "3 · 2 · 2", "recorded": "2 · 2 · 2"}
    ]
    right = content_of(sheet)
    with override("en"), pytest.raises(SheetChanged) as caught:
        workflows.sign_sheet(
            actor=three[0],
            sheet=sheet,
            fingerprint=digest_canonical_json(right),
            shown=shown_by(right, "34.33"),
        )
    assert "total: you see 34.33, the record has 33.33" in str(caught.value)
    workflows.sign_sheet(
        actor=three[0],
        sheet=sheet,
        fingerprint=digest_canonical_json(right),
        shown=shown_by(right, "33.33"),
    )
    assert Signature.objects.get().digest == digest_canonical_json(right)


def test_sign_sheet_while_a_save_of_the_device_is_away_is_refused(stage, sheet, three):
    """The screen shows what the record has: 20, then 10, then 20 again, and the last two are still
    on the tablet.
    """
    stage.fill(sheet, "20", "2")
    content, away = content_of(sheet), op()
    facts = {
        "actor": three[0],
        "sheet": sheet,
        "fingerprint": digest_canonical_json(content),
        "shown": shown_by(content, "33.33", away),
    }
    with pytest.raises(MarksUnsent):
        workflows.sign_sheet(**facts)
    assert not Signature.objects.exists()
    save(three[0], sheet, MarkInput("A1.1", "20", base_version=1), operation=away)
    workflows.sign_sheet(**facts)
    assert Signature.objects.count() == 1


def test_sign_sheet_with_a_save_of_another_sheet_proves_nothing(stage, sheet, three):
    stage.fill(sheet, "20", "2")
    other = next(
        one for one in stage.event.sheets.exclude(pk=sheet.pk) if three[0] in stage.judges_of(one)
    )
    elsewhere = op()
    save(three[0], other, MarkInput(f"{other.module.code}1.1", "0"), operation=elsewhere)
    content = content_of(sheet)
    with pytest.raises(MarksUnsent):
        workflows.sign_sheet(
            actor=three[0],
            sheet=sheet,
            fingerprint=digest_canonical_json(content),
            shown=shown_by(content, "33.33", elsewhere),
        )


def test_sign_after_a_value_for_an_unknown_line_knows_that_it_arrived(stage, sheet, three):
    stage.fill(sheet, "20", "2")
    last = op()
    save(three[0], sheet, MarkInput("Z9.9", "0"), operation=last)
    content = content_of(sheet)
    workflows.sign_sheet(
        actor=three[0],
        sheet=sheet,
        fingerprint=digest_canonical_json(content),
        shown=shown_by(content, "33.33", last),
    )
    assert Signature.objects.filter(sheet=sheet).count() == 1


def test_sign_over_http_takes_the_digest_of_what_is_said_to_be_shown_only(
    client, stage, sheet, three
):
    stage.fill(sheet, "20", "2")
    client.force_login(three[0])
    content = content_of(sheet)
    address = reverse("competitions:sheet_sign", args=[sheet.public_id])

    def sign(**changes):
        body = {
            "content": content,
            "fingerprint": digest_canonical_json(content),
            "total": "33.33",
            "last_operation": None,
            **changes,
        }
        return client.post(address, json.dumps(body), content_type="application/json")

    assert sign(fingerprint="0" * 64).status_code == 422
    assert sign(content={"marks": "viel"}).status_code == 422
    assert sign(last_operation="viel").status_code == 422
    assert sign(total="1.00").json()["code"] == "sheet_changed"
    assert not Signature.objects.exists()
    assert sign().json()["sheet"]["signed_by_me"] is True


# ---- every value reaches the log, in order ----


def test_value_typed_on_top_of_one_not_yet_answered_stands_and_both_are_in_the_log(sheet, three):
    """J9: the tablet is offline; three values are typed before the first is answered."""
    first, second, third = op(), op(), op()
    save(three[0], sheet, MarkInput("A1.1", "5"), operation=first)
    save(three[0], sheet, MarkInput("A1.1", "10"), operation=second, after=first)
    outcome = save(three[0], sheet, MarkInput("A1.1", ""), operation=third, after=second)
    assert (outcome.applied[0].version, outcome.conflicts) == (3, ())
    assert list(MarkChange.objects.values_list("value", "base_version", "version", "accepted")) == [
        ("5.00", 0, 1, True), ("10.00", 1, 2, True), ("", 2, 3, True),
    ]  # fmt: skip


def test_value_typed_on_top_of_one_that_met_another_judges_is_a_conflict_too(sheet, three):
    mine = op()
    save(three[1], sheet, MarkInput("A1.1", "20"))
    assert save(three[0], sheet, MarkInput("A1.1", "5"), operation=mine).conflicts
    outcome = save(three[0], sheet, MarkInput("A1.1", "10"), after=mine)
    assert [conflict.theirs for conflict in outcome.conflicts] == ["20.00"]
    assert list(MarkChange.objects.values_list("value", "accepted", "refusal")) == [
        ("20.00", True, ""), ("5.00", False, "changed_meanwhile"), ("10.00", False, "changed_meanwhile"),
    ]  # fmt: skip


def test_value_on_top_of_another_judges_operation_gains_nothing(sheet, three):
    theirs = op()
    save(three[1], sheet, MarkInput("A1.1", "20"), operation=theirs)
    outcome = save(three[0], sheet, MarkInput("A1.1", "10"), after=theirs)
    assert [conflict.theirs for conflict in outcome.conflicts] == ["20.00"]


def test_value_the_scheme_does_not_know_is_in_the_log(sheet, three):
    save(three[0], sheet, MarkInput("A1.1", "7"))
    assert list(MarkChange.objects.values_list("value", "accepted", "refusal")) == [
        ("7", False, "not_a_step")
    ]
    assert not Mark.objects.exists()


def test_value_after_a_signature_is_refused_and_in_the_log_once(stage, sheet, three):
    stage.fill(sheet, "20", "2")
    workflows.sign_sheet(
        actor=three[0],
        sheet=sheet,
        fingerprint=queries.sheet_for(three[0], sheet.public_id).fingerprint,
    )
    late = op()
    with pytest.raises(SheetClosed) as caught:
        save(three[1], sheet, MarkInput("A1.1", "5", base_version=1), operation=late)
    assert caught.value.code == "sheet_signed"
    again = save(three[1], sheet, MarkInput("A1.1", "5", base_version=1), operation=late)
    assert (again.repeated, [refused.code for refused in again.refused]) == (True, ["sheet_signed"])
    assert list(
        MarkChange.objects.filter(operation=late).values_list("value", "accepted", "refusal")
    ) == [("5", False, "sheet_signed")]
    assert Mark.objects.get(judge=None).awarded == 20


# ---- a competition that is over or was called off ----


def acts_on(stage, sheet, judge):
    fingerprint = queries.sheet_for(judge, sheet.public_id).fingerprint
    yield "save", lambda: save(judge, sheet, MarkInput("A1.1", "5", base_version=1))
    yield "sign", lambda: workflows.sign_sheet(actor=judge, sheet=sheet, fingerprint=fingerprint)
    yield "withdraw", lambda: workflows.withdraw_signature(actor=judge, sheet=sheet)
    yield (
        "remark",
        lambda: workflows.add_remark(
            actor=judge, sheet=sheet, operation=op(), aspect="A1.1", text="x"
        ),
    )
    yield (
        "rescore",
        lambda: workflows.order_rescore(
            actor=stage.chief, sheet=sheet, aspect="A1.2", reason="误触"
        ),
    )
    yield "minutes", lambda: workflows.record_minutes(actor=stage.chief, sheet=sheet, minutes=10)


def test_cancelled_competition_takes_no_mark_signature_remark_or_order(stage, sheet, three):
    """J7: marks were saved in a cancelled competition."""
    stage.fill(sheet, "20", "2")
    workflows.cancel_event(actor=stage.manager, event=stage.event, reason="暴雨")
    marks = list(Mark.objects.values_list("awarded", "score", "version"))
    for name, act in acts_on(stage, sheet, three[0]):
        with pytest.raises(SheetClosed) as caught:
            act()
        assert caught.value.code == "event_cancelled", name
    assert list(Mark.objects.values_list("awarded", "score", "version")) == marks
    assert not Signature.objects.exists()
    view = queries.sheet_for(three[0], sheet.public_id)
    assert (view.open, view.writable) == (False, False)


# ---- remarks ----


def test_remark_is_kept_once_with_its_judge_and_shown_to_the_panel_after_the_round(
    stage, sheet, three
):
    number = op()
    for _turn in range(2):
        workflows.add_remark(
            actor=three[0], sheet=sheet, operation=number, aspect="A1.2", text=" 焊渣未清 𠮷 "
        )
    assert list(AspectRemark.objects.values_list("text", flat=True)) == ["焊渣未清 𠮷"]

    def seen_by(judge):
        view = queries.sheet_for(judge, sheet.public_id)
        return [
            remark.text
            for sub in view.sub_criteria
            for aspect in sub.aspects
            for remark in aspect.remarks
        ]

    assert (seen_by(three[0]), seen_by(three[1])) == (
        ["焊渣未清 𠮷"],
        [],
    )  # before the reveal it could steer a score
    stage.fill(sheet, "20", "2")
    assert seen_by(three[1]) == ["焊渣未清 𠮷"]
    assert AuditEvent.objects.filter(kind="competitions.remark_added").count() == 1


def test_remark_empty_too_long_or_by_a_stranger_is_refused(sheet, three):
    for text in ("  ", "字" * 301):
        with pytest.raises(InvalidInput):
            workflows.add_remark(
                actor=three[0], sheet=sheet, operation=op(), aspect="A1.1", text=text
            )
    with pytest.raises(NotFound):
        workflows.add_remark(actor=three[0], sheet=sheet, operation=op(), aspect="B1.1", text="x")
    with pytest.raises(NotFound):
        workflows.add_remark(
            actor=UserFactory(), sheet=sheet, operation=op(), aspect="A1.1", text="x"
        )
    assert not AspectRemark.objects.exists()


# ---- standing aside ----


def test_judge_stands_aside_for_a_number_after_reading_what_follows_and_no_list_shows_it(
    client, db
):
    stage = stages.build(judges=5).scoring()
    sheet = stage.sheet("A", 1)
    judge, other = stage.judges_of(sheet)[:2]
    before = [queries.judge_desk(user) for user in (judge, other)]
    client.force_login(judge)
    address = reverse("competitions:stand_aside", args=[sheet.public_id])
    shown = client.get(address).content.decode()
    assert "不计入成绩" in shown
    assert not Recusal.objects.filter(code=sheet.code).exists()
    refused = client.post(address, {"reason": " "})
    assert (refused.status_code, Recusal.objects.filter(code=sheet.code).count()) == (409, 0)
    assert client.post(address, {"reason": "师徒"}).status_code == 302
    assert (
        client.post(address, {"reason": "也是同乡"}).status_code == 302
    )  # a second reason is on record too
    assert list(Recusal.objects.filter(code=sheet.code).values_list("judge__user", "reason")) == [
        (judge.pk, "师徒")
    ]
    noted = AuditEvent.objects.filter(kind="competitions.recusal_declared", actor=judge).order_by(
        "pk"
    )
    assert list(noted.values_list("reason", flat=True)) == ["师徒", "也是同乡"]
    assert [queries.judge_desk(user) for user in (judge, other)] == before
    assert save(judge, sheet, MarkInput("A1.2", "2")).applied  # the judge marks on
    client.force_login(stage.chief)
    assert client.get(address).status_code == 404


# ---- what one mark costs ----

TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def rows_of_aspects(count):
    """A scheme of one module with *count* measurements and as many judgements."""
    rows = [
        {"code": "A", "level": "模块", "name": "装调", "day": 1},
        *({"code": f"A{n}", "level": "子项", "name": f"子项 {n}"} for n in (1, 2)),
    ]
    mark = 50 / count
    for n in range(1, count + 1):
        rows.append(
            {
                "code": f"A1.{n}",
                "level": "评分点",
                "name": f"尺寸 {n}",
                "kind": "测量",
                "mark": mark,
            }
        )
        rows.append(
            {
                "code": f"A2.{n}",
                "level": "评分点",
                "name": f"外观 {n}",
                "kind": "评价",
                "mark": mark,
                **stages.FOUR,
            }
        )
    return sorted(
        rows, key=lambda row: (row["code"].split(".")[0], float(row["code"].partition(".")[2] or 0))
    )


def cost_of(client, sheet, aspect, value, *, base=0):
    """Return the statements of one save over HTTP (without BEGIN and the like) and the bytes of
    its answer.
    """
    body = {
        "operation": str(uuid.uuid4()),
        "changes": [{"aspect": aspect, "value": value, "base_version": base, "round": 1}],
    }
    address = reverse("competitions:sheet_save", args=[sheet.public_id])
    with CaptureQueriesContext(connection) as caught:
        response = client.post(address, json.dumps(body), content_type="application/json")
    assert response.status_code == 200, response.content
    assert response.json()["outcome"]["applied"], response.content
    statements = [query["sql"] for query in caught if not query["sql"].startswith(TRANSACTION)]
    return len(statements), len(response.content)


@pytest.mark.parametrize("count", [1, 25])
def test_one_mark_costs_seven_statements_and_less_than_a_kilobyte(client, stage, count):
    """37 statements and 8 kB on 2026-11-23. Session and account included; the same in a sheet of 2
    and of 50 aspects.
    """
    stage.with_scheme = lambda: stages.Stage.with_scheme(stage, rows_of_aspects(count))
    stage.scoring()
    sheet = stage.sheet("A", 1)
    judge, second, third = stage.judges_of(sheet)
    client.force_login(judge)
    client.get(reverse("competitions:desk"))  # the session's own first write
    costs = {
        "first mark": cost_of(client, sheet, "A1.1", str(50 / count)),
        "changed": cost_of(client, sheet, "A1.1", "0", base=1),
        "cleared": cost_of(client, sheet, "A1.1", "", base=2),
        "score": cost_of(client, sheet, "A2.1", "2"),
    }
    assert {name: statements for name, (statements, _bytes) in costs.items()} == dict.fromkeys(
        costs, 7
    )
    save(second, sheet, MarkInput("A2.1", "2"))
    save(third, sheet, MarkInput("A2.1", "2"))
    assert max(length for _statements, length in costs.values()) < 1000


@pytest.mark.parametrize(
    ("sessions", "most"),
    [("django.contrib.sessions.backends.db", 8), (SHIPPED_SESSIONS, 7)],
    ids=["embedded", "shipped"],
)
def test_score_that_closes_a_round_costs_one_statement_more(
    client, stage, sheet, three, settings, sessions, most
):
    """The round is moved, and in the same statement a further one is opened where the scores are
    too far apart.

    As shipped, sessions are read from the cache, which is one statement less.
    """
    settings.SESSION_ENGINE = sessions
    client.force_login(three[2])
    client.get(reverse("competitions:desk"))
    for judge in three[:2]:
        save(judge, sheet, MarkInput("A1.2", "1"))
    assert cost_of(client, sheet, "A1.2", "3")[0] == most
    rounds = sheet.rounds.filter(aspect__code="A1.2").values_list("number", "state", "closed_at")
    assert [(number, state, closed is None) for number, state, closed in rounds] == [
        (1, "disputed", False),
        (2, "collecting", True),
    ]
    other = next(
        one
        for one in stage.event.sheets.filter(module=sheet.module).exclude(pk=sheet.pk)
        if three[2] in stage.judges_of(one)
    )
    others = [judge for judge in stage.judges_of(other) if judge != three[2]]
    for judge in others:
        save(judge, other, MarkInput("A1.2", "1"))
    assert cost_of(client, other, "A1.2", "1")[0] == most
    assert cost_of(client, other, "A1.1", "5")[0] == most - 1


def test_save_writes_one_log_row_and_one_audit_row_each(sheet, three):
    save(three[0], sheet, MarkInput("A1.1", "5"))
    save(three[0], sheet, MarkInput("A1.1", "10", base_version=1))
    kept = AuditEvent.objects.filter(kind="competitions.marks_saved").order_by("pk")
    assert [(row.actor_id, row.before, row.after) for row in kept] == [
        (three[0].pk, {"A1.1": ""}, {"A1.1": "5.00"}),
        (three[0].pk, {"A1.1": "5.00"}, {"A1.1": "10.00"}),
    ]
    assert MarkChange.objects.filter(sheet=sheet, place=0).count() == 2
    assert Sheet.objects.get(pk=sheet.pk).revision == 2


# ---- photos ----


def picture(colour="white", *, size=(2400, 1200), form="JPEG", **more):
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, form, **more)
    return data.getvalue()


def test_photo_of_a_remark_is_kept_small_without_metadata_and_opens_to_who_reads_the_remark(
    client, stage, sheet, three
):
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    number = op()
    for _turn in range(2):
        workflows.add_remark(
            actor=three[0],
            sheet=sheet,
            operation=number,
            aspect="A1.2",
            text="气孔",
            photo=picture(exif=exif),
        )
    remark = AspectRemark.objects.get()
    with remark.photo.open("rb") as file, Image.open(file) as kept:
        assert (kept.size, kept.format, dict(kept.getexif())) == ((1600, 800), "JPEG", {})
    address = reverse("competitions:remark_photo", args=[sheet.public_id, number])

    def status_for(user):
        client.force_login(user)
        answered = client.get(address)
        if answered.streaming:
            assert answered.getvalue().startswith(
                b"\xff\xd8"
            )  # reads it to the end, which closes the file
        return answered.status_code

    before = [
        status_for(user)
        for user in (three[0], three[1], stage.chief, stage.reviewer, stage.manager, UserFactory())
    ]
    assert before == [
        200,
        404,
        200,
        200,
        404,
        404,
    ]  # another judge could be steered before the round is over
    stage.fill(sheet, "20", "2")
    assert status_for(three[1]) == 200
    client.force_login(three[1])
    response = client.get(address)
    assert response.getvalue()
    said = (
        response["Content-Type"],
        response["Content-Security-Policy"],
        "no-store" in response["Cache-Control"],
    )
    assert said == ("image/jpeg", "sandbox", True)
    client.force_login(stage.chief)
    marks = client.get(
        reverse("competitions:marks", args=[stage.event.public_id]), {"module": "A"}
    ).content.decode()
    assert ("气孔" in marks, address in marks) == (True, True)
    client.logout()
    assert client.get(address).status_code == 302


def test_photo_left_by_a_worker_that_was_killed_is_replaced_and_stays_the_only_one(sheet, three):
    number = op()
    storage = AspectRemark._meta.get_field("photo").storage
    storage.save(f"remarks/{number}.jpg", ContentFile(b"half a file"))
    remark = workflows.add_remark(
        actor=three[0],
        sheet=sheet,
        operation=number,
        aspect="A1.1",
        text="x",
        photo=picture(size=(40, 40)),
    )
    assert remark.photo.name == f"remarks/{number}.jpg"
    assert [name for name in storage.listdir("remarks")[1] if str(number) in name] == [
        f"{number}.jpg"
    ]


def test_number_of_another_sheets_remark_takes_nobodys_photo_away(stage, sheet, three):
    number = op()
    kept = workflows.add_remark(
        actor=three[0],
        sheet=sheet,
        operation=number,
        aspect="A1.1",
        text="x",
        photo=picture(size=(40, 40)),
    )
    with kept.photo.open("rb") as file:
        before = file.read()
    other = stage.sheet("A", 2)
    with pytest.raises(OperationReused):
        workflows.add_remark(
            actor=three[0],
            sheet=other,
            operation=number,
            aspect="A1.1",
            text="y",
            photo=picture("black", size=(40, 40)),
        )
    with kept.photo.open("rb") as file:
        assert file.read() == before


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<svg/>", "photo_form"),
        (picture()[:300], "photo_form"),
        (picture(size=(10, 10), form="GIF"), "photo_form"),
        (b"\xff" * (1024 * 1024 + 1), "photo_too_large"),
    ],
    ids=["no picture", "torn", "another form", "too large"],
)
def test_photo_that_is_none_is_refused_and_nothing_is_kept(sheet, three, data, code):
    with pytest.raises(InvalidInput) as refused:
        workflows.add_remark(
            actor=three[0], sheet=sheet, operation=op(), aspect="A1.1", text="x", photo=data
        )
    assert (refused.value.code, AspectRemark.objects.count()) == (code, 0)


@pytest.mark.parametrize("sent", ["****", "x" * 1_600_000, 5])
def test_photo_that_no_tablet_would_send_is_answered_with_a_sentence(client, sheet, three, sent):
    client.force_login(three[0])
    body = {"operation": str(op()), "aspect": "A1.1", "text": "气孔", "photo": sent}
    response = client.post(
        reverse("competitions:sheet_remark", args=[sheet.public_id]),
        body,
        content_type="application/json",
    )
    assert (response.status_code, response.json()["code"]) == (422, "unreadable")
    assert not AspectRemark.objects.exists()
