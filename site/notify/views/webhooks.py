"""One's own webhooks, with their log. Others' answer 404."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError, InvalidInput, NotFound
from notify.forms import WebhookForm
from notify.models import WebhookEndpoint
from notify.queries.deliveries import log_of
from notify.workflows import webhooks as workflows

EDIT = ["GET", "HEAD", "POST"]


def _own(request: HttpRequest, public_id: UUID) -> WebhookEndpoint:
    endpoint = WebhookEndpoint.objects.filter(owner_id=request.user.pk, public_id=public_id).first()
    if endpoint is None:
        raise NotFound
    return endpoint


def _complain(form: WebhookForm, error: DomainError) -> None:
    fields = error.fields if isinstance(error, InvalidInput) else {}
    for field, sentence in fields.items():
        form.add_error(field, str(sentence))
    if not fields:
        form.add_error(None, str(error.message))


@require_http_methods(EDIT)
@login_required
def webhook_list(request: HttpRequest) -> HttpResponse:
    """List one's webhooks and add one."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = workflows.add(actor=request.user, name=given["name"], url=given["url"], kinds=given["kinds"])
        except DomainError as error:
            _complain(form, error)
        else:
            messages.success(request, _("Added. Keep the secret where your program reads it, then send a test."))
            return redirect("notify:webhook", made.public_id)
    rows = WebhookEndpoint.objects.filter(owner_id=request.user.pk).order_by("pk")
    return render(request, "notify/webhooks.html", {"rows": rows, "form": form}, status=422 if form.errors else 200)


@require_http_methods(EDIT)
@login_required
def webhook_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show and change one webhook."""
    endpoint = _own(request, public_id)
    form = WebhookForm(request.POST or None, instance=_own(request, public_id))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            workflows.change(
                actor=request.user,
                endpoint=endpoint,
                name=given["name"],
                url=given["url"],
                kinds=given["kinds"],
                active=given["active"],
            )
        except DomainError as error:
            _complain(form, error)
        else:
            messages.success(request, _("The changes are kept."))
            return redirect("notify:webhook", public_id)
    page = Paginator(log_of(endpoint), 20).get_page(request.GET.get("page"))
    context = {"endpoint": endpoint, "form": form, "page": page}
    return render(request, "notify/webhook.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def webhook_ping(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Queue a test."""
    workflows.ping(actor=request.user, endpoint=_own(request, public_id))
    messages.success(request, _("A test is on its way. Reload this page in a moment to see how it went."))
    return redirect("notify:webhook", public_id)


@require_http_methods(EDIT)
@login_required
def webhook_secret(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make a new secret, after a question."""
    endpoint = _own(request, public_id)
    if request.method == "POST":
        workflows.new_secret(actor=request.user, endpoint=endpoint)
        messages.success(request, _("There is a new secret. The old one is worth nothing any more."))
        return redirect("notify:webhook", public_id)
    return render(request, "notify/webhook_secret.html", {"endpoint": endpoint})


@require_http_methods(EDIT)
@login_required
def webhook_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Remove, after a question."""
    endpoint = _own(request, public_id)
    if request.method == "POST":
        workflows.remove(actor=request.user, endpoint=endpoint)
        messages.success(request, _("Removed. Nothing more goes to this address."))
        return redirect("notify:webhooks")
    return render(request, "notify/webhook_remove.html", {"endpoint": endpoint})


@require_POST
@login_required
def webhook_resend(request: HttpRequest, public_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send one delivery again."""
    delivery = log_of(_own(request, public_id)).filter(public_id=delivery_id).first()
    if delivery is None:
        raise NotFound
    if workflows.resend(actor=request.user, delivery=delivery):
        messages.success(request, _("It is sent again under its old number, so your program can tell that it had it before."))
    else:
        messages.info(request, _("It is on its way already."))
    return redirect("notify:webhook", public_id)
