"""Staged rows carry the order of the name and the key of the employer's name. Back: both columns dropped."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns of a staging table."""

    dependencies = [("office", "0003_lists_asked_for")]
    operations = [
        migrations.AddField(
            "stagedrow", "employer_key", models.CharField(blank=True, max_length=200)
        ),
        migrations.AddField(
            "stagedrow", "name_order", models.CharField(blank=True, max_length=130)
        ),
    ]
