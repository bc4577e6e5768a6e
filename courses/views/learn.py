"""Show the trainee's class page and handle check-in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from access.queries import permitted
from core import clock
from courses import limits
from courses.enums import LEARNING_STATES, TEACHING_STATES, EnrolmentState
from courses.errors import CheckInRefused
from courses.forms import CheckInForm
from courses.grants import VIEW_ROSTER
from courses.models import ClassSession, Enrolment, TrainingClass
from courses.queries import enrolment as reads
from courses.queries.completion import describe_missing_part
from courses.queries.learning import my_class
from courses.rules.check_in import STEP, is_good_token
from courses.scans import read_scan, sign_scan
from courses.views.access_helpers import (
    SCAN_COOKIE,
    course_url,
    device_of,
    keep_scan,
    load_class,
    my_enrolment,
    remember_device,
)
from courses.workflows.attendance import check_in_trainee as check_in_workflow
from people.queries import person_of


@never_cache
@login_required
@require_safe
def list_own_classes(request: HttpRequest) -> HttpResponse:
    """List the classes a person looks after and those they are in."""
    who = person_of(request.user)
    archive = request.GET.get("archive") == "1"
    visible = permitted(request.user, VIEW_ROSTER, TrainingClass.objects.all())
    kept = (
        (visible.filter(state="archived") if archive else visible.exclude(state="archived"))
        .select_related("course", "org")
        .order_by("-starts_on", "-pk")[:200]
    )
    return render(
        request,
        "courses/classes.html",
        {"kept": kept, "archive": archive, "mine": list(reads.of_person(who)) if who else []},
    )


@never_cache
@login_required
@require_safe
def show_own_class(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """Show the trainee's class page. Others are led to where they can do something."""
    training_class = load_class(class_id)
    who = person_of(request.user)
    enrolment = reads.find_class_member(training_class, who)
    if enrolment is None:
        if permitted(
            request.user, VIEW_ROSTER, TrainingClass.objects.filter(pk=training_class.pk)
        ).exists():
            return redirect("courses:roster", class_id)
        return redirect(course_url(training_class))
    enrolment.training_class = training_class
    mine = my_class(enrolment)
    has_begun = mine.begins_at is not None and clock.now() >= mine.begins_at
    context = {
        "training_class": training_class,
        "course": training_class.course,
        "enrolment": enrolment,
        "spot_check_person": who,
        "mine": mine,
        "missing": [describe_missing_part(item) for item in mine.standing.missing],
        "queue_place": reads.queue_place(enrolment)
        if enrolment.state == EnrolmentState.WAITLISTED
        else None,
        "can_withdraw": enrolment.state in ("applied", "waitlisted", "offered")
        or (enrolment.state == "admitted" and not has_begun),
        "can_leave": enrolment.state in LEARNING_STATES
        and has_begun
        and training_class.state in TEACHING_STATES,
        "is_decided": enrolment.state in ("passed", "certified", "failed", "absent"),
    }
    return render(request, "courses/class.html", context)


def _session(training_class: TrainingClass, request: HttpRequest) -> ClassSession | None:
    """Return the session meant, which is the one in the scanned address, else the one whose window
    is open, else the next.
    """
    sessions = [session for session in training_class.sessions.all() if session.state == "planned"]
    named = request.POST.get("session") or request.GET.get("s", "")
    for session in sessions:
        if str(session.public_id) == named:
            return session
    now = clock.now()
    is_open = (
        session
        for session in sessions
        if session.check_in_opens_at <= now <= session.check_in_closes_at
    )
    return next(is_open, None) or next(
        (session for session in sessions if session.ends_at > now),
        sessions[-1] if sessions else None,
    )


def _take_scan(
    request: HttpRequest, training_class: TrainingClass, session: ClassSession, token: str
) -> HttpResponse:
    """Answer a scan at once, before anybody signs in. In time, the phone gets its proof. In any
    case the code is removed from the address.
    """
    path = reverse("courses:check_in", args=[training_class.public_id])
    now = clock.now()
    if not is_good_token(session.secret, token, now):
        return redirect(f"{path}?s={session.public_id}&late=1")
    device, fresh = device_of(request, str(session.public_id))
    response = redirect(f"{path}?s={session.public_id}")
    keep_scan(
        response, sign_scan(session, device=device, now=now), path=path, secure=request.is_secure()
    )
    return remember_device(response, fresh, secure=request.is_secure())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_check_in(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """Accept a scan or the digits on the wall. A scan is proved before signing in, and one tap
    sends it.
    """
    training_class = load_class(class_id)
    session = _session(training_class, request)
    token = request.GET.get("c", "")[:64]
    if session is not None and token and request.method != "POST":
        return _take_scan(request, training_class, session, token)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    enrolment = my_enrolment(request, training_class)
    if session is None:
        messages.info(request, _("No session of this class needs check-in."))
        return redirect("courses:class", class_id)
    device, fresh = device_of(request, str(session.public_id))
    proof = request.COOKIES.get(SCAN_COOKIE, "")
    scan = read_scan(proof, session, device=device, now=clock.now())
    here = enrolment.attendances.filter(session=session).first()
    status, refusal = 200, None
    form = CheckInForm(request.POST if request.method == "POST" else None, scanned=scan is not None)
    if request.method == "POST" and form.is_valid():
        try:
            _check_in(
                request,
                enrolment,
                session,
                device=device,
                code=form.cleaned_data["code"],
                scan=proof if scan else "",
            )
            response = redirect(
                f"{reverse('courses:check_in', args=[class_id])}?s={session.public_id}"
            )
            keep_scan(
                response,
                "",
                path=reverse("courses:check_in", args=[class_id]),
                secure=request.is_secure(),
            )
            return remember_device(response, fresh, secure=request.is_secure())
        except CheckInRefused as error:
            refusal, status = error, error.status
    elif request.method == "POST":
        status = 422
    context = {
        "training_class": training_class,
        "session": session,
        "form": form,
        "here": here,
        "refusal": refusal,
        "enrolment": enrolment,
        "scan": scan if refusal is None else None,
        "is_late": request.GET.get("late") == "1"
        and scan is None
        and refusal is None
        and request.method != "POST",
        "step": STEP,
    }
    return remember_device(
        render(request, "courses/check_in.html", context, status=status),
        fresh,
        secure=request.is_secure(),
    )


def _check_in(
    request: HttpRequest,
    enrolment: Enrolment,
    session: ClassSession,
    *,
    device: str,
    code: str,
    scan: str,
) -> None:
    """Call the workflow and count wrong codes outside its transaction."""
    if not scan and limits.has_too_many_codes(enrolment.person_id, session.pk):
        raise CheckInRefused(
            "too_many_codes",
            _(
                "You entered too many wrong codes. Wait five minutes, or ask the class head "
                "to add your attendance."
            ),
        )
    try:
        check_in_workflow(
            actor=request.user,
            enrolment=enrolment,
            session=session,
            code=code,
            scan=scan,
            device=device,
        )
    except CheckInRefused as error:
        if error.code == "wrong_code":
            limits.count_wrong_code(enrolment.person_id, session.pk)
        raise
