"""A record from paper keeps that it was checked when its look-ups are purged. Going back forgets it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certification", "0021_honours_set_aside_when_records_merge"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicrecord",
            name="was_checked",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
