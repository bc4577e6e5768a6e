"""Of two entries of one person in one competition, one may be set aside when the records merge."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("competitions", "0002_vacant_seats"),
        ("org", "0003_memberships_by_union"),
        ("people", "0008_living_persons_by_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="entry",
            name="entry_person_once",
        ),
        migrations.AlterField(
            model_name="entry",
            name="state",
            field=models.CharField(
                choices=[
                    ("submitted", "submitted"),
                    ("qualified", "eligible"),
                    ("rejected", "not eligible"),
                    ("withdrawn", "withdrawn"),
                    ("merged", "set aside as a duplicate entry"),
                ],
                default="submitted",
                editable=False,
                max_length=20,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "merged"), _negated=True),
                fields=("event", "person"),
                name="entry_person_once",
            ),
        ),
    ]
