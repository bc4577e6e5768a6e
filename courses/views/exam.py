"""Show a candidate's exam, with its start page, player, answers, handing in and result."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from core import clock
from core.digests import write_canonical_json
from core.errors import DomainError, InvalidInput, NotFound
from core.service_worker import serve_page_keeper
from core.text import can_be_stored
from courses.enums import AttemptState
from courses.errors import AnswersDiffer, describe_hours_lacking
from courses.models import Attempt, Exam
from courses.queries import exam as reads
from courses.queries.completion import assess_enrolment, describe_missing_part
from courses.queries.learning import ExamLine
from courses.rules import grading
from courses.rules.number_text import UNITS
from courses.views.access_helpers import load_class, my_enrolment
from courses.views.exam_words import kind_word, list_start_page_words, player_words
from courses.workflows.exam import Op, collect_attempt, save_answers, start_attempt, submit_attempt
from people.queries import person_of

MAX_BODY = 200_000
MAX_BATCH = 200
SITTINGS = "/classes/sittings/"


def load_own_attempt(request: HttpRequest, attempt_id: UUID) -> Attempt:
    """Return the candidate's own sitting, collected if its time is over. Anybody else's is treated
    as if it didn't exist.
    """
    rows = Attempt.objects.select_related(
        "exam",
        "enrolment__person",
        "enrolment__training_class__course",
        "enrolment__training_class__rule",
    )
    attempt = get_object_or_404(rows, public_id=attempt_id)
    person = person_of(request.user)
    if person is None or attempt.enrolment.person_id != person.pk:
        raise NotFound
    if attempt.state == AttemptState.RUNNING and collect_attempt(attempt_id=attempt.pk):
        return rows.get(pk=attempt.pk)
    return attempt


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_exam_start(request: HttpRequest, class_id: UUID, exam_id: UUID) -> HttpResponse:
    """Say what is coming, and start the exam on a tap."""
    training_class = load_class(class_id)
    enrolment = my_enrolment(request, training_class)
    exam = get_object_or_404(Exam, public_id=exam_id, training_class=training_class)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            attempt = start_attempt(actor=request.user, exam=exam, enrolment=enrolment)
            return redirect("courses:sitting", attempt.public_id)
        except DomainError as error:
            refusal = error
    line = ExamLine(
        exam,
        tuple(
            Attempt.objects.filter(exam=exam, enrolment=enrolment)
            .defer("paper", "key")
            .order_by("number")
        ),
        clock.now(),
    )
    hours = assess_enrolment(enrolment).hours if exam.hours_needed else None
    lacking = hours is not None and hours < exam.hours_needed
    context = {
        "training_class": training_class,
        "exam": exam,
        "line": line,
        "refusal": refusal,
        "pass_mark": training_class.rule.pass_marks.get(exam.part),
        "out_of": exam.points_each * exam.question_count,
        "enrolment": enrolment,
        "hours": hours,
        "lacking": describe_hours_lacking(have=hours, needed=exam.hours_needed)
        if hours is not None and lacking
        else "",
        "data": {
            "worker": reverse("courses:sitting_worker"),
            "scope": SITTINGS,
            "words": list_start_page_words(),
        },
    }
    return render(
        request, "courses/exam_door.html", context, status=refusal.status if refusal else 200
    )


@never_cache
@login_required
@ensure_csrf_cookie
@require_safe
def show_sitting(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Show the player. A paper that was handed in or collected leads to its result, also by the
    back button.
    """
    attempt = load_own_attempt(request, attempt_id)
    if attempt.state != AttemptState.RUNNING:
        return redirect("courses:result", attempt_id)
    answers = reads.counting_answers(attempt)
    questions = [
        {
            "place": place,
            **item,
            "chosen": (answers[place].value or []) if place in answers else [],
            "number_text": answers[place].raw
            if place in answers and item["kind"] == "number"
            else "",
            "options": [
                {**option, "letter": "ABCDEFGHIJ"[n % 10]}
                for n, option in enumerate(item["options"])
            ],
            "kind_label": kind_word(item["kind"]),
        }
        for place, item in enumerate(attempt.paper, start=1)
    ]
    now = clock.now()
    data = {
        "attempt": str(attempt.public_id),
        "owner": f"{attempt.public_id}/{request.user.pk}",
        "answersUrl": reverse("courses:answers", args=[attempt_id]),
        "submitUrl": reverse("courses:submit", args=[attempt_id]),
        "resultUrl": reverse("courses:result", args=[attempt_id]),
        "worker": reverse("courses:sitting_worker"),
        "scope": SITTINGS,
        "count": len(questions),
        "graceMs": attempt.exam.grace_minutes * 60_000,
        "units": UNITS,
        "words": player_words(),
        **_clock(attempt, now),
        "counts": _counts_json(answers),
    }
    return render(
        request,
        "courses/exam.html",
        {
            "attempt": attempt,
            "exam": attempt.exam,
            "questions": questions,
            "data": data,
            "person": attempt.enrolment.person,
        },
    )


