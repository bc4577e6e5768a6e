"""Show the exam of a class to its staff, with who sat it, what waits for a decision, and the
decision itself.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from access.checks import is_allowed, require
from core import clock
from core.errors import DomainError
from courses.errors import describe_bank_shortage
from courses.forms import LateAnswersForm
from courses.grants import RECORD_MARK, VIEW_ROSTER
from courses.models import Attempt, Exam
from courses.queries import exam as reads
from courses.views.access_helpers import load_class
from courses.views.exam import words_of_answer
from courses.workflows.exam import decide_late_answers


@never_cache
@login_required
@require_safe
def list_sittings(request: HttpRequest, class_id: UUID, exam_id: UUID) -> HttpResponse:
    """List the sittings of an exam, those with something to decide first."""
    training_class = load_class(class_id)
    require(request.user, VIEW_ROSTER, training_class)
    exam = get_object_or_404(Exam, public_id=exam_id, training_class=training_class)
    exam.training_class = training_class
    rows = list(reads.sittings_of(exam))
    context = {
        "training_class": training_class,
        "exam": exam,
        "rows": rows,
        "waiting": sum(1 for row in rows if row.late_waiting),
        "may_decide": is_allowed(request.user, RECORD_MARK, training_class),
        "closed": reads.has_closed_for_all(exam, clock.now()),
        "shortages": [
            describe_bank_shortage(topic=short.topic, wanted=short.wanted, there=short.there)
            for short in reads.find_bank_shortages(exam)
        ],
        "pass_mark": training_class.rule.pass_marks.get(exam.part),
    }
    return render(request, "courses/exam_sittings.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_late_answers(request: HttpRequest, class_id: UUID, attempt_id: UUID) -> HttpResponse:
    """Show the late answers of one sitting beside what counts, what accepting them would do, and
    take the decision.
    """
    training_class = load_class(class_id)
    require(request.user, RECORD_MARK, training_class)
    attempt = get_object_or_404(
        Attempt.objects.select_related("exam", "enrolment__person"),
        public_id=attempt_id,
        exam__training_class=training_class,
    )
    form = LateAnswersForm(
        request.POST if request.method == "POST" else None, initial={"up_to": attempt.received}
    )
    refusal: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            decision = decide_late_answers(
                actor=request.user,
                attempt=attempt,
                accepted=form.cleaned_data["accepted"],
                reason=form.cleaned_data["reason"],
                up_to=form.cleaned_data["up_to"],
            )
            messages.success(request, _said(decision.accepted, decision.mark_after))
            return redirect("courses:exam_sittings", class_id, attempt.exam.public_id)
        except DomainError as error:
            refusal = error
    status = refusal.status if refusal else 422 if form.is_bound else 200
    context = {
        "training_class": training_class,
        "exam": attempt.exam,
        "attempt": attempt,
        "form": form,
        "refusal": refusal,
        "lines": _late_lines(attempt),
        "mark_with_late": reads.total_of(attempt, reads.answers_with_late(attempt)).mark,
        "decisions": attempt.late_decisions.select_related("decided_by"),
        "is_own": attempt.enrolment.person.user_id == request.user.pk,
        "pass_mark": training_class.rule.pass_marks.get(attempt.exam.part),
    }
    return render(request, "courses/exam_late.html", context, status=status)


def _said(accepted: bool, mark: Any) -> str:
    words = (
        _("The late answers count. The mark is now %(mark)s.")
        if accepted
        else _("The late answers don't count. The mark stays %(mark)s.")
    )
    return words % {"mark": f"{mark.normalize():f}"}


def _minutes_after_end(minutes: int) -> str:
    """Return in words how long after the end an answer came, in whole minutes."""
    if minutes < 1:
        return _("less than a minute after the end")
    return ngettext(
        "%(count)s minute after the end", "%(count)s minutes after the end", minutes
    ) % {"count": minutes}


def _late_lines(attempt: Attempt) -> list[dict[str, Any]]:
    """Return each question with a late answer that waits, with what counts now, what came late,
    and when by whose clock.
    """
    counting, accepted = reads.counting_answers(attempt), reads.answers_with_late(attempt)
    lines = []
    for answer in reads.late_answers_waiting(attempt):
        given = answer.given
        shown = attempt.paper[given.place - 1]
        minutes = int((given.received_at - attempt.ends_at).total_seconds() // 60)
        lines.append(
            {
                "place": given.place,
                "text": shown["text"],
                "now": words_of_answer(shown, counting.get(given.place)),
                "late": words_of_answer(shown, answer),
                "raw": answer.raw if answer.value is None else "",
                "received_at": given.received_at,
                "written_at": given.written_at,
                "after_end": given.written_at > attempt.ends_at,
                "minutes": _minutes_after_end(minutes),
                "would_count": accepted[given.place].given.number == given.number,
            }
        )
    return lines
