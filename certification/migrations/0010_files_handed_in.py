"""What was found in files that were handed in to be verified."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certification", "0009_english_wording"),
    ]

    operations = [
        migrations.AlterField(
            model_name="lookup",
            name="way",
            field=models.CharField(
                choices=[
                    ("code", "QR code"),
                    ("form", "number and name"),
                    ("batch", "spreadsheet"),
                    ("api", "an employer's program"),
                    ("file", "uploaded file"),
                ],
                max_length=10,
                verbose_name="way",
            ),
        ),
        migrations.CreateModel(
            name="HandedIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=10, verbose_name="kind of file")),
                ("cause", models.CharField(max_length=20, verbose_name="what it is")),
                ("points", models.JSONField(verbose_name="what was checked")),
                (
                    "report",
                    models.JSONField(blank=True, default=dict, verbose_name="what the report says"),
                ),
                (
                    "sha256",
                    models.CharField(
                        max_length=64, verbose_name="fingerprint of the file (SHA-256)"
                    ),
                ),
                (
                    "look_up",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="handed_in",
                        to="certification.lookup",
                        verbose_name="look-up",
                    ),
                ),
            ],
            options={"verbose_name": "uploaded file", "verbose_name_plural": "uploaded files"},
        ),
    ]
