import uuid
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Answers are numbered by receipt and know their device; late ones wait for a decision; marks count once a sitting is settled.

    Runs on a table without answers (no exam has been held by then). Going back drops the decisions and leaves the answers.
    """

    dependencies = [
        ("courses", "0004_rule_may_certify_early"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LateDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "public_id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                        verbose_name="public identifier",
                    ),
                ),
                ("accepted", models.BooleanField(verbose_name="the late answers count")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                (
                    "mark_before",
                    models.DecimalField(
                        decimal_places=2, max_digits=5, verbose_name="previous mark"
                    ),
                ),
                (
                    "mark_after",
                    models.DecimalField(decimal_places=2, max_digits=5, verbose_name="new mark"),
                ),
            ],
            options={
                "verbose_name": "decision on late answers",
                "verbose_name_plural": "decisions on late answers",
                "ordering": ["attempt", "pk"],
            },
        ),
        migrations.RemoveIndex(
            model_name="answerop",
            name="answer_latest",
        ),
        migrations.AddField(
            model_name="answerop",
            name="device",
            field=models.CharField(blank=True, max_length=36),
        ),
        migrations.AddField(
            model_name="answerop",
            name="number",
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="answerop",
            name="page",
            field=models.CharField(blank=True, max_length=36),
        ),
        migrations.AddField(
            model_name="answerop",
            name="problem",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="answerop",
            name="raw",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="answerop",
            name="seen",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="attempt",
            name="late_waiting",
            field=models.PositiveSmallIntegerField(
                default=0, verbose_name="late answers awaiting a decision"
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="received",
            field=models.PositiveIntegerField(default=0, verbose_name="answers received"),
        ),
        migrations.AddField(
            model_name="attempt",
            name="settled_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="mark final since"),
        ),
        migrations.AddField(
            model_name="exam",
            name="hours_needed",
            field=models.DecimalField(
                decimal_places=1,
                default=Decimal(0),
                help_text=(
                    "Counts sessions attended and lessons completed so far. Enter 0 to let "
                    "everybody in the class take the exam."
                ),
                max_digits=5,
                validators=[django.core.validators.MinValueValidator(Decimal(0))],
                verbose_name="class hours required for the exam",
            ),
        ),
        migrations.AddField(
            model_name="exam",
            name="shows_answers",
            field=models.BooleanField(
                default=True,
                help_text=(
                    "Candidates only see the correct answers once the exam has closed and every "
                    "attempt has ended."
                ),
                verbose_name="show the correct answers after the exam",
            ),
        ),
        migrations.AlterField(
            model_name="answerop",
            name="value",
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name="attempt",
            name="receipt",
            field=models.CharField(blank=True, max_length=64, verbose_name="receipt"),
        ),
        migrations.AlterField(
            model_name="exam",
            name="grace_minutes",
            field=models.PositiveSmallIntegerField(
                default=10,
                help_text=(
                    "If a phone loses its network, answers that arrive within this time "
                    "after the exam are stored separately, and a person decides whether "
                    "they count. Later answers aren't accepted."
                ),
                verbose_name="late answer period (minutes)",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_at", None),
                    models.Q(models.Q(("state", "running"), _negated=True), ("late_waiting", 0)),
                    _connector="OR",
                ),
                name="attempt_settled_when_over",
            ),
        ),
        migrations.AddConstraint(
            model_name="exam",
            constraint=models.CheckConstraint(
                condition=models.Q(("hours_needed__gte", 0)), name="exam_hours_not_negative"
            ),
        ),
        migrations.AddField(
            model_name="latedecision",
            name="attempt",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="late_decisions",
                to="courses.attempt",
            ),
        ),
        migrations.AddField(
            model_name="latedecision",
            name="decided_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="answerop",
            name="decision",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ops",
                to="courses.latedecision",
            ),
        ),
        migrations.AddIndex(
            model_name="answerop",
            index=models.Index(fields=["attempt", "place"], name="answer_of_place"),
        ),
        migrations.AddConstraint(
            model_name="answerop",
            constraint=models.UniqueConstraint(
                fields=("attempt", "number"), name="answer_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="latedecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accepted", True), ("mark_after", models.F("mark_before")), _connector="OR"
                ),
                name="late_refused_changes_no_mark",
            ),
        ),
    ]
