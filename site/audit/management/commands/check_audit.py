"""Seal what is new and check the chain, or one archive file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import anchors
from audit.archiving import compare_archive_file
from audit.checking import BrokenEarlier, anchor_now, check_audit_chain, renew_head_signature
from audit.models import Check, Link
from audit.rules import ChainFault
from audit.workflows import seal_all


class Command(BaseCommand):
    """Check the audit log with `manage.py check_audit`.

    If it ends with exit code 1, it names the first row that was tampered with, and how.
    """

    help = (
        "Seals new audit events and checks the hash chain, the triggers and what was noted "
        "outside the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--quick",
            action="store_true",
            help="only what came since the last check that found all in order",
        )
        parser.add_argument(
            "--no-row", action="store_true", help="keep no row, anchor or event of this check"
        )
        parser.add_argument(
            "--archive", type=Path, help="check this archive file instead; needs no running site"
        )
        parser.add_argument(
            "--head",
            action="store_true",
            help="print the head of the chain, for paper or mail, and check nothing",
        )
        parser.add_argument(
            "--sign-head",
            action="store_true",
            help=(
                "sign the end of the chain with the present secret key, after it was changed; "
                "only if all else is in order"
            ),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the check that the options ask for."""
        if options["archive"]:
            self._archive(options["archive"])
        elif options["head"]:
            self._head()
        elif options["sign_head"]:
            self._sign_head()
        else:
            seal_all()
            anchor_now()
            self._say(check_audit_chain(full=not options["quick"], keep=not options["no_row"]))

    def _say(self, result: Check) -> None:
        if result.fault:
            fault = ChainFault(
                result.fault, result.fault_event, result.fault_link, result.fault_name
            )
            raise CommandError(
                f"{describe_fault(fault)} ({result.events} rows before it are in order)"
            )
        self.stdout.write(
            f"{result.events} audit events in order, head {result.head} at link {result.last_link}, {result.seconds:.1f} s"
        )

    def _sign_head(self) -> None:
        try:
            renew_head_signature()
        except BrokenEarlier as error:
            raise CommandError(
                "the record is not in order: run check_audit; nothing was signed"
            ) from error
        self.stdout.write("the end of the chain is signed with the present key")

    def _archive(self, path: Path) -> None:
        fault = compare_archive_file(path)
        if fault:
            raise CommandError(describe_fault(fault))
        self.stdout.write(f"{path.name} is in order")

    def _head(self) -> None:
        link = Link.objects.order_by("-pk").first()
        noted = anchors.find_latest_anchor()
        self.stdout.write(
            f"links {Link.objects.count()}\nlast link {link.pk if link else 0}\nhead {link.value if link else '-'}"
        )
        if noted:
            self.stdout.write(
                f"last noted outside {noted.at:%Y-%m-%d %H:%M:%S%z}: link {noted.link} head {noted.head}"
            )


def describe_fault(fault: ChainFault) -> str:
    """Return one line that names the kind and the place of *fault*."""
    places = [
        part
        for part in (
            f"event {fault.event}" if fault.event else "",
            f"link {fault.link}" if fault.link else "",
            fault.name,
        )
        if part
    ]
    return (
        f"audit {', '.join(places) or 'chain'}: {fault.kind} - {Check.FaultKind(fault.kind).label}"
    )
