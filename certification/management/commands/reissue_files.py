"""Find certificate files with a drawing fault and have them made anew under the same numbers,
agreed by two people.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, QuerySet

from certification.enums import FAULTY_FILES, BulkAct, BulkState, FileState, Provenance
from certification.models import BulkChange, BulkLine, Certificate
from certification.queries.bulk import AT_MOST, STATES_WITH_A_FILE_IN_USE
from certification.queries.files import exclude_requested_reissues, list_faulty_files
from certification.rules.drawing import RENDERER_VERSION
from certification.workflows import bulk, reissue
from core.errors import DomainError
from people.models import User

AT_ONCE = 200


class Command(BaseCommand):
    """List the files at fault, ask for new ones, or confirm such a request.

    * Without options it lists.
    * `--plan --as NAME` asks for new files.
    * `--confirm CHANGE --as OTHER` lets them be made.
    """

    help = (
        "Looks at the files of certificates made before the present drawing (what was looked at isn't read again) and lists those at "
        "fault. Without --plan or --confirm nothing is changed but what was found. The worker makes the new files; stop it at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--plan",
            action="store_true",
            help="ask for new files of all that are at fault, as --as",
        )
        parser.add_argument(
            "--confirm",
            metavar="CHANGE",
            default="",
            help="confirm what another person asked for, as --as",
        )
        parser.add_argument(
            "--as",
            dest="account",
            metavar="ACCOUNT",
            default="",
            help="user name of who acts; their rights count",
        )
        parser.add_argument("--note", default="", help="why, for the second person (with --plan)")
        parser.add_argument(
            "--again",
            action="store_true",
            help="look at every file made before the present drawing once more",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """List, plan or confirm, by the options given."""
        try:
            if options["confirm"]:
                self._confirm(_account(options["account"]), options["confirm"])
            elif options["plan"]:
                self._plan(_account(options["account"]), options["note"])
            else:
                self._list(again=options["again"])
        except DomainError as error:
            raise CommandError(str(error.message)) from error

    def _list(self, *, again: bool) -> None:
        old = _in_use().filter(renderer_version__lt=RENDERER_VERSION)
        waiting = old if again else old.filter(file_state=FileState.UNKNOWN)
        keys = list(waiting.order_by("pk").values_list("pk", flat=True))
        found: Counter[str] = Counter()
        for at in range(0, len(keys), AT_ONCE):
            found += reissue.inspect_certificate_files(keys[at : at + AT_ONCE])
            self.stderr.write(f"{min(at + AT_ONCE, len(keys))} / {len(keys)} files looked at")
        for row in (
            _in_use()
            .filter(file_state__in=sorted(FAULTY_FILES))
            .order_by("pk")
            .iterator(chunk_size=1000)
        ):
            self.stdout.write(
                f"{row.number}\t{row.issuer_name}\t{row.issued_on:%Y-%m-%d}\t{row.file_state}"
            )
        counts = Counter(
            dict(_in_use().values_list("file_state").annotate(n=Count("pk")).order_by())
        )
        at_fault = sum(counts[state] for state in FAULTY_FILES)
        self.stderr.write(f"{at_fault} files are at fault; {len(keys)} were looked at now")
        self._changes()

    def _changes(self) -> None:
        for change in (
            BulkChange.objects.filter(act=BulkAct.REISSUE)
            .exclude(state=BulkState.REFUSED)
            .order_by("pk")
        ):
            lines = BulkLine.objects.filter(change=change)
            done, stopped = (
                lines.exclude(done_at=None).count(),
                lines.filter(done_at=None).exclude(problem="").count(),
            )
            self.stderr.write(
                f"change {change.public_id}: {change.state}, {done} of {lines.count()} made anew, {stopped} stopped"
            )

    def _plan(self, account: User, note: str) -> None:
        numbers = list(
            exclude_requested_reissues(list_faulty_files(account)).values_list(
                "number_key", flat=True
            )
        )
        if not numbers:
            raise CommandError(
                "no file within this account's right is at fault and not asked for; run "
                "without --plan to look at the files"
            )
        for at in range(0, len(numbers), AT_MOST):
            change = bulk.start_bulk_change(
                actor=account, act=BulkAct.REISSUE, numbers=numbers[at : at + AT_MOST], note=note
            )
            self.stdout.write(str(change.public_id))
            self.stderr.write(
                f"{change.lines.count()} new files asked for; another person confirms change {change.public_id}"
            )

    def _confirm(self, account: User, public_id: str) -> None:
        try:
            change = BulkChange.objects.filter(act=BulkAct.REISSUE, state=BulkState.WAITING).get(
                public_id=public_id
            )
        except (BulkChange.DoesNotExist, ValidationError) as error:
            raise CommandError("no such change waits") from error
        bulk.confirm_bulk_change(actor=account, change=change)
        self.stderr.write(f"confirmed: the worker makes {change.lines.count()} files anew")


def _in_use() -> QuerySet[Certificate]:
    return Certificate.objects.filter(
        provenance=Provenance.ISSUED, state__in=sorted(STATES_WITH_A_FILE_IN_USE)
    )


def _account(name: str) -> User:
    account = User.objects.filter(username=name, is_active=True).first() if name else None
    if account is None:
        raise CommandError("--as needs the user name of an active account")
    return account
