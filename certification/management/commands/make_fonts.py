"""Make the certificate fonts from the system's CJK fonts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certification.rendering.errors import FontsUnavailable
from certification.rendering.fonts import ensure_fonts


class Command(BaseCommand):
    """Make the certificate fonts. This is needed once per machine, and later calls find them made."""

    help = "Cuts small font faces for certificates from the system's Noto Serif CJK."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the fonts."""
        try:
            ensure_fonts()
        except FontsUnavailable as error:
            raise CommandError(str(error)) from error
