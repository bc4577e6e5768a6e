"""Show the judge's desk, with own sheets and blind numbers only. The sheet itself needs JavaScript
and says so where there is none.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from competitions import queries, workflows
from competitions.models import Sheet
from competitions.queries.judging import DeskModule, DeskSheet
from competitions.views._shared import for_tablet, read_json_object
from core import clock
from core.actors import Actor
from core.digests import digest_canonical_json
from core.errors import DomainError, InvalidInput
from core.static_modules import list_imported_modules

ENTRIES = ("competitions/sheet.js", "competitions/desk.js")
# The database on the device (IndexedDB); another shape of it gets another name.
DATABASE = "craftpath-marks"
LARGEST_PHOTO_BODY = 1536 * 1024  # bytes: a photo of 1 MB in base64, and the text
STYLES = ("competitions/judging.css", "css/theme.css", "vendor/bootstrap.min.css", "img/seal.svg")


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A number in the list at the side."""

    sheet: DeskSheet
    word: str
    tone: str
    now: bool


def _word(sheet: DeskSheet) -> tuple[str, str]:
    """Return the word and the tone for a sheet in a judge's list."""
    if sheet.signed_by_me or not sheet.open:
        return (_("signed") if sheet.signed_by_me else sheet.state_label), "ok"
    if sheet.disputed:
        return _("to be scored again"), "warn"
    if sheet.state == "reopened":
        return _("reopened"), "warn"
    return (_("not started"), "") if sheet.state == "blank" else (_("marking"), "info")


def _lines(module: DeskModule, now: UUID | None = None) -> list[NumberLine]:
    return [NumberLine(sheet, *_word(sheet), sheet.public_id == now) for sheet in module.sheets]


def _state(user: Actor, sheet: UUID) -> dict[str, Any]:
    """Return the sheet as the tablet wants it, with the time it was read (milliseconds)."""
    return {
        **queries.serialise_sheet(user, sheet),
        "served": int(clock.now().timestamp() * 1000),
    }


def _judge_key(request: HttpRequest) -> str:
    """Return the key by which a tablet keeps apart what several judges left on one device."""
    return str(request.user.pk)


def _kept_pages(modules: tuple[DeskModule, ...]) -> list[str]:
    """Return what the service worker keeps for times without network, which is the desk, every
    sheet still open, and the files they need.
    """
    sheets = [
        reverse("competitions:sheet", args=[s.public_id])
        for m in modules
        for s in m.sheets
        if s.open and not s.signed_by_me
    ]
    assets = [
        *(static(path) for path in (*ENTRIES, *STYLES)),
        *(f"{settings.STATIC_URL}{path}" for path in _imported_scripts()),
    ]
    return [*assets, reverse("competitions:desk"), *sheets]


def _imported_scripts() -> list[str]:
    """Return the scripts that the entry scripts import. A browser asks for those by names without
    a hash.
    """
    return sorted({path for entry in ENTRIES for path in list_imported_modules(entry)})


def _desk_place(request: HttpRequest, modules: tuple[DeskModule, ...]) -> dict[str, Any]:
    return {
        "judge": _judge_key(request),
        "database": DATABASE,
        "worker": reverse("competitions:worker"),
        "scope": reverse("competitions:desk"),
        "pages": _kept_pages(modules),
        "texts": {
            "waiting": _("%(count)s marks to send"),
            "remarks_waiting": _("%(count)s remarks to send"),
            "unkept": _("%(count)s marks to send, stored only in this page. Don't close it."),
            "offline": _("Offline · score sheets you opened before still work"),
            "signed_out": _("Signed out · %(count)s marks to send. Sign in again to send them."),
        },
    }


@login_required
@never_cache
@require_GET
def show_judge_desk(request: HttpRequest) -> HttpResponse:
    """Show everything this judge has to mark, and how far it has come."""
    found = queries.judge_desk(request.user)
    modules = [(module, _lines(module)) for module in found.modules]
    first = next(
        (
            (module.code, line)
            for module, lines in modules
            for line in lines
            if line.sheet.open and not line.sheet.signed_by_me
        ),
        ("", None),
    )
    context = {
        "desk": found,
        "modules": modules,
        "first_module": first[0],
        "first": first[1],
        "begins": found.done == 0 and first[1] is not None and first[1].sheet.state == "blank",
        "place": _desk_place(request, found.modules),
    }
    return render(request, "competitions/judging/desk.html", context)


