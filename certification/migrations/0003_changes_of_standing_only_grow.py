"""The database refuses to change or remove changes of standing."""

from django.db import migrations

from audit.append_only import Refuse


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [
        ("audit", "0004_rows_leave_by_archive_only"),
        ("certification", "0002_house_templates"),
    ]
    operations = [Refuse("certification_statuschange")]
