"""Move the remembered matching of headings here from the office, since every kind of import uses
it.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("org", "0003_memberships_by_union")]

    operations = [
        migrations.CreateModel(
            name="ColumnMemory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("signature", models.CharField(max_length=64)),
                ("mapping", models.JSONField(default=dict)),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="org.orgunit",
                        verbose_name="union",
                    ),
                ),
            ],
            options={
                "verbose_name": "remembered columns",
                "verbose_name_plural": "remembered columns",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org", "signature"), name="imports_columns_remembered_once"
                    )
                ],
            },
        ),
    ]
