"""Show the lesson reader, with text, time that counts, and questions to check oneself. It works
without JavaScript, and with it nothing is reloaded.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError, InvalidInput
from core.templatetags.craft import clock
from courses.enums import ReadingState
from courses.models import Enrolment, Lesson, TrainingClass
from courses.queries.learning import live_page, quiz_keys
from courses.rules import grading
from courses.views.access_helpers import device_of, load_class, my_enrolment, remember_device
from courses.workflows import lesson as workflows

READING = "reading"  # what the digest of the browser's cookie is made for


@dataclass
class Answers:
    """What was sent for the questions of a lesson, which is the chosen options by question, and
    the outcome of those to be checked.
    """

    chosen: dict[str, list[str]] = field(default_factory=dict)
    marked: dict[str, grading.Marked] = field(default_factory=dict)

    @property
    def right(self) -> list[str]:
        """Questions answered right."""
        return [key for key, mark in self.marked.items() if mark.right]

    @property
    def wrong(self) -> set[str]:
        """Questions answered, but not right."""
        return {key for key, mark in self.marked.items() if mark.answered and not mark.right}


def _read_answers(request: HttpRequest, keys: dict[str, grading.Key]) -> Answers:
    """Read what was chosen. With a `check` in the form only that question is to be checked, and
    all choices are kept.
    """
    found = Answers()
    only = request.POST.get("check")
    for block_id, key in keys.items():
        try:
            found.chosen[block_id] = grading.normalise_answer(
                key.kind, request.POST.getlist(f"quiz-{block_id}"), key.options
            )
        except grading.BadAnswerError:
            found.chosen[block_id] = []
        if only in (None, block_id):
            found.marked[block_id] = grading.mark_answer(key, found.chosen[block_id])
    return found


def _page_number(value: Any) -> UUID:
    """Return the number a page was opened with, or a new one for an invalid number."""
    try:
        return UUID(str(value))
    except ValueError:
        return uuid4()


def _report_of_form(request: HttpRequest, device: str) -> workflows.ReadingReport:
    opens = request.method != "POST"
    return workflows.ReadingReport(
        page=_page_number("" if opens else request.POST.get("page")),
        device=device,
        opens=opens,
        by_script=request.POST.get("scripted") == "1",
        takes_over="take" in request.POST,
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_lesson(request: HttpRequest, class_id: UUID, number: int) -> HttpResponse:
    """Show a lesson, check answers and close it. What was chosen stays chosen when something is
    still missing.
    """
    training_class = load_class(class_id)
    enrolment = my_enrolment(request, training_class)
    found = get_object_or_404(
        Lesson.objects.select_related("page", "course"), course=training_class.course, number=number
    )
    keys = quiz_keys(found)
    device, fresh = device_of(request, READING)
    report = _report_of_form(request, device)
    act: dict[str, Any] = {"actor": request.user, "enrolment": enrolment, "lesson": found}
    answers, refusal = Answers(), None
    if request.method == "POST" and not report.takes_over:
        answers = _read_answers(request, keys)
        try:
            workflows.record_quiz(**act, right=answers.right)
            if "check" not in request.POST:
                workflows.complete_lesson(**act, quiz=keys, report=report)
                return _done(request, training_class, found)
        except DomainError as error:
            refusal = error
    reading = workflows.credit_reading_report(**act, report=report)
    context = {
        **_context(training_class, enrolment, found, reading, answers, device),
        "page_number": report.page,
        "refusal": refusal,
    }
    context["lead"] = _where_to_look(keys, context, refusal)
    if _wants_json(request):
        response: HttpResponse = JsonResponse(
            _as_json(request, context, answers), status=refusal.status if refusal else 200
        )
    else:
        response = render(
            request, "courses/lesson.html", context, status=refusal.status if refusal else 200
        )
    return remember_device(response, fresh, secure=request.is_secure())


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _done(request: HttpRequest, training_class: TrainingClass, lesson: Lesson) -> HttpResponse:
    messages.success(
        request,
        _("You have completed “%(title)s”. The hours are credited.") % {"title": lesson.title},
    )
    address = f"{reverse('courses:class', args=[training_class.public_id])}#lessons"
    return JsonResponse({"next": address}) if _wants_json(request) else redirect(address)


def _context(
    training_class: TrainingClass,
    enrolment: Enrolment,
    lesson: Lesson,
    reading: workflows.Reading,
    answers: Answers,
    device: str,
) -> dict[str, Any]:
    right = set(reading.progress.quiz_right)
    lessons = list(lesson.course.lessons.order_by("number"))
    return {
        "training_class": training_class,
        "enrolment": enrolment,
        "lesson": lesson,
        "page": live_page(lesson),
        "progress": reading.progress,
        "reading": _as_reading(reading, lesson, device),
        "rule": training_class.rule.as_reading_rule(),
        "texts": _texts(),
        "choices_owner": f"{enrolment.person_id}:{lesson.pk}",
        "quiz_right": right,
        "quiz_wrong": answers.wrong - right,
        "quiz_chosen": answers.chosen,
        "lessons": lessons,
        "next": next((item for item in lessons if item.number > lesson.number), None),
    }


def _where_to_look(
    keys: dict[str, grading.Key], context: dict[str, Any], refusal: DomainError | None
) -> str:
    """Return the question that keeps the lesson open. It is empty if the obstacle isn't a
    question.
    """
    if refusal is None or refusal.code != "quiz_open":
        return ""
    return next((block_id for block_id in keys if block_id not in context["quiz_right"]), "")


def _as_reading(reading: workflows.Reading, lesson: Lesson, device: str) -> dict[str, Any]:
    """Return what the page shows of the time, which is what the server has credited and whether it
    counts now.
    """
    left = max(0, lesson.min_seconds - reading.progress.seconds)
    return {
        "state": str(reading.state),
        "seconds": reading.progress.seconds,
        "left": left,
        "text": _say(reading, left, device),
    }


def _say(reading: workflows.Reading, left: int, device: str) -> str:
    """Return the sentence about the time."""
    if reading.state == ReadingState.COUNTING:
        return (
            _("Timing is running · %(n)s s left to read") % {"n": left}
            if left
            else _("You have read long enough")
        )
    other = reading.elsewhere
    if other is not None:
        facts = {
            "title": other.progress.lesson.title if other.progress else "",
            "since": clock(other.taken_at),
        }
        if other.device == device:
            return (
                _(
                    "Time is being counted in another tab of this browser: “%(title)s”, "
                    "since %(since)s. It isn't counted here."
                )
                % facts
            )
        return (
            _(
                "Time is being counted on another device: “%(title)s”, since %(since)s. It "
                "isn't counted here."
            )
            % facts
        )
    return _texts()[reading.state] % {"n": left}


def _texts() -> dict[str, str]:
    """Return the sentences that the script shows too. The script fills in the seconds."""
    return {
        "idle": _(
            "Timing stopped with %(n)s s left because there was no activity. Scroll or tap "
            "to continue."
        ),
        "paused": _("Timing stopped with %(n)s s left."),
        "offline": _(
            "No network. Timing stopped with %(n)s s left. You can continue reading, and "
            "timing resumes when the network is back."
        ),
        "signed_out": _("You are signed out. Timing stopped with %(n)s s left."),
        "unwell": _("The server has a problem. Timing stopped with %(n)s s left."),
        "done": _("You have completed this lesson"),
        "not_learning": _("You have no place in a class under way, so no time is counted."),
        "unpublished": _(
            "This lesson isn't published at the moment, so no time is counted. You keep the "
            "time already credited."
        ),
        "kept_device": _("Your choice is stored on this device, but not sent yet."),
        "kept_memory": _(
            "This browser can't store anything, so your choice is only in this page. Don't "
            "close the page until it is sent."
        ),
        "not_sent": _(
            "Not sent, because the server can't be reached. Your answers are still here. "
            "Try again in a moment."
        ),
    }


def _as_json(request: HttpRequest, context: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """Return what changed on the page, which is the questions that were checked as they look now,
    the time, and the refusal.
    """
    blocks = (
        {str(child.id): child.value for child in context["page"].body} if context["page"] else {}
    )
    shown = {
        block_id: render_to_string(
            "courses/parts/quiz.html",
            {**context, "quiz": blocks[block_id], "quiz_id": block_id},
            request,
        )
        for block_id in answers.marked
    }
    refusal = context["refusal"]
    return {
        "reading": context["reading"],
        "quiz": shown,
        "right": sorted(context["quiz_right"]),
        "refusal": str(refusal) if refusal else "",
        "code": refusal.code if refusal else "",
        "lead": context["lead"],
    }


@never_cache
@login_required
@require_POST
def take_report(request: HttpRequest, class_id: UUID, number: int) -> HttpResponse:
    """Accept a report of the reader's page (JSON, see `static/courses/reader.js`) and answer with
    the time credited.
    """
    training_class = load_class(class_id)
    enrolment = my_enrolment(request, training_class)
    found = get_object_or_404(
        Lesson.objects.select_related("page"), course=training_class.course, number=number
    )
    device, _fresh = device_of(request, READING)
    try:
        reading = workflows.credit_reading_report(
            actor=request.user,
            enrolment=enrolment,
            lesson=found,
            report=_read_report(request, device),
        )
    except DomainError as error:
        return JsonResponse({"code": error.code, "message": str(error)}, status=error.status)
    return JsonResponse(_as_reading(reading, found, device))


def _read_report(request: HttpRequest, device: str) -> workflows.ReadingReport:
    """Return the report of a script. Raises `InvalidInput` for anything else."""
    try:
        body = json.loads(request.body)
        page, untouched = UUID(str(body["page"])), int(body["untouched"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidInput(
            "unreadable",
            _("The data from this page couldn't be read. Reload the page. Nothing was lost."),
        ) from None
    flags = {name: body.get(name) is True for name in ("resumes", "pauses", "takes_over")}
    return workflows.ReadingReport(
        page=page, device=device, untouched_seconds=max(0, untouched), by_script=True, **flags
    )
