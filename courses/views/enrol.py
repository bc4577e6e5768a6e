"""Let workers choose a class, enrol, give the place back, and accept a freed one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.errors import DomainError
from courses.enums import EnrolmentState
from courses.forms import CourseReasonForm
from courses.queries import catalogue
from courses.queries import enrolment as reads
from courses.views.access_helpers import course_url, load_class, my_enrolment, require_worker
from courses.workflows import enrolment as workflows
from org.queries import current_employer, current_union


@require_safe
def lead_to_enrolment(request: HttpRequest) -> HttpResponse:
    """Lead from the choice on the course page to the confirmation. The choice stays in the
    address, through signing in and back.
    """
    try:
        chosen = UUID(request.GET.get("class", ""))
    except ValueError:
        messages.error(request, _("Choose a class first."))
        back = request.GET.get("back", "")
        return redirect(back if back.startswith("/training/") else "/training/")
    return redirect("courses:enrol", chosen)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_enrolment(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """Show what will be frozen and enrol."""
    training_class = load_class(class_id)
    who = require_worker(request)
    held = reads.find_enrolment(training_class, who)
    if held and held.state != EnrolmentState.WITHDRAWN and request.method != "POST":
        return redirect("courses:class", class_id)
    refusal: DomainError | None = None
    try:
        if request.method == "POST":
            enrolment = workflows.enrol_person(
                actor=request.user, training_class=training_class, person=who
            )
            if enrolment.state == EnrolmentState.APPLIED:
                messages.info(
                    request,
                    _(
                        "Your application has been submitted. The class head reviews it, "
                        "and we will notify you of the decision."
                    ),
                )
            elif enrolment.state == EnrolmentState.WAITLISTED:
                messages.info(
                    request,
                    _(
                        "The class is full. You are on the waiting list, and free places "
                        "are offered in order."
                    ),
                )
            elif held is None or held.state == EnrolmentState.WITHDRAWN:
                messages.success(
                    request, _("You have a place in %(name)s.") % {"name": training_class.name}
                )
            return redirect("courses:class", class_id)
        workflows.check_may_enrol(training_class=training_class, person=who, now=clock.now())
    except DomainError as error:
        refusal = error
    training_class.refresh_from_db()
    today = clock.today()
    context = {
        "training_class": training_class,
        "course": training_class.course,
        "person": who,
        "employer": current_employer(who, on=today),
        "union": current_union(who, on=today),
        "choice": next(
            (
                item
                for item in catalogue.list_class_choices(training_class.course, None)
                if item.training_class.pk == training_class.pk
            ),
            None,
        ),
        "refusal": refusal,
        "back_url": course_url(training_class),
        "sessions": training_class.sessions.filter(state="planned"),
    }
    return render(request, "courses/enrol.html", context, status=refusal.status if refusal else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give_place_back(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """Give the place back, after saying what that means."""
    training_class = load_class(class_id)
    enrolment = reads.find_enrolment(training_class, require_worker(request))
    if enrolment is None or enrolment.state == EnrolmentState.WITHDRAWN:
        messages.info(
            request, _("You aren't enrolled in %(name)s.") % {"name": training_class.name}
        )
        return redirect(course_url(training_class))
    if request.method == "POST":
        try:
            workflows.withdraw_enrolment(actor=request.user, enrolment=enrolment)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("courses:class", class_id)
        messages.success(
            request, _("You have given up your place in %(name)s.") % {"name": training_class.name}
        )
        return redirect(course_url(training_class))
    return render(
        request, "courses/withdraw.html", {"training_class": training_class, "enrolment": enrolment}
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave_class(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """Leave a class that has begun, after saying what that means."""
    training_class = load_class(class_id)
    enrolment = my_enrolment(request, training_class)
    form = CourseReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            workflows.drop_trainee(
                actor=request.user, enrolment=enrolment, reason=form.cleaned_data["reason"]
            )
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("courses:class", class_id)
        messages.success(request, _("You have left %(name)s.") % {"name": training_class.name})
        return redirect(course_url(training_class))
    context = {"training_class": training_class, "form": form}
    return render(request, "courses/leave.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_http_methods(["POST"])
def accept_freed_seat(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """Take the freed seat."""
    training_class = load_class(class_id)
    enrolment = my_enrolment(request, training_class)
    try:
        workflows.accept_offer(actor=request.user, enrolment=enrolment)
        messages.success(
            request, _("You have a place in %(name)s.") % {"name": training_class.name}
        )
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("courses:class", class_id)
