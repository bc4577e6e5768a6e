"""The rows of a spreadsheet check stand in its parts: the column goes, in a transaction of its own (PostgreSQL wants it so)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("certification", "0007_sheets_in_parts_and_watches")]

    operations = [migrations.RemoveField(model_name="batchcheck", name="rows")]