@require_GET
def sitting_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker of the player from the folder of the sittings, because a worker
    controls only the folder it comes from.
    """
    return serve_page_keeper(prefix="craftpath-exam-", scope=SITTINGS)


def _clock(attempt: Attempt, now: datetime) -> dict[str, Any]:
    """Return the server's time and what it means for the sitting. `left` is the ms to the end, by
    the only clock that counts.
    """
    return {
        "now": reads.count_milliseconds(now),
        "endsAt": reads.count_milliseconds(attempt.ends_at),
        "left": max(0, reads.count_milliseconds(attempt.ends_at) - reads.count_milliseconds(now)),
        "state": attempt.state,
        "received": attempt.received,
    }


def _counts_json(counts: Mapping[int, reads.ReceivedAnswer]) -> dict[str, dict[str, Any]]:
    """Return place → the answer that counts, with where it came from and when."""
    return {
        str(place): {
            "value": answer.value,
            "raw": answer.raw,
            "problem": answer.problem,
            "number": answer.given.number,
            "device": answer.given.device,
            "page": answer.given.page,
            "at": reads.count_milliseconds(answer.given.moment),
        }
        for place, answer in counts.items()
    }


@login_required
@require_POST
def take_answers(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Accept changes of answers as JSON `{"seen", "ops": [{"id", "seq", "place", "value", "at",
    "device", "page", "seen"}]}`.

    Safe to send again. Answers {"now", "endsAt", "left", "state", "received", "saved": {id: word},
    "counts": {place: what counts}}. Without changes it returns the state of the sitting. Errors are
    {"code", "message"} with a matching status.
    """
    try:
        ops, bad, seen = _read_ops(request)
        received = save_answers(actor=request.user, attempt_id=attempt_id, ops=ops, seen=seen)
    except DomainError as error:
        if isinstance(error, InvalidInput):
            load_own_attempt(
                request, attempt_id
            )  # to anybody else the sitting doesn't exist, whatever they send
        return JsonResponse({"code": error.code, "message": str(error)}, status=error.status)
    attempt = received.attempt
    if received.is_over and collect_attempt(attempt_id=attempt.pk):
        attempt.refresh_from_db(fields=["state", "receipt"])
    return JsonResponse(
        {
            **_clock(attempt, received.now),
            "saved": dict.fromkeys(bad, "unreadable")
            | {str(item.op_id): item.word for item in received.saved},
            "counts": _counts_json(received.counts),
            **({"receipt": attempt.receipt} if attempt.receipt else {}),
        }
    )


def _read_ops(request: HttpRequest) -> tuple[list[Op], list[str], int]:
    """Return the changes sent, the ids (else the places in the list) of those that can't be read,
    and the last number the page knows.
    """
    sentence_ = _("The answers couldn't be read. Reload the page. Your choices are kept.")
    if len(request.body) > MAX_BODY:
        raise InvalidInput("too_large", sentence_)
    try:
        body: Any = json.loads(request.body)
        rows, seen = body["ops"], body.get("seen", 0)
        if not isinstance(rows, list) or len(rows) > MAX_BATCH:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInput("bad_ops", sentence_) from error
    ops, bad = [], []
    for index, row in enumerate(rows):
        try:
            ops.append(_read_op(row))
        except (ValueError, KeyError, TypeError, OverflowError, AttributeError):
            name = row.get("id") if isinstance(row, dict) else None
            bad.append(name if isinstance(name, str) else f"#{index}")
    return ops, bad, seen if isinstance(seen, int) and seen >= 0 else 0


def _read_op(row: Mapping[str, Any]) -> Op:
    if not can_be_stored(row):
        raise ValueError
    return Op(
        op_id=UUID(row["id"]),
        seq=_whole(row["seq"]),
        place=_whole(row["place"]),
        value=row["value"],
        written_at=_moment(row.get("at")),
        device=str(row.get("device") or ""),
        page=str(row.get("page") or ""),
        seen=_whole(row.get("seen") or 0),
    )


def _whole(number: Any) -> int:
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError
    return number


