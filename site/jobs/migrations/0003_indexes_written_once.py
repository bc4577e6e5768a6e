"""No index of its own for the batch of an item: it is the first column of two others."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes."""

    dependencies = [
        ("jobs", "0002_items_wait_for_answers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="jobitem",
            name="job",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="jobs.job",
            ),
        ),
    ]
