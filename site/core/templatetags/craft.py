"""Define the template tags of the project, built in everywhere, for fields, status tags, meters,
dates and places.

They draw what `site/templates/components/` describes and know no domain. Widths are SVG attributes,
because the content security policy allows no style attributes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    RadioSelect,
    Select,
    Textarea,
)
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from core.clock import today

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.forms import BaseForm

register = template.Library()

# The word decides, the tone only helps: what the usual states of the house look like.
_BY_TONE = {
    "ok": "active valid ok passed completed done succeeded signed published present confirmed issued admitted attending eligible "
    "certified approved locked final qualified",
    "warn": (
        "waiting waitlisted pending pending_review paused suspended expired offered returned "
        "late review frozen filed"
    ),
    "bad": "revoked failed rejected refused cancelled absent disqualified dropped",
    "info": (
        "open enrolled enrolling running in_progress judging scoring started superseded assessing"
    ),
    "honour": "honour awarded winner",
}
TONES: Mapping[str, str] = {
    state: name for name, states in _BY_TONE.items() for state in states.split()
}


# ---- fields ----


@dataclass(frozen=True, slots=True)
class DrawnField:
    """A bound field made ready for `components/field.html`."""

    field: BoundField
    control: SafeString
    grouped: bool
    single_check: bool
    upload: bool
    described: str  # the ids of what explains it: help, what is wrong


def _draw(bound: BoundField, **attrs: Any) -> DrawnField:
    widget = bound.field.widget
    grouped = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    single_check = isinstance(widget, CheckboxInput)
    upload = isinstance(widget, FileInput)
    described = [
        name
        for name, shown in (
            (f"{bound.auto_id}_help", bound.help_text),
            (f"{bound.auto_id}_error", bound.errors),
        )
        if shown
    ]
    extra: dict[str, Any] = {key.replace("_", "-"): value for key, value in attrs.items()}
    if not grouped and not upload:
        css = (
            "form-check-input"
            if single_check
            else "form-select"
            if isinstance(widget, Select)
            else "form-control"
        )
        extra["class"] = " ".join(
            part for part in (widget.attrs.get("class", ""), css, extra.pop("class", "")) if part
        )
    if isinstance(widget, Textarea):
        extra.setdefault(
            "rows", widget.attrs.get("rows") if str(widget.attrs.get("rows")) != "10" else 5
        )
    if described:
        extra["aria-describedby"] = " ".join(described)
    control = mark_safe(str(bound.as_widget(attrs=extra)))
    return DrawnField(bound, control, grouped, single_check, upload, " ".join(described))


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, **attrs: Any) -> dict[str, Any]:
    """Draw one form field with label, help, errors and control. Further arguments become
    attributes (`_` → `-`).
    """
    wide = attrs.pop("wide", False)
    return {"drawn": _draw(bound, **attrs), "field": bound, "wide": wide}


@register.inclusion_tag("components/form.html")
def form_fields(form: BaseForm) -> dict[str, Any]:
    """Draw the error summary and every visible field of *form*. The page itself has the `<form>`
    and the button.
    """
    return {"form": form, "drawn": [_draw(bound) for bound in form.visible_fields()]}


@register.inclusion_tag("components/errors.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """Draw the box above a form that lists what to mend, each line a link to its field."""
    rows: list[dict[str, Any]] = []
    for name, errors in form.errors.items():
        bound = form[name] if name in form.fields else None
        target = (bound.id_for_label or f"{bound.auto_id}_group") if bound else ""
        rows.extend(
            {"id": target, "label": bound.label if bound else "", "text": text} for text in errors
        )
    return {
        "rows": rows,
        "heading": ngettext("One correction needed", "%(count)s corrections needed", len(rows))
        % {"count": len(rows)},
    }


# ---- words with a tone ----


@register.simple_tag
def status_tag(label: Any, tone: str = "") -> SafeString:
    """Draw a status word. *tone* is ok, warn, bad, info, honour or empty. The word must be clear
    without the colour.
    """
    return format_html('<span class="tag{}">{}</span>', f" {tone}" if tone else "", label)


@register.simple_tag
def state_tag(obj: Any, field: str = "state", tone: str | None = None) -> SafeString:
    """Draw the state of *obj* in its own words. The tone comes from `obj.<field>_tone`, else from
    the usual table.
    """
    value = str(getattr(obj, field))
    label = getattr(obj, f"get_{field}_display")()
    chosen = tone if tone is not None else getattr(obj, f"{field}_tone", TONES.get(value, ""))
    return status_tag(label, chosen)


@register.filter
def tone(value: Any) -> str:
    """Return the usual tone of a state's key."""
    return TONES.get(str(value), "")


# ---- meters ----


def compute_share(value: Any, whole: Any) -> float:
    """Return *value* of *whole* as a percentage between 0 and 100, or 0 for an empty whole."""
    try:
        part = float(value) / float(whole) * 100
    except (TypeError, ValueError, ZeroDivisionError):
        return 0.0
    return round(min(max(part, 0.0), 100.0), 2)


@register.inclusion_tag("components/meter.html")
def meter(
    value: Any, whole: Any, label: str = "", tone: str = "", big: bool = False
) -> dict[str, Any]:
    """Draw a bar that is *value* of *whole* full. Without *label* it is hidden from screen readers
    (say it in words beside it).
    """
    return {
        "percent": f"{compute_share(value, whole):g}",
        "value": value,
        "whole": whole,
        "label": label,
        "tone": tone,
        "big": big,
    }


