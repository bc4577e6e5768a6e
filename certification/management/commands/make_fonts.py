"""Cut the certificate typefaces before the first certificate needs them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certification.rendering.errors import FontsUnavailable
from certification.rendering.fonts import ensure_fonts


class Command(BaseCommand):
    """`manage.py make_fonts`: a minute the first time on a machine, nothing after; draws its own bar."""

    help = "Derives the small certificate typefaces from the system's Chinese ones."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, or say what the machine lacks."""
        try:
            made = ensure_fonts()
        except FontsUnavailable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(made.faces)} typefaces, version {made.digest}")
