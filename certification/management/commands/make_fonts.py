"""Cut the certificate fonts from the system's CJK fonts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certification.rendering.errors import FontsUnavailable
from certification.rendering.fonts import ensure_fonts


class Command(BaseCommand):
    """`manage.py make_fonts`: once per machine; later calls find them made."""

    help = "Cuts small font faces for certificates from the system's Noto Serif CJK."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them."""
        try:
            ensure_fonts()
        except FontsUnavailable as error:
            raise CommandError(str(error)) from error
