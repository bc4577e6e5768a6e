"""Helpers of the rights screens, which find objects or answer 404 and export workbooks."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

import audit
from access import handles, registry
from access.checks import missing_right_error
from access.grants import VIEW_ROLES
from access.queries import codenames_of
from access.queries.accounts import visible_accounts
from core import clock
from core.actors import Actor
from core.errors import NotFound
from core.sheets import XLSX, write_workbook


def may_propose(user: Actor) -> bool:
    """Say whether *user* may propose and agree to roles somewhere (one query)."""
    return bool(user.is_superuser or {registry.GRANT, registry.APPOINT} & codenames_of(user))


def roles_desk_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in only people who see roles somewhere.

    Others read which role they would need.
    """

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_superuser and VIEW_ROLES not in codenames_of(request.user):
            raise missing_right_error(VIEW_ROLES)
        return view(request, *args, **kwargs)

    return login_required(inside)


def account_or_404(viewer: Actor, handle: UUID) -> Any:
    """Return the account behind *handle*, with its person, if *viewer* may look at it.

    Raises `NotFound` otherwise.
    """
    number = handles.account_of(handle)
    account = visible_accounts(viewer).filter(pk=number).first() if number is not None else None
    if account is None:
        raise NotFound
    return account


def export_role_rows(
    request: HttpRequest,
    kind: str,
    headings: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    name: str,
) -> HttpResponse:
    """Return *rows* as an xlsx file, or for kind `csv` as a csv file that spreadsheet programs
    open correctly.

    The export is recorded in the audit log. The last line of the file says who exported it and
    when.
    """
    listed = [[str(cell) for cell in row] for row in rows]
    titles = [str(heading) for heading in headings]
    listed.append([f"{request.user} · {clock.local_now():%Y-%m-%d %H:%M}"])
    audit.record(
        "access.roles_exported",
        actor=request.user,
        target=request.user,
        after={"rows": len(listed) - 1, "sheet": name, "kind": kind},
    )
    if kind == "csv":
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        # A cell that begins like a formula is made text: Excel would run it.
        writer.writerows(
            [
                [
                    f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
                    for cell in row
                ]
                for row in (titles, *listed)
            ]
        )
        return HttpResponse(
            "\ufeff" + out.getvalue(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
        )
    data = write_workbook(titles, listed, widths=[20] * len(titles))
    return HttpResponse(
        data,
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )
