"""The exam: door, player, answers, handing in, result."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError, InvalidInput, NotFound
from courses.enums import AttemptState
from courses.models import Attempt, Exam
from courses.queries import exam as reads
from courses.queries.completion import sentence, standing
from courses.queries.learning import ExamLine
from courses.rules import grading
from courses.views.doors import load_class, my_enrolment
from courses.workflows.exam import Op, save_answers, start_attempt, submit_attempt
from people.queries import person_of

MAX_BODY = 200_000
MAX_BATCH = 200


def _attempt(request: HttpRequest, attempt_id: UUID) -> Attempt:
    """Return the candidate's own sitting; anybody else's is as good as none."""
    attempt = get_object_or_404(
        Attempt.objects.select_related("exam", "enrolment__person", "enrolment__training_class__course", "enrolment__training_class__rule"),
        public_id=attempt_id,
    )
    person = person_of(request.user)
    if person is None or attempt.enrolment.person_id != person.pk:
        raise NotFound
    return attempt


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, class_id: UUID, exam_id: UUID) -> HttpResponse:
    """Say what is coming, and start on a tap."""
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
        exam, tuple(Attempt.objects.filter(exam=exam, enrolment=enrolment).defer("paper", "key").order_by("number")), timezone.now()
    )
    pass_mark = training_class.rule.pass_marks.get(exam.part)
    context = {
        "training_class": training_class,
        "exam": exam,
        "line": line,
        "refusal": refusal,
        "pass_mark": pass_mark,
        "out_of": exam.points_each * exam.question_count,
        "enrolment": enrolment,
    }
    return render(request, "courses/exam_door.html", context, status=refusal.status if refusal else 200)


@never_cache
@login_required
@require_safe
def sitting(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Show the player; a paper handed in leads to its result, also by the back button."""
    attempt = _attempt(request, attempt_id)
    if attempt.state != AttemptState.RUNNING:
        return redirect("courses:result", attempt_id)
    answers = reads.answers(attempt)
    questions = [
        {
            "place": place,
            **item,
            "answer": answers.get(place, []),
            "number_text": (answers.get(place) or [""])[0] if item["kind"] == "number" else "",
            "options": [{**option, "letter": "ABCDEFGHIJ"[n % 10]} for n, option in enumerate(item["options"])],
            "kind_label": _KIND_WORDS[item["kind"]],
        }
        for place, item in enumerate(attempt.paper, start=1)
    ]
    data = {
        "attempt": str(attempt.public_id),
        "answersUrl": reverse("courses:answers", args=[attempt_id]),
        "submitUrl": reverse("courses:submit", args=[attempt_id]),
        "resultUrl": reverse("courses:result", args=[attempt_id]),
        "signInUrl": reverse("people:sign_in"),
        "count": len(questions),
        "answers": {str(place): value for place, value in answers.items()},
        "seq": reads.last_seq(attempt),
        "now": timezone.now().timestamp() * 1000,
        "endsAt": attempt.ends_at.timestamp() * 1000,
        "graceMs": attempt.exam.grace_minutes * 60_000,
        "words": _player_words(),
    }
    return render(
        request,
        "courses/exam.html",
        {"attempt": attempt, "exam": attempt.exam, "questions": questions, "data": data, "person": attempt.enrolment.person},
    )


class _Kinds(dict[str, str]):
    """Words for the kinds of questions, translated when asked."""

    def __missing__(self, key: str) -> str:
        return {
            "single": _("single choice"),
            "multiple": _("multiple choice: choose all that apply"),
            "true_false": _("right or wrong"),
            "number": _("fill in a number"),
        }[key]


_KIND_WORDS = _Kinds()


def _player_words() -> dict[str, str]:
    """Return the sentences the player says by itself."""
    return {
        "savedHere": _("{time} kept on this phone. You can change it until you hand in."),
        "savedThere": _("{time} saved. You can change it until you hand in."),
        "offlineCount": _("{count} answers are kept on this phone and will be sent by themselves when the network is back."),
        "offlineNone": _("Everything you answered so far has been saved. Go on: new answers are kept on this phone."),
        "reconnecting": _("trying again"),
        "signedOut": _("You have been signed out. Your answers are kept on this phone: sign in in a new tab, then come back here."),
        "timeUp": _("Time is up. Your answers are being handed in."),
        "timeUpOffline": _("Time is up. Your answers are kept on this phone; connect before {time} and they will be handed in."),
        "needNetwork": _("Handing in needs the network: some answers are still on this phone."),
        "unanswered": _("{count} questions have no answer."),
        "allAnswered": _("All questions are answered."),
        "flagged": _("{count} are marked for a second look."),
        "unreadable": _("One answer could not be read: please choose again at question {place}."),
        "tooLate": _("One change came after the time was up and doesn't count."),
        "leave": _("Some answers are not sent yet."),
        "mark": _("Flag"),
        "marked": _("Flagged"),
    }


