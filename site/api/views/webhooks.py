"""Let people list, add, change, test and remove the webhooks of their employers and unions, rotate
the secret, and read the log. Others' webhooks answer 404.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from access.checks import missing_right_error
from api import queries, webhooks
from api.forms import ChangeWebhookForm, WebhookForm
from api.grants import KEEP_WEBHOOKS
from api.models import WebhookEndpoint
from core.errors import DomainError, InvalidInput, NotFound
from notify.transports.parcel import say_reason
from people.login.recent import ask_again, is_recent

EDIT = ["GET", "HEAD", "POST"]


def _held(request: HttpRequest, public_id: UUID) -> WebhookEndpoint:
    endpoint = queries.webhook_of(request.user, public_id)
    if endpoint is None:
        raise NotFound
    return endpoint


def _complain(form: WebhookForm, error: DomainError) -> None:
    fields = error.fields if isinstance(error, InvalidInput) else {}
    for field, sentence in fields.items():
        form.add_error(field, str(sentence))
    if not fields:
        form.add_error(None, str(error.message))


@login_required
@never_cache
@require_http_methods(EDIT)
def webhook_list(request: HttpRequest) -> HttpResponse:
    """List the webhooks of one's employers and unions, and add one after a fresh proof of
    identity.
    """
    scopes = queries.scopes_of(request.user, KEEP_WEBHOOKS)
    if not scopes:
        raise missing_right_error(KEEP_WEBHOOKS)
    form = WebhookForm(
        request.POST if request.method == "POST" else None,
        scopes=[(key, str(one)) for key, one in scopes.items()],
    )
    if request.method == "POST" and form.is_valid():
        if not is_recent(request):
            return ask_again(request)
        given = form.cleaned_data
        try:
            made = webhooks.add_webhook(
                actor=request.user,
                scope=scopes[given["scope"]],
                name=given["name"],
                url=given["url"],
                kinds=given["kinds"],
            )
        except DomainError as error:
            _complain(form, error)
        else:
            messages.success(
                request,
                _(
                    "The webhook has been added. Store the secret where your program can "
                    "read it, then send a test."
                ),
            )
            return redirect("api:webhook", made.public_id)
    context = {
        "rows": queries.webhooks_of(request.user),
        "form": form,
        "proven": is_recent(request),
    }
    return render(request, "api/webhooks.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(EDIT)
def webhook_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one webhook with its log, and change it. The secret is shown to people who have just
    proved their identity.
    """
    endpoint = _held(request, public_id)
    form = ChangeWebhookForm(request.POST if request.method == "POST" else None, endpoint=endpoint)
    if request.method == "POST" and form.is_valid():
        if not is_recent(request):
            return ask_again(request)
        given = form.cleaned_data
        try:
            webhooks.change_webhook(
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
            messages.success(request, _("The changes have been saved."))
            return redirect("api:webhook", public_id)
    page = Paginator(queries.deliveries_of(endpoint), 20).get_page(request.GET.get("page"))
    rows = [(row, say_reason(row.reason)) for row in page]
    context = {
        "endpoint": endpoint,
        "form": form,
        "page": page,
        "rows": rows,
        "proven": is_recent(request),
    }
    return render(request, "api/webhook.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def webhook_test(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Queue a test."""
    webhooks.send_test(actor=request.user, endpoint=_held(request, public_id))
    messages.success(
        request, _("A test has been sent. Reload this page in a moment to see the result.")
    )
    return redirect("api:webhook", public_id)


@login_required
@never_cache
@require_http_methods(EDIT)
def webhook_secret(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make a new secret, after a question and a fresh proof of identity. The proof leads back here
    with a GET.
    """
    endpoint = _held(request, public_id)
    if not is_recent(request):
        return ask_again(request)
    if request.method == "POST":
        webhooks.rotate_secret(actor=request.user, endpoint=endpoint)
        messages.success(
            request, _("The secret has been replaced. For 24 hours we also sign with the old one.")
        )
        return redirect("api:webhook", public_id)
    return render(request, "api/webhook_secret.html", {"endpoint": endpoint})


@login_required
@never_cache
@require_http_methods(EDIT)
def webhook_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Remove a webhook, after a question."""
    endpoint = _held(request, public_id)
    if request.method == "POST":
        webhooks.remove_webhook(actor=request.user, endpoint=endpoint)
        messages.success(
            request, _("The webhook has been removed. Nothing more is sent to this address.")
        )
        return redirect("api:webhooks")
    return render(request, "api/webhook_remove.html", {"endpoint": endpoint})


@login_required
@require_POST
def webhook_resend(request: HttpRequest, public_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send one delivery again."""
    delivery = (
        queries.deliveries_of(_held(request, public_id)).filter(public_id=delivery_id).first()
    )
    if delivery is None:
        raise NotFound
    if webhooks.send_again(actor=request.user, delivery=delivery):
        messages.success(
            request,
            _(
                "The event was sent again with its original number, so your program can "
                "recognise it."
            ),
        )
    else:
        messages.info(request, _("The event is already being sent."))
    return redirect("api:webhook", public_id)
