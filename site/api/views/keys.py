"""Show one's keys for programs, to see, make (shown once) and revoke them, and the documentation."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from access.checks import missing_right_error
from api import queries, workflows
from api.delivery import sample_body
from api.forms import KeyForm
from api.grants import KEEP_KEYS
from api.responses import A_MINUTE
from api.schemas import MOST_ROWS
from core.errors import InvalidInput, NotFound
from notify.program_events import list_event_kinds
from people.login.recent import ask_again, is_recent


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def key_list(request: HttpRequest) -> HttpResponse:
    """List one's keys and make one, after a fresh proof of identity. The key is shown on the
    answer to this POST and nowhere else.
    """
    scopes = queries.scopes_of(request.user)
    if not scopes:
        raise missing_right_error(KEEP_KEYS)
    form = KeyForm(
        request.POST if request.method == "POST" else None,
        scopes=[(key, str(one)) for key, one in scopes.items()],
    )
    if request.method == "POST" and form.is_valid():
        if not is_recent(request):
            return ask_again(request)
        given = form.cleaned_data
        try:
            key, text = workflows.create_api_key(
                actor=request.user,
                scope=scopes[given["scope"]],
                name=given["name"],
                scopes=given["scopes"],
                ends_on=given["ends_on"],
            )
        except InvalidInput as error:
            for field, sentence in error.fields.items():
                form.add_error(field, str(sentence))
        else:
            return render(request, "api/key_made.html", {"key": key, "text": text})
    context = {
        "keys": queries.keys_of(request.user)[:100],
        "form": form,
        "proven": is_recent(request),
    }
    return render(
        request, "api/keys.html", context, status=422 if request.method == "POST" else 200
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_key_view(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for confirmation, then revoke the key."""
    key = queries.keys_of(request.user).filter(public_id=public_id).first()
    if key is None:
        raise NotFound
    if request.method == "POST":
        workflows.revoke_key(actor=request.user, key=key)
        messages.success(
            request, _("The key has been revoked. Programs that use it are rejected from now on.")
        )
        return redirect("api:keys")
    return render(request, "api/key_revoke.html", {"key": key})


@require_safe
def show_api_docs(request: HttpRequest) -> HttpResponse:
    """Show the documentation for people."""
    context = {
        "base": request.build_absolute_uri("/api/v1"),
        "a_minute": A_MINUTE,
        "most_rows": MOST_ROWS,
        "event_kinds": list_event_kinds(),
        "webhook_sample": sample_body(),
    }
    return render(request, "api/docs.html", context)
