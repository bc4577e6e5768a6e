"""The log row of a mark keeps the number of its save and the answer: one statement less for each mark."""

import django.db.models.deletion
from django.db import migrations, models


def copy_saves(apps, _schema_editor):
    change_model = apps.get_model("competitions", "MarkChange")
    save_model = apps.get_model("competitions", "SaveOperation")
    for save in save_model.objects.iterator():
        for place, change in enumerate(change_model.objects.filter(save_row=save).order_by("pk")):
            change.operation, change.place = save.operation, place
            if place == 0:
                change.digest, change.outcome = save.digest, save.outcome
            change.save(update_fields=["operation", "place", "digest", "outcome"])


class Migration(migrations.Migration):
    dependencies = [("competitions", "0007_photos_of_remarks")]

    operations = [
        migrations.RenameField("markchange", "operation", "save_row"),
        migrations.AddField("markchange", "operation", models.UUIDField(null=True)),
        migrations.AddField("markchange", "place", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField(
            "markchange", "digest", models.CharField(blank=True, max_length=64, default="")
        ),
        migrations.AddField("markchange", "outcome", models.JSONField(blank=True, null=True)),
        migrations.RunPython(copy_saves, migrations.RunPython.noop),
        migrations.RemoveField("markchange", "save_row"),
        migrations.DeleteModel("SaveOperation"),
        migrations.AlterField("markchange", "operation", models.UUIDField()),
        migrations.AlterField("markchange", "place", models.PositiveSmallIntegerField()),
        migrations.AlterField("markchange", "digest", models.CharField(blank=True, max_length=64)),
        migrations.AlterField(
            "markchange",
            "aspect",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="competitions.aspect",
            ),
        ),
        migrations.AddConstraint(
            "markchange",
            models.UniqueConstraint(fields=("operation", "place"), name="mark_change_once"),
        ),
        migrations.AddConstraint(
            "markchange",
            models.CheckConstraint(
                condition=(models.Q(place=0, outcome__isnull=False) & ~models.Q(digest=""))
                | models.Q(place__gt=0, outcome__isnull=True, digest=""),
                name="mark_change_first_keeps_answer",
            ),
        ),
        migrations.AddConstraint(
            "markchange",
            models.CheckConstraint(
                condition=models.Q(accepted=False) | models.Q(aspect__isnull=False, refusal=""),
                name="mark_change_taken_has_aspect",
            ),
        ),
    ]
