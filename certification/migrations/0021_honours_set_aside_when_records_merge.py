"""Of two entries of one honour of one person, one may be set aside when the records merge."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certification", "0020_house_templates_claim_nothing"),
        ("org", "0003_memberships_by_union"),
        ("people", "0008_living_persons_by_name"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="honour",
            name="honour_once_a_year",
        ),
        migrations.AddField(
            model_name="honour",
            name="set_aside_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="The entry for the same honour and person that counts instead.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="certification.honour",
                verbose_name="set aside in favour of",
            ),
        ),
        migrations.AddConstraint(
            model_name="honour",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person__isnull", False), ("set_aside_for", None)),
                fields=("person", "title", "year"),
                name="honour_once_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="honour",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("set_aside_for", None), ("published_on", None), _connector="OR"
                ),
                name="honour_set_aside_is_hidden",
            ),
        ),
    ]
