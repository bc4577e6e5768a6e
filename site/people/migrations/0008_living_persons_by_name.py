"""The index of names leaves tombstones out, so that a page of names is found in the index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index for another."""

    dependencies = [("people", "0007_consent_given_in_preferences")]
    operations = [
        migrations.RemoveIndex(model_name="person", name="person_by_name"),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                fields=["pinyin_key", "name_key", "id"],
                condition=models.Q(merged_into=None),
                name="living_person_by_name",
            ),
        ),
    ]