@login_required
@never_cache
@ensure_csrf_cookie
@require_GET
def show_marking_sheet(request: HttpRequest, sheet: UUID) -> HttpResponse:
    """Show one blind number in one module, with the numbers of the module at the side."""
    state = _state(request.user, sheet)
    found = queries.judge_desk(request.user)
    module = next(
        (one for one in found.modules if any(row.public_id == sheet for row in one.sheets)), None
    )
    lines = _lines(module, sheet) if module else []
    following = _following(lines, sheet)
    place = {
        "urls": {
            "state": reverse("competitions:sheet_state", args=[sheet]),
            "save": reverse("competitions:sheet_save", args=[sheet]),
            "sign": reverse("competitions:sheet_sign", args=[sheet]),
            "remark": reverse("competitions:sheet_remark", args=[sheet]),
            "photo": reverse("competitions:remark_photo", args=[sheet, UUID(int=0)]).replace(
                str(UUID(int=0)), "{remark}"
            ),
            "withdraw": reverse("competitions:sheet_withdraw", args=[sheet]),
        },
    }
    context = {
        "state": state,
        "module": module,
        "lines": lines,
        "following": following,
        "place": place,
        # Sheets of this module are kept first: they come next.
        "desk_place": _desk_place(
            request, tuple(sorted(found.modules, key=lambda one: one is not module))
        ),
        "texts": _texts(),
    }
    return render(request, "competitions/judging/sheet.html", context)


def _following(lines: list[NumberLine], now: UUID) -> NumberLine | None:
    """Return the next number that still needs this judge, after the present one first."""
    place = next((index for index, line in enumerate(lines) if line.now), -1)
    rest = [*lines[place + 1 :], *lines[: max(place, 0)]]
    return next(
        (
            line
            for line in rest
            if line.sheet.open and not line.sheet.signed_by_me and line.sheet.public_id != now
        ),
        None,
    )


@require_GET
@for_tablet
def send_sheet_state(request: HttpRequest, sheet: UUID) -> dict[str, Any]:
    """Send the present state of a sheet."""
    return _state(request.user, sheet)


@require_POST
@for_tablet
def sheet_save(request: HttpRequest, sheet: UUID) -> dict[str, Any]:
    """Accept marks and answer what was done with each. The same operation sent again gets the same
    answer and is not done again.
    """
    try:
        operation, after, changes = _read_save(read_json_object(request))
    except InvalidInput:
        queries.sheet_of(request.user, sheet)  # strangers are told 404, whatever they send
        raise
    found = Sheet(public_id=sheet)  # the workflow reads it, and tells strangers that there is none
    return {
        "outcome": workflows.save_marks(
            actor=request.user, sheet=found, operation=operation, changes=changes, after=after
        ).as_json()
    }


def _read_save(body: dict[str, Any]) -> tuple[UUID, UUID | None, list[workflows.MarkInput]]:
    try:
        operation = UUID(str(body["operation"]))
        after = UUID(str(body["after"])) if body.get("after") else None
        changes = [
            workflows.MarkInput(
                str(row["aspect"])[:8],
                str(row["value"])[:12],
                _count(row["base_version"]),
                _count(row["round"]),
            )
            for row in body["changes"]
        ]
    except (KeyError, TypeError, ValueError):
        raise _unreadable() from None
    return operation, after, changes


def _unreadable() -> InvalidInput:
    return InvalidInput(
        "unreadable",
        _("The data from this tablet couldn't be read. Reload the score sheet. Nothing was lost."),
    )


def _count(value: Any) -> int:
    number = int(value)
    if not 0 <= number < 2**31:
        raise ValueError
    return number


@require_POST
@for_tablet
def sheet_sign(request: HttpRequest, sheet: UUID) -> dict[str, Any]:
    """Sign what was shown. Where the record differs, the answer holds both values of each mark."""
    found, _judge = queries.sheet_of(request.user, sheet)
    fingerprint, shown = _read_shown(read_json_object(request))
    workflows.sign_sheet(actor=request.user, sheet=found, fingerprint=fingerprint, shown=shown)
    return {"sheet": _state(request.user, sheet)}


def _read_shown(body: dict[str, Any]) -> tuple[str, workflows.ShownSheet | None]:
    """Return the digest and what the screen showed. The digest must be that of what is said to
    have been shown.
    """
    fingerprint, content = str(body.get("fingerprint", ""))[:64], body.get("content")
    if content is None:
        return fingerprint, None
    try:
        marks = {
            str(code)[:8]: str(awarded)[:12]
            if awarded is not None
            else {_count(seat): _count(score) for seat, score in scores}
            for code, awarded, scores in content["marks"]
        }
        last = UUID(str(body["last_operation"])) if body.get("last_operation") else None
        if digest_canonical_json(content) != fingerprint:
            raise _unreadable()
        return fingerprint, workflows.ShownSheet(marks, str(body["total"])[:12], last)
    except (KeyError, TypeError, ValueError):
        raise _unreadable() from None


