"""A remark may show a photo of the work."""

from django.db import migrations, models

import competitions.models.sheet


class Migration(migrations.Migration):
    dependencies = [("competitions", "0006_cancelled_events_keep_a_page")]

    operations = [
        migrations.AddField(
            model_name="aspectremark",
            name="photo",
            field=models.FileField(
                blank=True,
                storage=competitions.models.sheet.private_storage,
                upload_to=competitions.models.sheet.photo_path,
                verbose_name="photo",
            ),
        ),
    ]
