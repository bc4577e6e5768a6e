"""Award certificates whose result was corrected.

They are replaced by the right one here, or revoked by two people on their own page.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from access.checks import require_anywhere
from certification import grants
from certification.queries.awards import list_outdated_awards
from certification.workflows import award
from core.errors import DomainError, NotFound
from org.models import OrgUnit


@login_required
@never_cache
@require_safe
def list_corrected_awards(request: HttpRequest) -> HttpResponse:
    """List the certificates that rest on a former version of results, and what to do about each."""
    require_anywhere(request.user, grants.ISSUE, OrgUnit)
    return render(
        request,
        "certification/office/corrected_awards.html",
        {"rows": list_outdated_awards(request.user)[:200]},
    )


@login_required
@require_POST
def replace_corrected_award(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Issue the certificate of the corrected result in place of an old one."""
    row = next(
        (
            one
            for one in list_outdated_awards(request.user)
            if one.certificate.public_id == public_id
        ),
        None,
    )
    if row is None:
        raise NotFound
    try:
        new = award.replace_corrected_certificate(actor=request.user, certificate=row.certificate)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("The new certificate is %(number)s, and the old one points to it.")
            % {"number": new.number},
        )
    return redirect("certification:corrected_awards")
