import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One lease a person says which page reads; its numbers stand on the completion rule. Backwards drops both."""

    dependencies = [
        ("courses", "0008_spot_checks"),
        ("people", "0009_names_in_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReadingLease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("page", models.UUIDField(blank=True, null=True)),
                ("device", models.CharField(blank=True, default="", max_length=64)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("counted_to", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="completionrule",
            name="reading_beat_seconds",
            field=models.PositiveSmallIntegerField(
                default=20,
                help_text="Timing stops after two reports in a row are missing.",
                validators=[
                    django.core.validators.MinValueValidator(5),
                    django.core.validators.MaxValueValidator(120),
                ],
                verbose_name="seconds between progress reports from the lesson reader",
            ),
        ),
        migrations.AddField(
            model_name="completionrule",
            name="reading_idle_seconds",
            field=models.PositiveSmallIntegerField(
                default=120,
                help_text="Timing stops when nobody has scrolled, clicked, typed or played anything for this long.",
                validators=[
                    django.core.validators.MinValueValidator(30),
                    django.core.validators.MaxValueValidator(900),
                ],
                verbose_name="seconds without activity before timing stops",
            ),
        ),
        migrations.AddConstraint(
            model_name="completionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reading_beat_seconds__gte", 5), ("reading_idle_seconds__gte", 30)
                ),
                name="completion_rule_reading_sensible",
            ),
        ),
        migrations.AddField(
            model_name="readinglease",
            name="person",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="readinglease",
            name="progress",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="courses.lessonprogress",
            ),
        ),
    ]
