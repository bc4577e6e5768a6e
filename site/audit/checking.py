"""The check of the audit log.

It compares every row with its digest, every link with the one before, and the head with what was
noted elsewhere. It reads in pieces, so memory stays flat however long the chain is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Exists, OuterRef

import audit
from audit import anchors, append_only, heads, rules
from audit.models import Archive, Check, Event, Head, Link, Tally
from audit.queries import last_archive
from audit.rules import ChainFault, ChainStep, Walk
from audit.workflows import COVERED, collect_covered_fields, seal_all
from core import clock
from core.actors import NoAccount

PIECE = 2000
WAITS_TOO_LONG = timedelta(minutes=30)


class Checker(NoAccount):
    """The actor of the nightly check, recorded as `system`."""

    def __init__(self) -> None:
        super().__init__("system")


@dataclass(frozen=True, slots=True)
class Start:
    """The start of a walk along the chain, after the link *last* with the chain value *head*."""

    head: str
    last: int


def check_audit_chain(*, full: bool = True, keep: bool = True) -> Check:
    """Check the audit log and return what was found.

    With *keep* the result is kept as a row, as an anchor and, if there is a fault, as an audit
    event. A *full* check goes from the beginning (or the end of the last archive) and includes
    anchors, archives, triggers and rows that were never sealed. Otherwise only what came since the
    last check without a fault is checked, and whether the end is where it was last noted.
    """
    began = time.perf_counter()
    while True:
        archives, head = Archive.objects.count(), heads.read_head()
        start = find_chain_start() if full else _last_good()
        walk, fault = _walk(start, full=full)
        fault = fault or _at_the_end(start, walk, head)
        if fault is None or Archive.objects.count() == archives:
            break  # otherwise rows were archived under the walk: once more from where the chain begins now
    fault = fault or _torn_off()
    if fault is None and full:
        fault = _besides()
    result = Check(
        scope=Check.Scope.FULL if full else Check.Scope.NEW,
        events=walk.steps,
        last_link=walk.last,
        head=walk.head,
        seconds=round(time.perf_counter() - began, 3),
        fault=fault.kind if fault else "",
        fault_event=fault.event if fault else None,
        fault_link=fault.link if fault else None,
        fault_name=fault.name[:200] if fault else "",
    )
    if keep:
        keep_result(result)
    return result


def keep_result(result: Check) -> None:
    """Write *result* to the table, to the file outside the database and to the log.

    A fault is also written to the audit log.
    """
    anchors.append_anchor(
        link=result.last_link, head=result.head, events=Link.objects.count(), fault=result.fault
    )
    with transaction.atomic():
        result.save()
        if result.fault:
            audit.record(
                "audit.fault_found",
                actor=Checker(),
                target=result,
                after={
                    "fault": result.fault,
                    "fault_event": result.fault_event,
                    "fault_link": result.fault_link,
                },
            )


def find_chain_start() -> Start:
    """Return where the chain in the database begins.

    That is the end of the last archive, or the first link if there is none.
    """
    archive = last_archive()
    return Start(archive.end_value, archive.last_link) if archive else Start(rules.GENESIS, 0)


def _last_good() -> Start:
    start = find_chain_start()
    last = Check.objects.filter(fault="").order_by("-pk").first()
    return Start(last.head, last.last_link) if last and last.last_link > start.last else start


def _walk(start: Start, *, full: bool) -> tuple[Walk, ChainFault | None]:
    newest = anchors.read_newest_anchor()
    told = chain(anchors.read_anchors() if full else (), [newest] if newest else ())
    noted = {
        anchor.link: anchor.head for anchor in told if not anchor.fault and anchor.link > start.last
    }
    walk = Walk(head=start.head, last=start.last, anchors=noted)
    fault = walk.first_fault(read_chain_steps(after=start.last))
    if fault is None and not full and start.last and walk.steps == 0:
        # Nothing new: at least the link the last check ended at must still be there.
        value = Link.objects.filter(pk=start.last).values_list("value", flat=True).first()
        archive = last_archive()
        if value != start.head and not (archive and archive.last_link >= start.last):
            fault = ChainFault(
                rules.END_CUT if value is None else rules.LINK_CHANGED, None, start.last
            )
    return walk, fault


def _at_the_end(start: Start, walk: Walk, head: Head | None) -> ChainFault | None:
    """Compare the chain with the signed *head*, which was read before the walk began, and return
    the fault or None.
    """
    if head is None or not heads.is_signed_here(head) or head.last_link < start.last:
        return ChainFault(rules.HEAD_CHANGED, None, head.last_link if head else None)
    value: str | None = start.head
    if head.last_link > start.last:
        value = Link.objects.filter(pk=head.last_link).values_list("value", flat=True).first()
    if value is None:
        return ChainFault(rules.END_CUT, None, head.last_link)
    if value != head.value:
        return ChainFault(rules.REWRITTEN, None, head.last_link)
    now = (
        heads.read_head()
    )  # links come together with the head: one beyond it was not made by sealing
    return (
        ChainFault(rules.HEAD_CHANGED, None, walk.last)
        if now is None or now.last_link < walk.last
        else None
    )


def _torn_off() -> ChainFault | None:
    """Return the first unsealed event that is missing or differs from what the database noted when
    it was written.
    """
    same = Event.objects.filter(pk=OuterRef("pk"))
    gone = Tally.objects.filter(~Exists(same)).order_by("pk").values_list("pk", flat=True).first()
    if gone is not None:
        return ChainFault(rules.ROW_MISSING, gone)
    other = Tally.objects.filter(Exists(same), ~Exists(same.filter(digest=OuterRef("digest"))))
    changed = other.order_by("pk").values_list("pk", flat=True).first()
    return ChainFault(rules.ROW_CHANGED, changed) if changed is not None else None


def read_chain_steps(*, after: int = 0) -> Iterator[ChainStep]:
    """Yield the links after the number *after* with their rows, in pieces of two queries."""
    while True:
        links = list(
            Link.objects.filter(pk__gt=after)
            .order_by("pk")
            .values_list("pk", "event_id", "value")[:PIECE]
        )
        if not links:
            return
        rows = {
            row[0]: (row[1], rules.event_digest(collect_covered_fields(*row[2:])))
            for row in Event.objects.filter(
                pk__in=[event for _pk, event, _value in links]
            ).values_list("pk", "digest", *COVERED)
        }
        for pk, event, value in links:
            stored, computed = rows.get(event, (None, None))
            yield ChainStep(pk, value, event, stored, computed)
        after = links[-1][0]


def _besides() -> ChainFault | None:
    """Return the first fault that the chain itself can't show.

    It looks for rows outside the chain, missing triggers and missing archive files.
    """
    late = clock.now() - WAITS_TOO_LONG
    outside = (
        Event.objects.filter(link=None, at__lt=late)
        .order_by("pk")
        .values_list("pk", flat=True)
        .first()
    )
    if outside is not None:
        return ChainFault(rules.UNSEALED, outside)
    missing = append_only.list_missing_triggers()
    if missing:
        return ChainFault(rules.UNGUARDED, name=missing[0])
    for archive in Archive.objects.order_by("first_link").iterator():
        if not storages["private"].exists(archive.name):
            return ChainFault(rules.ARCHIVE_MISSING, None, archive.first_link, archive.name)
    return None


def seal_and_check(*, full: bool = True) -> Check:
    """Seal the pending events, note the head outside the database, then check."""
    seal_all()
    anchor_now()
    return check_audit_chain(full=full)


def anchor_now() -> None:
    """Note the head of the chain outside the database.

    The newest head is replaced at once. The file that only grows gets at most one line an hour.
    """
    link, head = Link.objects.order_by("-pk").first(), heads.read_head()
    if link is None:
        return
    last = anchors.read_last_anchor()
    if (last is None or last.at <= clock.now() - timedelta(hours=1)) and (
        last is None or last.link != link.pk
    ):
        anchors.append_anchor(link=link.pk, head=link.value, events=Link.objects.count())
    newest = anchors.read_newest_anchor()
    if newest is not None and newest.link == link.pk:
        return
    # What was noted last is evidence: it gives way only to a head that goes on from it.
    if (
        head is not None
        and (head.last_link, head.value) == (link.pk, link.value)
        and _still_there(newest)
    ):
        anchors.write_newest_anchor(link=link.pk, head=link.value, events=head.links)


def _still_there(noted: anchors.Anchor | None) -> bool:
    if noted is None:
        return True
    archive = last_archive()
    if archive is not None and archive.last_link >= noted.link:
        return True
    return Link.objects.filter(pk=noted.link, value=noted.head).exists()


class BrokenEarlier(Exception):
    """The chain itself has a fault, so its end must not be signed again."""


def renew_head_signature() -> None:
    """Sign the end of the chain with the present key, after the site's secret key was changed
    without a fallback.

    It is done only if everything else is in order, and raises `BrokenEarlier` otherwise. The
    signature is recorded in the audit log.
    """
    seal_all()
    head = heads.read_head()
    walk, fault = _walk(find_chain_start(), full=True)
    fault = fault or _torn_off() or _besides()
    if fault or head is None or (head.last_link, head.value) != (walk.last, walk.head):
        raise BrokenEarlier
    with transaction.atomic():
        heads.sign_head(head)
        audit.record(
            "audit.head_signed_anew", actor=Checker(), target=head, after={"link": head.last_link}
        )