@login_required
@require_POST
def answers(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Take in changes of answers as JSON: {"ops": [{"id", "seq", "place", "value", "at"}]}; safe to send again.

    Answers {"now", "state", "saved": {id: word}}; errors as {"code", "message"} with a matching status.
    """
    attempt = _attempt(request, attempt_id)
    try:
        saved = save_answers(actor=request.user, attempt=attempt, ops=_read_ops(request))
    except DomainError as error:
        return JsonResponse({"code": error.code, "message": str(error), "now": timezone.now().timestamp() * 1000}, status=error.status)
    return JsonResponse(
        {
            "now": timezone.now().timestamp() * 1000,
            "endsAt": attempt.ends_at.timestamp() * 1000,
            "saved": {str(item.op_id): item.word for item in saved},
        }
    )


def _read_ops(request: HttpRequest) -> list[Op]:
    sentence_ = _("The answers couldn't be read. Reload the page; what you chose is kept.")
    if len(request.body) > MAX_BODY:
        raise InvalidInput("too_large", sentence_)
    try:
        body: Any = json.loads(request.body)
        rows = body["ops"]
        if not isinstance(rows, list) or len(rows) > MAX_BATCH:
            raise ValueError
        return [_read_op(row) for row in rows]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidInput("bad_ops", sentence_) from error


def _read_op(row: dict[str, Any]) -> Op:
    seq, place = row["seq"], row["place"]
    if isinstance(seq, bool) or isinstance(place, bool) or not isinstance(seq, int) or not isinstance(place, int):
        raise TypeError
    written = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=float(row["at"]))
    return Op(op_id=UUID(row["id"]), seq=seq, place=place, value=row["value"], written_at=written)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Hand the paper in. Twice is as good as once; opened without sending, it leads back to the paper."""
    attempt = _attempt(request, attempt_id)
    if request.method == "POST":
        first = attempt.state == AttemptState.RUNNING
        attempt = submit_attempt(actor=request.user, attempt=attempt)
        if first:
            messages.success(request, _("Handed in. Your receipt is %(receipt)s.") % {"receipt": attempt.receipt})
    return redirect("courses:sitting" if attempt.state == AttemptState.RUNNING else "courses:result", attempt_id)


@never_cache
@login_required
@require_safe
def result(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Show the mark with its reasons. Answers are explained once no further sitting could profit."""
    attempt = _attempt(request, attempt_id)
    if attempt.state == AttemptState.RUNNING:
        return redirect("courses:sitting", attempt_id)
    exam, enrolment = attempt.exam, attempt.enrolment
    training_class = enrolment.training_class
    pass_mark = training_class.rule.as_rule().pass_marks.get(exam.part)
    passed = pass_mark is not None and attempt.mark is not None and attempt.mark >= pass_mark
    sittings = Attempt.objects.filter(exam=exam, enrolment=enrolment).count()
    is_last = sittings >= exam.attempts_allowed or timezone.now() >= exam.closes_at
    given = reads.answers(attempt)
    review = []
    for place, (shown, data) in enumerate(zip(attempt.paper, attempt.key, strict=True), start=1):
        key = reads.key_from_json(data)
        chosen = given.get(place, [])
        texts = {option["id"]: option["text"] for option in shown["options"]}
        review.append(
            {
                "place": place,
                "text": shown["text"],
                "marked": grading.mark(key, chosen),
                "points": key.points,
                "chosen": [texts.get(pk, pk) for pk in chosen]
                if shown["kind"] != "number"
                else [f"{value} {shown['unit']}" for value in chosen],
                "right": [texts[pk] for pk in data["correct"]] if shown["kind"] != "number" else [f"{data['number']} {shown['unit']}"],
                "explanation": data["explanation"],
            }
        )
    context = {
        "attempt": attempt,
        "exam": exam,
        "training_class": training_class,
        "enrolment": enrolment,
        "passed": passed,
        "pass_mark": pass_mark,
        "may_review": passed or is_last,
        "sittings_left": max(0, exam.attempts_allowed - sittings),
        "review": review,
        "missing": [sentence(item) for item in standing(enrolment).missing],
        "is_complete": enrolment.state in ("passed", "certified"),
    }
    return render(request, "courses/result.html", context)
