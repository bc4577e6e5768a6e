"""Print the inventory of personal data."""

from typing import Any

from django.core.management.base import BaseCommand

from oversight.queries.privacy_data import list_personal_fields


class Command(BaseCommand):
    help = (
        "Print the inventory of personal data: each field, what for, on what ground, how long, "
        "what deletion does to it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for _app, name, rows in list_personal_fields():
            self.stdout.write(f"\n{name}")
            for row in rows:
                marks = " *" if row["sensitive"] else ""
                self.stdout.write(
                    f"  {row['column']}{marks}: {row['purpose']}; {row['basis']}; {row['keeping']}; {row['erase']}"
                )
