"""Provide the entry point of the `craftpath` command."""

import os
import sys


def main() -> None:
    """Run Django's command line with the embedded settings unless told otherwise."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
    from django.core.management import execute_from_command_line  # slow import

    execute_from_command_line(sys.argv)
