"""Persons are listed by syllable, tone and character of their names. Back: the index by pinyin key again, the column dropped."""

from django.db import migrations, models

INDEX = models.Index(
    fields=["name_order", "name_key", "id"],
    condition=models.Q(merged_into=None),
    name="living_person_by_name",
)


class Migration(migrations.Migration):
    """A column and another index; `manage.py rebuild_keys` fills the column where there are rows."""

    dependencies = [("people", "0008_living_persons_by_name")]
    operations = [
        migrations.RemoveIndex(model_name="person", name="living_person_by_name"),
        migrations.AddField(
            "person", "name_order", models.CharField(blank=True, editable=False, max_length=130)
        ),
        migrations.AddIndex(model_name="person", index=INDEX),
    ]
