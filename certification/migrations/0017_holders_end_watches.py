"""A holder ends a watch, or objects to it; the employer answers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certification", "0016_numbers_answer_alone")]

    operations = [
        migrations.AddField(
            "watch",
            "ended_by_holder_on",
            models.DateField("ended by the holder on", blank=True, null=True),
        ),
        migrations.AddField(
            "watch", "objected_on", models.DateField("objected to on", blank=True, null=True)
        ),
        migrations.AddField(
            "watch", "objection", models.CharField("objection", blank=True, max_length=300)
        ),
        migrations.AddField(
            "watch", "answer_due_on", models.DateField("to be answered by", blank=True, null=True)
        ),
        migrations.AddField(
            "watch", "answered_on", models.DateField("answered on", blank=True, null=True)
        ),
        migrations.AddField(
            "watch", "answer", models.CharField("answer", blank=True, max_length=300)
        ),
        migrations.AddConstraint(
            "watch",
            models.CheckConstraint(
                name="watch_objection_has_its_days",
                condition=models.Q(
                    objected_on=None, answer_due_on=None, answered_on=None, objection="", answer=""
                )
                | models.Q(objected_on__isnull=False, answer_due_on__gte=models.F("objected_on")),
            ),
        ),
    ]
