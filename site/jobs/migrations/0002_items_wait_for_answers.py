"""An item may wait for an answer from outside; since when decides how long it still may."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_batches")]

    operations = [
        migrations.AddField(
            model_name="jobitem", name="waits_since", field=models.DateTimeField(null=True)
        ),
    ]