@require_POST
@for_tablet
def sheet_remark(request: HttpRequest, sheet: UUID) -> dict[str, Any]:
    """Accept a remark on a line. The same operation sent again gets the same answer and is not
    done again.
    """
    found, judge = queries.sheet_of(request.user, sheet)
    body = read_json_object(request, most=LARGEST_PHOTO_BODY)
    try:
        operation, aspect, text = (
            UUID(str(body["operation"])),
            str(body["aspect"])[:8],
            str(body["text"]),
        )
        photo = b64decode(str(body.get("photo") or ""), validate=True)
    except (KeyError, ValueError):
        raise _unreadable() from None
    remark = workflows.add_remark(
        actor=request.user, sheet=found, operation=operation, aspect=aspect, text=text, photo=photo
    )
    shown = {"seat": judge.seat, "text": remark.text, "at": remark.at.isoformat(timespec="seconds")}
    return {"remark": {**shown, "photo": str(remark.operation) if remark.photo else ""}}


@login_required
@never_cache
@require_GET
def remark_photo(request: HttpRequest, sheet: UUID, remark: UUID) -> FileResponse:
    """Send the photo of a remark to people who may read the remark. It opens as a picture and
    nothing else.
    """
    found = queries.photo_of_remark(request.user, sheet, remark)
    response = FileResponse(
        found.photo.open("rb"), content_type="image/jpeg", filename=f"{found.operation}.jpg"
    )
    response["Content-Security-Policy"] = "sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@for_tablet
def sheet_withdraw(request: HttpRequest, sheet: UUID) -> dict[str, Any]:
    """Take one's own signature back while others are still missing."""
    found, _judge = queries.sheet_of(request.user, sheet)
    workflows.withdraw_signature(actor=request.user, sheet=found)
    return {"sheet": _state(request.user, sheet)}


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def stand_aside(request: HttpRequest, sheet: UUID) -> HttpResponse:
    """Say what follows when a judge recognises whose work it is, and note it once a reason is
    given.
    """
    found, _judge = queries.sheet_of(request.user, sheet)
    error, reason = "", request.POST.get("reason", "")
    if request.method == "POST":
        try:
            workflows.recuse_oneself(actor=request.user, sheet=found, reason=reason)
        except DomainError as refused:
            error = str(refused.message)
        else:
            messages.success(
                request,
                _(
                    "The recusal is recorded. Continue marking as usual, so that nobody "
                    "learns whose work it is."
                ),
            )
            return redirect("competitions:desk")
    context = {"sheet": found, "reason": reason, "error": error}
    return render(
        request, "competitions/judging/stand_aside.html", context, status=409 if error else 200
    )


