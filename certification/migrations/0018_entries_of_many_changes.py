"""A change of many certificates knows the batch in which its entries go into the register."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certification", "0017_holders_end_watches"),
        ("jobs", "0002_items_wait_for_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="bulkchange",
            name="entries",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="jobs.job",
                verbose_name="batch of its entries in the register",
            ),
        ),
    ]
