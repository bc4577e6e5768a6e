"""The table of the database cache (embedded form), so that one `migrate` makes everything."""

from typing import Any

from django.core.management import call_command
from django.db import migrations


def forwards(apps: Any, schema_editor: Any) -> None:
    """Make the table where a database cache is configured."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    """Cache table; stays when migrated backwards (it holds nothing that matters)."""

    dependencies = [("core", "0001_locks_and_counters")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