def _moment(milliseconds: Any) -> datetime:
    """Return the time a device says, or the present where it says none, or one in another year."""
    now = clock.now()
    try:
        said = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=float(milliseconds))
    except (TypeError, ValueError, OverflowError):
        return now
    return said if abs(said - now) < timedelta(days=366) else now


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit_paper(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Hand the paper in. Doing it twice changes nothing. Opened without sending, the page leads
    back to the paper.

    The player asks in JSON with {"shown": digest of what is on its screen} and is told what counts
    if that is something else.
    """
    attempt = load_own_attempt(request, attempt_id)
    if request.method != "POST":
        return redirect(
            "courses:sitting" if attempt.state == AttemptState.RUNNING else "courses:result",
            attempt_id,
        )
    wants_json = request.content_type == "application/json"
    first = attempt.state == AttemptState.RUNNING
    try:
        attempt = submit_attempt(
            actor=request.user, attempt=attempt, shown=_read_shown(request) if wants_json else ""
        )
    except AnswersDiffer as error:
        counts = _counts_json(reads.counting_answers(attempt))
        return JsonResponse(
            {
                "code": error.code,
                "message": str(error),
                "received": attempt.received,
                "counts": counts,
            },
            status=error.status,
        )
    if first:
        messages.success(request, _said_at_the_end(attempt))
    if wants_json:
        return JsonResponse({**_clock(attempt, clock.now()), "receipt": attempt.receipt})
    return redirect("courses:result", attempt_id)


def _said_at_the_end(attempt: Attempt) -> str:
    words = _("Submitted. Your receipt begins with %(receipt)s.")
    if attempt.state != AttemptState.SUBMITTED:
        words = _(
            "Time ran out, so the server collected the paper. Your receipt begins with %(receipt)s."
        )
    return words % {"receipt": attempt.receipt[:8]}


def _read_shown(request: HttpRequest) -> str:
    try:
        return str(json.loads(request.body)["shown"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidInput(
            "bad_request", _("The submission couldn't be read. Reload the page and submit again.")
        ) from error


@never_cache
@login_required
@require_safe
def hand_out_receipt(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Send the answers as received, as the very text whose SHA-256 is the receipt."""
    attempt = load_own_attempt(request, attempt_id)
    if not attempt.receipt:
        raise NotFound
    response = HttpResponse(
        write_canonical_json(reads.receipt_record(attempt)), content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="answers-{attempt.receipt[:12]}.json"'
    return response


@never_cache
@login_required
@require_safe
def show_exam_result(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Show the mark and what was received. What is right is shown once the exam has closed for
    everybody, if its rule allows.
    """
    attempt = load_own_attempt(request, attempt_id)
    if attempt.state == AttemptState.RUNNING:
        return redirect("courses:sitting", attempt_id)
    exam, enrolment = attempt.exam, attempt.enrolment
    training_class = enrolment.training_class
    pass_mark = training_class.rule.as_rule().pass_marks.get(exam.part)
    is_final = attempt.settled_at is not None
    passed = (
        is_final
        and pass_mark is not None
        and attempt.mark is not None
        and attempt.mark >= pass_mark
    )
    sittings = Attempt.objects.filter(exam=exam, enrolment=enrolment).count()
    closed = reads.has_closed_for_all(exam, clock.now())
    shows_right = closed and exam.shows_answers
    context = {
        "attempt": attempt,
        "exam": exam,
        "training_class": training_class,
        "enrolment": enrolment,
        "passed": passed,
        "is_final": is_final,
        "late_until": attempt.ends_at + timedelta(minutes=exam.grace_minutes),
        "decisions": attempt.late_decisions.all(),
        "pass_mark": pass_mark,
        "shows_right": shows_right,
        "closed": closed,
        "sittings_left": max(0, exam.attempts_allowed - sittings)
        if exam.closes_at > clock.now()
        else 0,
        "review": review_lines(attempt, reads.counting_answers(attempt)),
        "missing": [describe_missing_part(item) for item in assess_enrolment(enrolment).missing],
        "is_complete": enrolment.state in ("passed", "certified"),
    }
    return render(request, "courses/result.html", context)


def review_lines(
    attempt: Attempt, answers: Mapping[int, reads.ReceivedAnswer]
) -> Sequence[dict[str, Any]]:
    """Return a line for each question, with what was received, how it is marked, and what is
    right.
    """
    lines = []
    for place, (shown, data) in enumerate(zip(attempt.paper, attempt.key, strict=True), start=1):
        key = reads.key_from_json(data)
        answer = answers.get(place)
        is_number = shown["kind"] == "number"
        right = (
            [f"{key.number.normalize():f} {shown['unit']}".strip()]
            if is_number and key.number is not None
            else []
        )
        lines.append(
            {
                "place": place,
                "text": shown["text"],
                "answer": answer,
                "chosen": words_of_answer(shown, answer),
                "marked": grading.mark_answer(key, (answer.value or []) if answer else []),
                "points": key.points,
                "right": right if is_number else words_of_options(shown, data["correct"]),
                "explanation": data["explanation"],
            }
        )
    return lines


def words_of_answer(shown: Mapping[str, Any], answer: reads.ReceivedAnswer | None) -> list[str]:
    """Return an answer as people read it. This is the texts of the options, or the number as read,
    after what was written if that differs.
    """
    if answer is None or not answer.value:
        return []
    if shown["kind"] != "number":
        return words_of_options(shown, answer.value)
    read = f"{answer.value[0]} {shown['unit']}".strip()
    written = answer.raw.strip()
    if written in {"", answer.value[0], read, read.replace(" ", "")}:
        return [read]
    return [_("“%(written)s”, read as %(read)s") % {"written": written, "read": read}]


def words_of_options(shown: Mapping[str, Any], ids: Sequence[str]) -> list[str]:
    """Return the texts of options."""
    texts = {option["id"]: option["text"] for option in shown["options"]}
    return [texts.get(pk, pk) for pk in ids]
