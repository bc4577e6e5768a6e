import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import office.models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_batches"),
        ("office", "0001_sheet_imports"),
        ("org", "0002_unit_history_and_belonging"),
        ("people", "0003_person_facts_and_merging"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ColumnMemory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("signature", models.CharField(max_length=64)),
                ("mapping", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "remembered columns",
                "verbose_name_plural": "remembered columns",
            },
        ),
        migrations.CreateModel(
            name="RowRemark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.PositiveIntegerField(verbose_name="row")),
                ("column", models.SmallIntegerField(default=-1, verbose_name="column")),
                ("key", models.CharField(blank=True, max_length=20)),
                ("code", models.CharField(max_length=40)),
                ("params", models.JSONField(blank=True, default=dict)),
                (
                    "written",
                    models.CharField(
                        blank=True,
                        help_text="identity numbers masked",
                        max_length=100,
                        verbose_name="value in the sheet",
                    ),
                ),
                ("fault", models.BooleanField(default=True)),
                ("of_world", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "remark on a row",
                "verbose_name_plural": "remarks on rows",
            },
        ),
        migrations.CreateModel(
            name="StagedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.PositiveIntegerField(verbose_name="row")),
                ("public_id", models.UUIDField(editable=False)),
                ("name", models.CharField(max_length=100)),
                ("name_key", models.CharField(max_length=100)),
                ("pinyin_key", models.CharField(blank=True, max_length=200)),
                ("birth", models.DateField(null=True)),
                ("sex", models.CharField(blank=True, max_length=10)),
                ("mobile", models.CharField(blank=True, max_length=20)),
                ("id_kind", models.CharField(max_length=20)),
                ("number_encrypted", models.BinaryField()),
                ("number_hash", models.CharField(max_length=64)),
                ("newest_hash", models.CharField(max_length=64)),
                ("tail", models.CharField(max_length=4)),
                ("employer", models.CharField(blank=True, max_length=200)),
                ("job_title", models.CharField(blank=True, max_length=100)),
                ("joined", models.DateField()),
                (
                    "joined_eve",
                    models.DateField(help_text="the day before: the last day in the union before"),
                ),
                (
                    "effect",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("possible", "possibly already recorded"),
                            ("update", "updated"),
                            ("same", "unchanged"),
                            ("fault", "to correct"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("has_account", models.BooleanField(default=False)),
                ("old_mobile", models.CharField(blank=True, max_length=20)),
                ("starts_on", models.DateField(null=True)),
                ("old_ends_on", models.DateField(null=True)),
                ("new_mobile", models.BooleanField(default=False)),
                ("moves", models.BooleanField(default=False)),
                ("hired", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "staged row",
                "verbose_name_plural": "staged rows",
            },
        ),
        migrations.CreateModel(
            name="TakenRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.PositiveIntegerField(verbose_name="row")),
                (
                    "effect",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("possible", "possibly already recorded"),
                            ("update", "updated"),
                            ("same", "unchanged"),
                            ("fault", "to correct"),
                        ],
                        max_length=10,
                    ),
                ),
                ("old_mobile", models.CharField(blank=True, max_length=20)),
                ("new_mobile", models.CharField(blank=True, max_length=20)),
                ("mobile_changed", models.BooleanField(default=False)),
                (
                    "undone",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("removed", "removed"),
                            ("restored", "values restored"),
                            ("kept", "kept"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        help_text="why the person stays: a code of office.words, or a sentence",
                        max_length=200,
                    ),
                ),
            ],
            options={
                "verbose_name": "imported row",
                "verbose_name_plural": "rows imported",
            },
        ),
        migrations.RemoveConstraint(
            model_name="sheetimport",
            name="import_applied_once",
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="applied_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="checked",
            field=models.PositiveIntegerField(
                default=0,
                help_text="where an interrupted check goes on",
                verbose_name="rows checked",
            ),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="checked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="check finished"),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="choices",
            field=models.JSONField(
                default=dict,
                help_text="name of a union as written → the union that was chosen for it",
            ),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="default_union",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.orgunit",
            ),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="fingerprint",
            field=models.CharField(
                blank=True,
                help_text="digest of what taking over would do, as it was shown",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="generation",
            field=models.PositiveIntegerField(
                default=0, help_text="counts the checks; work begun for an older one stops"
            ),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="job",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="jobs.job",
            ),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="key_name",
            field=models.CharField(
                blank=True,
                help_text="name of the identity key in use when the rows were checked",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="layout",
            field=models.JSONField(
                default=dict,
                help_text="header rows and, for each column, letter, heading and masked samples",
            ),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="made",
            field=models.JSONField(
                default=dict,
                help_text="employers and their links to unions that came into being, for undoing",
            ),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="mapping",
            field=models.JSONField(default=dict, help_text="column index → key of our column"),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="note",
            field=models.CharField(
                blank=True,
                help_text="code of the sentence on why it came back (office.words)",
                max_length=40,
            ),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="signature",
            field=models.CharField(
                blank=True,
                help_text="digest of the headings, under which the matching is remembered",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="started_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="check started"),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="undo_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="can be undone until"),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="undone_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="undone"),
        ),
        migrations.AddField(
            model_name="sheetimport",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="sheetimport",
            name="file",
            field=models.FileField(
                blank=True,
                storage=office.models.private_storage,
                upload_to=office.models.import_path,
            ),
        ),
        migrations.AlterField(
            model_name="sheetimport",
            name="problems",
            field=models.JSONField(
                default=list,
                help_text="union tree: [[row, sentence], …]; sentences hold no personal data",
            ),
        ),
        migrations.AlterField(
            model_name="sheetimport",
            name="state",
            field=models.CharField(
                choices=[
                    ("mapping", "columns to be matched"),
                    ("checking", "being checked"),
                    ("refused", "rows to correct"),
                    ("ready", "checked, not imported yet"),
                    ("applying", "being imported"),
                    ("applied", "imported"),
                    ("undoing", "being undone"),
                    ("undone", "undone"),
                    ("discarded", "discarded"),
                ],
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="sheetimport",
            name="summary",
            field=models.JSONField(default=dict, help_text="counts only"),
        ),
        migrations.AddIndex(
            model_name="sheetimport",
            index=models.Index(fields=["org", "kind", "sha256"], name="import_same_file"),
        ),
        migrations.AddField(
            model_name="columnmemory",
            name="org",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="org.orgunit",
                verbose_name="union",
            ),
        ),
        migrations.AddField(
            model_name="rowremark",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="remarks",
                to="office.sheetimport",
            ),
        ),
        migrations.AddField(
            model_name="stagedrow",
            name="employer_row",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="org.employer",
            ),
        ),
        migrations.AddField(
            model_name="stagedrow",
            name="old_membership",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="org.membership",
            ),
        ),
        migrations.AddField(
            model_name="stagedrow",
            name="old_union",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="org.orgunit",
            ),
        ),
        migrations.AddField(
            model_name="stagedrow",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="people.person",
            ),
        ),
        migrations.AddField(
            model_name="stagedrow",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="staged",
                to="office.sheetimport",
            ),
        ),
        migrations.AddField(
            model_name="stagedrow",
            name="union",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="org.orgunit"
            ),
        ),
        migrations.AddField(
            model_name="takenrow",
            name="ended",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="org.membership",
            ),
        ),
        migrations.AddField(
            model_name="takenrow",
            name="hired",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="org.employment",
            ),
        ),
        migrations.AddField(
            model_name="takenrow",
            name="joined",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="org.membership",
            ),
        ),
        migrations.AddField(
            model_name="takenrow",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="people.person",
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="takenrow",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="taken",
                to="office.sheetimport",
            ),
        ),
        migrations.AddConstraint(
            model_name="columnmemory",
            constraint=models.UniqueConstraint(
                fields=("org", "signature"), name="columns_remembered_once"
            ),
        ),
        migrations.AddIndex(
            model_name="rowremark",
            index=models.Index(fields=["run", "fault", "row"], name="row_remark_list"),
        ),
        migrations.AddIndex(
            model_name="stagedrow",
            index=models.Index(fields=["run", "id_kind", "number_hash"], name="staged_row_number"),
        ),
        migrations.AddIndex(
            model_name="stagedrow",
            index=models.Index(fields=["run", "effect", "row"], name="staged_row_effect"),
        ),
        migrations.AddConstraint(
            model_name="stagedrow",
            constraint=models.UniqueConstraint(fields=("run", "row"), name="staged_row_once"),
        ),
        migrations.AddIndex(
            model_name="takenrow",
            index=models.Index(fields=["run", "undone", "row"], name="taken_row_undone"),
        ),
        migrations.AddConstraint(
            model_name="takenrow",
            constraint=models.UniqueConstraint(fields=("run", "row"), name="taken_row_once"),
        ),
    ]
