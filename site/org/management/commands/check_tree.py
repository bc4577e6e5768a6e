"""Check the union tree."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.actors import NoAccount
from org.queries.soundness import find_tree_drift
from org.workflows.repair import repair_tree

OPERATOR = NoAccount("system")  # who may run commands; `access.SYSTEM` is in a layer above


class Command(BaseCommand):
    help = (
        "Say where the union tree has drifted (paths, depths, numbers of children, levels); "
        "--repair mends paths, depths and numbers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="mend what can be mended without a decision"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = repair_tree(actor=OPERATOR) if options["repair"] else find_tree_drift()
        for row in found:
            self.stdout.write(f"{row.kind}\t{row.code}\tis {row.found}\tshould be {row.expected}")
        if found:
            msg = f"{len(found)} findings in the union tree"
            raise CommandError(msg)
        self.stdout.write("the union tree is whole")