@require_GET
def serve_judging_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker from `/judging/`, because a worker controls only the folder it
    comes from.
    """
    found = finders.find("competitions/worker.js")
    if isinstance(found, str):
        content = Path(found).read_bytes()
    else:  # collected: the finders may be switched off
        with staticfiles_storage.open("competitions/worker.js") as stream:
            content = stream.read()
    response = HttpResponse(content, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _texts() -> dict[str, str]:
    """Return the sentences the sheet's script shows."""
    return {
        "where": _("%(code)s %(name)s · full marks %(max)s"),
        "measurement": _("Measurement"),
        "judgement": _("Judgement"),
        "marks": _("%(max)s marks"),
        "all_or_nothing": _("full marks if met"),
        "steps": _("steps: %(steps)s"),
        "comma": pgettext("between codes", ", "),
        "met": _("Met"),
        "not_met": _("Not met"),
        "nothing": _("empty"),
        "clear": _("Clear"),
        "clear_aspect": _("Clear %(aspect)s"),
        "cleared": _("Cleared %(aspect)s. Choose “Undo” to restore it."),
        "less": _("%(aspect)s: one step down"),
        "more": _("%(aspect)s: one step up"),
        "not_a_step": _(
            "“%(value)s” isn't one of the defined marks: %(steps)s. The previous mark stays."
        ),
        "conflict": _(
            "You entered %(yours)s, but the judge at seat %(seat)s entered %(theirs)s at "
            "%(at)s. Both values are on record. Agree which one counts."
        ),
        "conflict_other": _(
            "You entered %(yours)s, but somebody else entered %(theirs)s in the meantime. "
            "Both values are on record. Agree which one counts."
        ),
        "round_closed": _(
            "All judges had already scored when your %(yours)s arrived, so it wasn't "
            "counted. The score is %(theirs)s. Both values are on record."
        ),
        "keep_theirs": _("Keep %(value)s"),
        "keep_mine": _("Change to %(value)s"),
        "understood": _("Understood"),
        "refused_value": _("Your %(yours)s was not accepted."),
        "spread": _("%(count)s judges differ by more than %(limit)s"),
        "spread_scores": _(
            " (%(scores)s). Compare with the benchmark, discuss it and score again. The "
            "first scores stay on record."
        ),
        "revealed": _("Scores: %(scores)s · %(mark)s marks"),
        "hidden": _("Scores are hidden until every judge has scored."),
        "undecided": _("%(count)s judgements are still missing scores"),
        "judge": _("seat %(seat)s %(name)s"),
        "waiting_for": _("Waiting for %(judges)s%(since)s."),
        "since": _(", since %(time)s"),
        "left": _("%(count)s aspects left: %(aspects)s"),
        "others_first": _("%(aspects)s: %(who)s"),
        "look_first": _("Check the aspects marked in red before you sign."),
        "look_here": _("An aspect here needs to be checked"),
        "differs": _(
            "You saw %(shown)s, but the record has %(recorded)s. The score sheet now shows "
            "the record. It hasn't been signed."
        ),
        "sync_first": _("You can sign once you are online and everything is sent."),
        "sync_first_count": _(
            "%(count)s marks on this score sheet haven't been sent yet. You can sign once "
            "they have arrived."
        ),
        "sign_unknown": _(
            "There was no answer from the server, so we don't know whether your signature "
            "arrived. This page shows it as soon as the server answers."
        ),
        "sign_signed_out": _(
            "You were signed out before your signature arrived. Sign in again, check the "
            "score sheet and sign."
        ),
        "signed": _("You have signed · %(signed)s of %(seats)s signatures"),
        "other_signed": _(
            "Another judge has signed, so the marks can't be changed. Check them and sign."
        ),
        "saved": _("Saved automatically at %(time)s"),
        "undone": _("Undone: %(aspect)s"),
        "minutes": _("%(minutes)s minutes used"),
        "all_saved": _("Online · everything saved"),
        "sending": _("Sending · %(count)s marks left"),
        "online": pgettext("marking sheet", "Online"),
        "remarks_waiting": _("%(count)s remarks to send"),
        "offline": _("Offline · you can continue, changes are stored on this device"),
        "offline_waiting": _("Offline · %(count)s marks to send, stored on this device"),
        "offline_writing": _("Offline · %(count)s marks to send, being stored on this device"),
        "signed_out": _("Signed out · %(count)s marks to send, stored on this device"),
        "signed_out_unkept": _(
            "Signed out · %(count)s marks to send, not yet stored on this device"
        ),
        "server_unwell": _(
            "The server isn't responding · %(count)s marks to send, stored on this device"
        ),
        "server_unwell_unkept": _(
            "The server isn't responding · %(count)s marks to send, not yet stored on this device"
        ),
        "no_store": _("This device can't store data, so stay online. Marks are sent immediately"),
        "no_store_online": _(
            "This device can't store data · sending %(count)s marks from this page, so "
            "don't close or reload it"
        ),
        "no_store_offline": _(
            "Offline, and this device can't store data · %(count)s marks are only in this "
            "page, so don't close or reload it"
        ),
        "no_store_idle_offline": _(
            "Offline, and this device can't store data: new marks are only kept in this page"
        ),
        "dont_reload": _("don't reload this page, because it can't be opened offline"),
        "no_worker": _(
            "This browser can't reopen the page without a network. Don't reload it while "
            "you are offline."
        ),
        "no_wake_lock": _(
            "This browser can't keep the screen on. Turn off the automatic screen lock."
        ),
        "remark": _("Remark"),
        "remark_on": _("Remark on %(aspect)s"),
        "remark_of": _("Seat %(seat)s, %(time)s:"),
        "remark_waits": _("You, not sent yet:"),
        "remark_save": _("Save the remark"),
        "remark_photo": _("Photo"),
        "remark_photo_add": _("Add a photo of the work"),
        "remark_photo_taken": _("The photo is submitted with this remark."),
        "remark_photo_drop": _("Remove the photo"),
        "remark_photo_bad": _(
            "This picture can't be read. Take the photo again, or save the remark without it."
        ),
        "remark_photo_text": _("Describe what the photo shows."),
        "remark_photo_about": _(
            "Photograph only the work, close up. Don't include people, names, badges or "
            "anything that shows whose workplace it is."
        ),
        "remark_about": _(
            "The judges of this score sheet and the chief judge can read it. It stays with "
            "the score sheet and doesn't affect any mark. Don't write names."
        ),
        "try_again": _("That didn't work. Try again."),
        "rail_signed": _("signed"),
        "rail_now": _("marking"),
    }
