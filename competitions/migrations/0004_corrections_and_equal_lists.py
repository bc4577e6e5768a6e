"""Corrections of results, versions that can be public, recusals from a number, and what had become of a number in a version."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("competitions", "0003_entries_set_aside_when_records_merge"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                        verbose_name="public identifier",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("correct_mark", "correct a single mark"),
                            ("void_sheet", "void a score sheet"),
                            ("restore_sheet", "restore a void score sheet"),
                            ("change_number", "disqualify a blind number, or change its status"),
                            ("correct_total", "correct an imported total"),
                            ("recompute", "calculate the results again with today's recusals"),
                            ("cancel", "cancel the competition and its results"),
                        ],
                        max_length=20,
                        verbose_name="action",
                    ),
                ),
                ("before", models.CharField(blank=True, max_length=20, verbose_name="before")),
                ("after", models.CharField(blank=True, max_length=20, verbose_name="after")),
                (
                    "shown_digest",
                    models.CharField(blank=True, max_length=64, verbose_name="digest"),
                ),
            ],
            options={
                "verbose_name": "correction of results",
                "verbose_name_plural": "corrections of results",
                "ordering": ["pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="resultrow",
            options={
                "ordering": [
                    "result_set_id",
                    models.OrderBy(models.F("rank"), nulls_last=True),
                    "code_id",
                ],
                "verbose_name": "competitor's result",
                "verbose_name_plural": "competitors' results",
            },
        ),
        migrations.RemoveConstraint(
            model_name="resultrow",
            name="result_rank_from_1",
        ),
        migrations.RemoveConstraint(
            model_name="sheet",
            name="sheet_signed_has_digest",
        ),
        migrations.RemoveConstraint(
            model_name="twopersonrequest",
            name="request_names_its_sheet",
        ),
        migrations.RemoveConstraint(
            model_name="twopersonrequest",
            name="request_one_unsealing",
        ),
        migrations.AddField(
            model_name="recusal",
            name="code",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recusals",
                to="competitions.blindcode",
            ),
        ),
        migrations.AddField(
            model_name="resultrow",
            name="standing",
            field=models.CharField(
                choices=[
                    ("competing", "competing"),
                    ("absent", "absent"),
                    ("retired", "retired"),
                    ("disqualified", "disqualified"),
                ],
                default="competing",
                max_length=20,
                verbose_name="competing status",
            ),
        ),
        migrations.AddField(
            model_name="resultset",
            name="published_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When this version became public.",
                null=True,
                verbose_name="published",
            ),
        ),
        migrations.AddField(
            model_name="resultset",
            name="reason",
            field=models.CharField(
                blank=True,
                help_text="Why it replaced the previous version.",
                max_length=300,
                verbose_name="reason",
            ),
        ),
        migrations.AlterField(
            model_name="recusal",
            name="entry",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recusals",
                to="competitions.entry",
            ),
        ),
        migrations.AlterField(
            model_name="resultrow",
            name="rank",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="rank"),
        ),
        migrations.AlterField(
            model_name="resultrow",
            name="raw",
            field=models.DecimalField(
                blank=True, decimal_places=12, max_digits=18, null=True, verbose_name="raw mark"
            ),
        ),
        migrations.AlterField(
            model_name="resultrow",
            name="total",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=6, null=True, verbose_name="total"
            ),
        ),
        migrations.AlterField(
            model_name="sheet",
            name="state",
            field=models.CharField(
                choices=[
                    ("blank", "not started"),
                    ("entering", "being marked"),
                    ("signed", "signed"),
                    ("locked", "locked"),
                    ("reopened", "reopened"),
                    ("final", "final"),
                    ("void", "void"),
                ],
                default="blank",
                editable=False,
                max_length=20,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="twopersonrequest",
            name="kind",
            field=models.CharField(
                choices=[
                    ("reopen_sheet", "reopen a locked score sheet"),
                    ("unseal", "unseal the blind numbers"),
                    ("read_code_book", "look up who is behind the blind numbers"),
                    ("correct", "correct the results"),
                ],
                max_length=20,
                verbose_name="action",
            ),
        ),
        migrations.AddConstraint(
            model_name="recusal",
            constraint=models.UniqueConstraint(
                fields=("judge", "code"), name="recusal_once_for_a_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="recusal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("code", None), ("entry__isnull", False)),
                    models.Q(("code__isnull", False), ("entry", None), ("ground", "declared")),
                    _connector="OR",
                ),
                name="recusal_for_entry_or_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("rank", None), ("rank__gte", 1), _connector="OR"),
                name="result_rank_from_1",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("rank__isnull", False),
                        ("raw__isnull", False),
                        ("standing", "competing"),
                        ("total__isnull", False),
                    ),
                    models.Q(
                        models.Q(("standing", "competing"), _negated=True),
                        ("award", ""),
                        ("rank", None),
                        ("raw", None),
                        ("scale", None),
                        ("total", None),
                    ),
                    _connector="OR",
                ),
                name="result_ranked_if_competing",
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["signed", "locked", "final", "void"]), _negated=True),
                    models.Q(("digest", ""), _negated=True),
                    _connector="OR",
                ),
                name="sheet_signed_has_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="twopersonrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "reopen_sheet"), ("sheet__isnull", False)),
                    models.Q(models.Q(("kind", "reopen_sheet"), _negated=True), ("sheet", None)),
                    _connector="OR",
                ),
                name="request_names_its_sheet",
            ),
        ),
        migrations.AddConstraint(
            model_name="twopersonrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("kind", "reopen_sheet"), _negated=True), ("state", "waiting")
                ),
                fields=("event", "kind"),
                name="request_one_of_a_kind",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="aspect",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="competitions.aspect",
                verbose_name="aspect",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="code",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="competitions.blindcode",
                verbose_name="blind number",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="judge",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="competitions.judge",
                verbose_name="judge",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="made",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="correction",
                to="competitions.resultset",
                verbose_name="new version",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="replaced",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="competitions.resultset",
                verbose_name="previous version",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="request",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="correction",
                to="competitions.twopersonrequest",
                verbose_name="request",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="sheet",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="competitions.sheet",
                verbose_name="score sheet",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ["correct_mark", "void_sheet", "restore_sheet"]), _negated=True
                    ),
                    ("sheet__isnull", False),
                    _connector="OR",
                ),
                name="correction_of_sheet_names_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["change_number", "correct_total"]), _negated=True),
                    ("code__isnull", False),
                    _connector="OR",
                ),
                name="correction_of_number_names_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "correct_mark"), _negated=True),
                    ("aspect__isnull", False),
                    _connector="OR",
                ),
                name="correction_of_mark_names_its_line",
            ),
        ),
    ]
