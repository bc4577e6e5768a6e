"""Pages of a person's own batches, with their list, progress, pause, resume and retry. Other
people's batches answer 404.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import NotFound
from jobs import queries, workflows
from jobs.models import Job


def _own(request: HttpRequest, public_id: UUID) -> Job:
    jobs = (
        Job.objects.all() if request.user.is_superuser else queries.list_jobs_of_user(request.user)
    )
    job = jobs.filter(public_id=public_id).first()
    if job is None:
        raise NotFound
    return job


def _context(job: Job) -> dict[str, Any]:
    return {
        "job": job,
        "progress": queries.get_job_progress(job),
        "put_off": queries.find_put_off_items(job),
    }


@login_required
def job_list(request: HttpRequest) -> HttpResponse:
    """List the person's own batches, newest first."""
    page = Paginator(queries.list_jobs_of_user(request.user), 30).get_page(request.GET.get("page"))
    return render(request, "jobs/list.html", {"page": page})


@login_required
def job_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show progress and what needs a look."""
    job = _own(request, public_id)
    return render(
        request,
        "jobs/detail.html",
        {**_context(job), "failed": queries.list_failed_items(job)[:200]},
    )


@login_required
def job_progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the live part of the page. htmx asks for it every two seconds while the batch runs."""
    return render(request, "jobs/progress.html", _context(_own(request, public_id)))


@login_required
@require_POST
def job_pause(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Pause the batch."""
    workflows.pause_job(actor=request.user, job=_own(request, public_id))
    messages.success(request, _("Paused. Items already being processed will be completed."))
    return redirect("jobs:detail", public_id)


@login_required
@require_POST
def job_resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Resume the batch."""
    workflows.resume_job(actor=request.user, job=_own(request, public_id))
    messages.success(request, _("Resumed."))
    return redirect("jobs:detail", public_id)


@login_required
@require_POST
def job_retry(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Queue the failed items again."""
    count = workflows.retry_failed_items(actor=request.user, job=_own(request, public_id))
    messages.success(request, _("%(count)s items will be tried again.") % {"count": count})
    return redirect("jobs:detail", public_id)
