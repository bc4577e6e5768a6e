"""Show pages that belong to no domain, which are errors, the refused form, the licence and the
style guide.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, Forbidden
from core.forms import CleanCharField


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400, because what the browser sent can't be read."""
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403 and say which role is needed where that is known."""
    forbidden = exception if isinstance(exception, Forbidden) else None
    context = {
        "message": forbidden.message if forbidden else "",
        "roles_needed": forbidden.roles_needed if forbidden else (),
    }
    return render(request, "403.html", context, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404 with a search box. The address is not repeated because it may hold a person's
    number.
    """
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with the request number. No database, session or user is asked, because any of
    them may be what broke.
    """
    return HttpResponse(
        render_to_string("500.html", {"request_number": getattr(request, "number", "")}), status=500
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form without a valid token. Usually a page was left open too long, or
    cookies are switched off.

    A script that asks for JSON gets the code `csrf`, and `static/js/request.js` then renews the
    session with its token.
    """
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"code": "csrf"}, status=403)
    return render(request, "errors/csrf.html", status=403)


def show_licence(request: HttpRequest) -> HttpResponse:
    """Say under which licences this program and its parts may be used."""
    return render(request, "core/licence.html")


# ---- style guide (only where settings.STYLEGUIDE) ----


class StyleguideForm(forms.Form):
    """One field of each kind, for the style guide."""

    name = CleanCharField(
        label=_("Full name"), max_length=50, help_text=_("As on the identity card.")
    )
    mobile = CleanCharField(label=_("Mobile"), required=False)
    level = forms.ChoiceField(
        label=_("Level"),
        choices=[("3", _("Level 3, senior worker")), ("2", _("Level 2, technician"))],
    )
    shift = forms.ChoiceField(
        label=_("Class"),
        choices=[("w", _("Weekend class")), ("e", _("Evening class"))],
        widget=forms.RadioSelect,
    )
    topics = forms.MultipleChoiceField(
        label=_("Topics"),
        choices=[("t", _("Theory")), ("p", _("Practice"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    file = forms.FileField(label=_("Roster"), help_text=_("xlsx, up to 5,000 rows and 20 MB."))
    remark = CleanCharField(label=_("Remark"), widget=forms.Textarea, required=False)
    agreed = forms.BooleanField(label=_("I have read the rules of the class"))


def show_styleguide(request: HttpRequest) -> HttpResponse:
    """Show each component in each state."""
    empty = StyleguideForm()
    wrong = StyleguideForm({"name": "", "level": "9", "mobile": "138"}, auto_id="id_wrong_%s")
    context: dict[str, Any] = {
        "empty_form": empty,
        "wrong_form": wrong,
        "parts_rows": [
            ("ok", 4100, _("Issued")),
            ("info", 8, _("In progress")),
            ("", 890, _("Waiting")),
            ("bad", 2, _("Problem")),
        ],
        "hours_rows": [
            ("info", 20, _("Theory")),
            ("brass", 28, _("Practice")),
            ("", 12, _("Online")),
        ],
        "page_obj": Paginator(range(300), 20).get_page(request.GET.get("page", 4)),
        "step_labels": [
            _("Upload the file"),
            _("Match columns"),
            _("Check the dry run"),
            _("Import"),
        ],
    }
    if request.GET.get("messages"):
        messages.success(request, _("Saved."))
        messages.warning(request, _("Please check three rows."))
        messages.error(request, _("The file couldn't be read."))
        messages.info(request, _("The class starts in two days."))
    return render(request, "core/styleguide.html", context)


SCREENS = ("confirm", "400", "403", "404", "429", "500", "503", "csrf", "domain", "office")


def styleguide_screen(request: HttpRequest, screen: str) -> HttpResponse:
    """Show a whole screen that is hard to reach otherwise, such as the error pages, the
    confirmation or a working page.
    """
    if screen not in SCREENS:
        return HttpResponseNotFound()
    match screen:
        case "400":
            return bad_request(request)
        case "403":
            return permission_denied(
                request, Forbidden(roles_needed=[str(_("Union officer")), str(_("Reviewer"))])
            )
        case "404":
            return page_not_found(request, Http404())
        case "500":
            return server_error(request)
        case "csrf":
            return csrf_failure(request)
        case "domain":
            sentence = _(
                "This class is full. You can join the waiting list, or choose another class."
            )
            return render(
                request,
                "errors/domain.html",
                {"error": DomainError("sample", sentence), "message": sentence, "code": "sample"},
                status=409,
            )
        case "429" | "503":
            return render(
                request,
                f"errors/{screen}.html",
                {"request_number": "SAMPLE2345", "retry_after": 60},
                status=int(screen),
            )
        case _:
            return render(request, f"core/styleguide_{screen}.html")
