"""Templates of certificates, with those in force, the next version with its preview, and samples."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from access.checks import require_anywhere
from certification import grants
from certification.enums import LAYOUT_OF, CertificateKind
from certification.forms.template import PICTURES, CertificateTemplateForm
from certification.models import CertificateTemplate
from certification.queries import template as queries
from certification.rendering.preview import render_png_preview
from certification.rules import sample
from certification.workflows.sample import render_sample_pdf
from certification.workflows.template import add_template_version
from core.errors import DomainError, NotFound
from core.uploads import limited_upload
from org.models import OrgUnit

PREVIEW = {"landscape": (1123, 794), "portrait": (794, 1123)}


@login_required
@never_cache
@require_safe
def list_certificate_templates(request: HttpRequest) -> HttpResponse:
    """List the template in force at the user's union for each kind of certificate."""
    org, unions = _union(request)
    context = {"org": org, "unions": unions, "rows": queries.list_templates_in_force(org)}
    return render(request, "certification/office/templates/overview.html", context)


@login_required
@never_cache
@limited_upload
@require_http_methods(["GET", "HEAD", "POST"])
def edit_certificate_template(request: HttpRequest, kind: str) -> HttpResponse:
    """Edit the next version of a template, with any number of previews before it is saved."""
    if kind not in CertificateKind.values:
        raise NotFound
    org, unions = _union(request)
    found = next(row for row in queries.list_templates_in_force(org) if row.kind == kind)
    own = found.template.version if found.template and not found.inherited else 0
    form = CertificateTemplateForm(
        request.POST or None,
        request.FILES or None,
        template=found.template,
        based_on=own,
        initial={"layout": LAYOUT_OF[kind]},
    )
    context: dict[str, Any] = {
        "org": org,
        "unions": unions,
        "kind": CertificateKind(kind),
        "found": found,
        "meanings": sample.MEANINGS,
    }
    status, act = 200, request.POST.get("act", "preview")
    if request.method == "POST":
        if form.is_valid():
            try:
                answer = _done(request, org, kind, form, act, context)
                if answer is not None:
                    return answer
            except DomainError as error:
                context["fault"], status = str(error), 422
        else:
            status = 422
        # What was sent stays: the pictures travel with the page.
        form.data = form.data.copy()
        form.data.update(form.kept())
    elif found.template is not None:
        context |= _preview(org, kind, found.template)
    context["form"] = form
    if request.headers.get("HX-Request"):
        return render(request, "certification/office/templates/preview.html", context)
    return render(request, "certification/office/templates/edit.html", context, status=status)


def _done(
    request: HttpRequest,
    org: OrgUnit,
    kind: str,
    form: CertificateTemplateForm,
    act: str,
    context: dict[str, Any],
) -> HttpResponse | None:
    fields = form.fields_of_version()
    draft = CertificateTemplate(org=org, kind=kind, version=0, **fields)
    if act == "pdf":
        return _pdf(render_sample_pdf(draft, org), kind)
    if act == "save":
        render_sample_pdf(draft, org)  # what can't be printed isn't saved
        made = add_template_version(
            actor=request.user, org=org, kind=kind, based_on=form.cleaned_data["based_on"], **fields
        )
        messages.success(
            request,
            _("Version %(version)s is in force. Certificates already printed keep theirs.")
            % {"version": made.version},
        )
        return redirect("certification:template", made.pk)
    context |= _preview(org, kind, draft)
    return None


@login_required
@never_cache
@require_safe
def show_certificate_template(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version with its sample and the versions before and after it."""
    row = _seen(request, pk)
    org = row.org or _union(request)[0]
    versions = queries.list_template_versions(row.org, row.kind) if row.org else []
    pictures = [(name, _uri(getattr(row, name))) for name in PICTURES if getattr(row, name)]
    context = {
        "template": row,
        "kind": CertificateKind(row.kind),
        "org": org,
        "versions": versions,
        "pictures": pictures,
    }
    return render(
        request,
        "certification/office/templates/detail.html",
        context | _preview(org, row.kind, row),
    )


@login_required
@never_cache
@require_safe
def download_template_sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the sample of one version as PDF."""
    row = _seen(request, pk)
    return _pdf(render_sample_pdf(row, row.org or _union(request)[0]), row.kind)


def _seen(request: HttpRequest, pk: int) -> CertificateTemplate:
    require_anywhere(request.user, grants.EDIT_TEMPLATE, OrgUnit)
    row = queries.find_visible_template(request.user, pk)
    if row is None:
        raise NotFound
    return row


def _union(request: HttpRequest) -> tuple[OrgUnit, list[OrgUnit]]:
    """Return the union asked for, or the user's topmost, and up to thirty that the user can choose
    from, topmost first.
    """
    require_anywhere(request.user, grants.EDIT_TEMPLATE, OrgUnit)
    mine = queries.list_template_unions(request.user)
    asked = request.GET.get("org", "")
    if asked:
        org = mine.filter(code=asked[:40]).first()
        if org is None:
            raise NotFound
    else:
        org = mine.first()
    if org is None:
        raise NotFound
    return org, list(mine[:30])


def _preview(org: OrgUnit, kind: str, draft: CertificateTemplate) -> dict[str, Any]:
    """Return the picture of the sample, or the sentence that says why there is none, as context."""
    try:
        picture = render_png_preview(
            render_sample_pdf(draft, org), width=PREVIEW[draft.orientation][0]
        )
    except DomainError as error:
        return {"fault": str(error)}
    width, height = PREVIEW[draft.orientation]
    return {
        "picture": _uri(picture),
        "width": width,
        "height": height,
        "alt": _("Sample: %(title)s") % {"title": draft.title},
    }


def _pdf(data: bytes, kind: str) -> HttpResponse:
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="sample-{kind}.pdf"'},
    )


def _uri(data: Any) -> str:
    return f"data:image/png;base64,{base64.b64encode(bytes(data)).decode()}" if data else ""