@register.inclusion_tag("components/parts.html")
def parts(
    rows: Iterable[Any], label: str = "", big: bool = False, key: bool = True
) -> dict[str, Any]:
    """Draw the parts of a whole as one bar and, unless *key* is false, the same words under it in
    the same order.

    *rows*: `(tone, number, word)` triples, tone being ok, warn, bad, info, brass or empty. Parts
    too small to see are drawn 0.6 % wide.
    """
    triples = [(str(tone), int(number or 0), word) for tone, number, word in rows]
    shown = [row for row in triples if row[1] > 0]
    widths = [
        max(compute_share(number, sum(row[1] for row in shown)), 0.6)
        for _tone, number, _word in shown
    ]
    scale = 100 / sum(widths) if widths else 0
    bars, left = [], 0.0
    for (tone_, _number, _word), width in zip(shown, widths, strict=True):
        bars.append(
            {"tone": tone_, "x": f"{left:.2f}", "width": f"{max(width * scale - 0.15, 0.2):.2f}"}
        )
        left += width * scale
    spoken = label or gettext(", ").join(f"{word} {number}" for _tone, number, word in triples)
    return {
        "bars": bars,
        "rows": [{"tone": t, "number": n, "word": w} for t, n, w in triples],
        "label": spoken,
        "big": big,
        "key": key,
    }


# ---- the way through ----


@register.inclusion_tag("components/steps.html")
def steps(current: int, *labels: Any) -> dict[str, Any]:
    """Draw the steps of a task. *current* counts from 1, and a number past the end means all is
    done.
    """
    rows = [
        {"number": n, "label": label, "done": n < current, "now": n == current}
        for n, label in enumerate(labels, 1)
    ]
    return {"rows": rows}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(
    context: Mapping[str, Any], page: Page[Any], parameter: str = "page"
) -> dict[str, Any]:
    """Draw the page numbers of a Django `Page`, keeping the other parts of the address."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    links = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if isinstance(number, int):
            query[parameter] = str(number)
            links.append(
                {"number": number, "href": f"?{query.urlencode()}", "now": number == page.number}
            )
        else:
            links.append({"number": number, "href": "", "now": False})
    return {"page": page, "links": links}


@register.simple_tag(takes_context=True)
def current(context: Mapping[str, Any], href: str, exact: bool = False) -> SafeString:
    """Write ` aria-current="page"` if the request is at *href* or (unless *exact*) below it."""
    request = context.get("request")
    path = getattr(request, "path", "")
    here = path == href or (not exact and href != "/" and path.startswith(href))
    return mark_safe(' aria-current="page"') if here else mark_safe("")


@register.simple_tag(takes_context=True)
def way_back(context: Mapping[str, Any]) -> str:
    """Return the path the visitor came from if it is one of ours and not this one, else an empty
    string.
    """
    request = context.get("request")
    if request is None:
        return ""
    came, own = urlsplit(request.headers.get("Referer", "")), request.get_full_path()
    path = f"{came.path}?{came.query}" if came.query else came.path
    return (
        path if came.netloc == request.get_host() and path.startswith("/") and path != own else ""
    )


@register.simple_tag
def html_lang() -> str:
    """Return the page's language as HTML writes it (`zh-Hans`, `en`)."""
    language = get_language() or "zh-hans"
    head, _dash, tail = language.partition("-")
    return f"{head}-{tail.title()}" if tail else head


# ---- dates and times, Beijing time, as people write them ----


def _local(value: date | datetime) -> date | datetime:
    return (
        timezone.localtime(value)
        if isinstance(value, datetime) and timezone.is_aware(value)
        else value
    )


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


@register.filter
def day(value: date | datetime | None) -> str:
    """Return `9 月 26 日` or `26 September`, with the year if it isn't the present one."""
    if not value:
        return ""
    local = _local(value)
    return long_day(value) if local.year != today().year else _month_day(local)


def _month_day(local: date | datetime) -> str:
    return (
        f"{local.month} 月 {local.day} 日"
        if _chinese()
        else f"{local.day} {_MONTHS[local.month - 1]}"
    )


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@register.filter
def long_day(value: date | datetime | None) -> str:
    """Return `2026 年 9 月 26 日` or `26 September 2026`."""
    if not value:
        return ""
    local = _local(value)
    return (
        f"{local.year} 年 {_month_day(local)}"
        if _chinese()
        else f"{_month_day(local)} {local.year}"
    )


@register.filter
def clock(value: datetime | None) -> str:
    """Return `08:30`."""
    return _local(value).strftime("%H:%M") if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Return day and time, such as `11 月 22 日 09:41`."""
    return f"{day(value)} {clock(value)}" if value else ""


@register.filter
def exact_moment(value: datetime | None) -> str:
    """Return `2026-11-22 11:58:03`, for records."""
    return _local(value).strftime("%Y-%m-%d %H:%M:%S") if value else ""


@register.filter
def until(start: date | datetime | None, end: date | datetime | None) -> str:
    """Return a period, such as `12 月 5 日 – 20 日` or `11 月 20 日 – 12 月 1 日`. One day stays one day."""
    if not start or not end:
        return day(start or end)
    first, last = _local(start), _local(end)
    if (first.year, first.month, first.day) == (last.year, last.month, last.day):
        return day(start)
    if (first.year, first.month) == (last.year, last.month) and _chinese():
        return f"{day(start)} – {last.day} 日"
    return f"{day(start)} – {day(end)}"


@register.filter
def filesize(value: int | None) -> str:
    """Return a file's size in the unit a person would say (kB and MB of 1024)."""
    size = float(value or 0)
    for unit in ("B", "kB", "MB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"
