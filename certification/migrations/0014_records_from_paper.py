"""Records taken over from paper: where each record comes from, and the sheets they came with."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import certification.models.paper_records
import imports.models


class Migration(migrations.Migration):
    dependencies = [
        ("certification", "0013_assessment_bodies"),
        ("jobs", "0001_batches"),
        ("org", "0003_memberships_by_union"),
        ("people", "0008_living_persons_by_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricImport",
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
                (
                    "source",
                    models.CharField(max_length=200, verbose_name="what the list was made from"),
                ),
                (
                    "aim",
                    models.CharField(
                        choices=[
                            ("issued", "issued and signed here"),
                            (
                                "archive",
                                "imported from paper, sample compared with the originals",
                            ),
                            ("list", "imported from a list, not compared with the originals"),
                        ],
                        default="list",
                        max_length=10,
                        verbose_name="intended basis of the records",
                    ),
                ),
                ("filename", models.CharField(max_length=200, verbose_name="file")),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        storage=imports.models.private_storage,
                        upload_to=certification.models.paper_records.sheet_path,
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("mapping", "columns to be matched"),
                            ("checking", "being checked"),
                            ("refused", "rows to correct"),
                            ("ready", "checked, not imported yet"),
                            ("applying", "being imported"),
                            ("applied", "imported"),
                            ("withdrawing", "being undone"),
                            ("withdrawn", "undone"),
                            ("discarded", "discarded"),
                        ],
                        default="mapping",
                        editable=False,
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="rows")),
                ("summary", models.JSONField(default=dict, help_text="counts only")),
                (
                    "layout",
                    models.JSONField(
                        default=dict,
                        help_text="header rows and, for each column, letter, heading and masked samples",
                    ),
                ),
                (
                    "signature",
                    models.CharField(
                        blank=True,
                        help_text="digest of the headings, under which the matching is remembered",
                        max_length=64,
                    ),
                ),
                (
                    "mapping",
                    models.JSONField(default=dict, help_text="column index → key of our column"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PX", "training completion"),
                            ("JS", "competition award"),
                            ("RY", "honour"),
                            ("DJ", "skill level"),
                            ("CH", "craftsman's title"),
                            ("DT", "mentoring"),
                        ],
                        default="PX",
                        max_length=2,
                        verbose_name="kind for rows that don't name one",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="title for rows that don't name one"
                    ),
                ),
                (
                    "generation",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="counts the works begun; one begun for an older count stops",
                    ),
                ),
                (
                    "checked",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="where an interrupted check goes on",
                        verbose_name="rows checked",
                    ),
                ),
                (
                    "started_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="check started"),
                ),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="checked")),
                (
                    "fingerprint",
                    models.CharField(
                        blank=True,
                        help_text="digest of what taking over would do, as it was shown",
                        max_length=64,
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        help_text="code of the sentence on why it came back (historic_words)",
                        max_length=40,
                    ),
                ),
                (
                    "applied_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="imported"),
                ),
                (
                    "draws",
                    models.PositiveSmallIntegerField(default=0, verbose_name="samples drawn"),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="compared"),
                ),
                (
                    "remark",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="where the originals are kept"
                    ),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="undone"),
                ),
                (
                    "reason",
                    models.CharField(blank=True, max_length=300, verbose_name="why it was undone"),
                ),
            ],
            options={
                "verbose_name": "import of paper certificates",
                "verbose_name_plural": "imports of paper certificates",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoricRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.PositiveIntegerField(verbose_name="row")),
                ("salt", models.BinaryField(default=certification.models.paper_records.new_salt)),
                (
                    "fingerprint",
                    models.CharField(
                        max_length=64,
                        unique=True,
                        verbose_name="fingerprint of the record (SHA-256)",
                    ),
                ),
                (
                    "leaf_index",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="place in the register"
                    ),
                ),
                (
                    "id_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resident", "resident identity card"),
                            (
                                "hmt_residence",
                                "residence permit for Hong Kong, Macao and Taiwan residents",
                            ),
                            ("foreign_residence", "foreigner's permanent residence card"),
                            ("passport", "passport"),
                        ],
                        max_length=20,
                    ),
                ),
                ("id_hash", models.CharField(blank=True, max_length=64)),
                ("newest_hash", models.CharField(blank=True, max_length=64)),
                (
                    "sampled",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not drawn"),
                            ("drawn", "drawn"),
                            ("agrees", "agrees with the original"),
                            ("differs", "differs, or no original found"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="sample",
                    ),
                ),
            ],
            options={
                "verbose_name": "paper record",
                "verbose_name_plural": "paper records",
            },
        ),
        migrations.CreateModel(
            name="HistoricRemark",
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
                "verbose_name": "remark on a row of paper certificates",
                "verbose_name_plural": "remarks on rows of paper certificates",
            },
        ),
        migrations.CreateModel(
            name="HistoricRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.PositiveIntegerField(verbose_name="row")),
                ("number", models.CharField(max_length=60)),
                ("number_key", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=100)),
                ("name_key", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PX", "training completion"),
                            ("JS", "competition award"),
                            ("RY", "honour"),
                            ("DJ", "skill level"),
                            ("CH", "craftsman's title"),
                            ("DT", "mentoring"),
                        ],
                        max_length=2,
                    ),
                ),
                ("title", models.CharField(max_length=60)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("occupation", models.CharField(blank=True, max_length=100)),
                ("level", models.PositiveSmallIntegerField(null=True)),
                ("distinction", models.CharField(blank=True, max_length=60)),
                ("employer", models.CharField(blank=True, max_length=200)),
                ("issuer", models.CharField(max_length=200)),
                ("issued_on", models.DateField()),
                ("valid_until", models.DateField(null=True)),
                (
                    "id_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resident", "resident identity card"),
                            (
                                "hmt_residence",
                                "residence permit for Hong Kong, Macao and Taiwan residents",
                            ),
                            ("foreign_residence", "foreigner's permanent residence card"),
                            ("passport", "passport"),
                        ],
                        max_length=20,
                    ),
                ),
                ("id_hash", models.CharField(blank=True, max_length=64)),
                ("newest_hash", models.CharField(blank=True, max_length=64)),
                (
                    "effect",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("same", "already recorded"),
                            ("fault", "to correct"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "verbose_name": "row of a sheet of paper certificates",
                "verbose_name_plural": "rows of sheets of paper certificates",
            },
        ),
        migrations.AddField(
            model_name="certificate",
            name="number_key",
            field=models.CharField(default="", editable=False, max_length=60),
        ),
        migrations.AddField(
            model_name="certificate",
            name="provenance",
            field=models.CharField(
                choices=[
                    ("issued", "issued and signed here"),
                    ("archive", "imported from paper, sample compared with the originals"),
                    ("list", "imported from a list, not compared with the originals"),
                ],
                default="issued",
                editable=False,
                max_length=10,
                verbose_name="where the record comes from",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="provenance_on",
            field=models.DateField(
                blank=True, editable=False, null=True, verbose_name="compared with the originals on"
            ),
        ),
        migrations.AlterField(
            model_name="bulkchange",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("fraud", "obtained by fraud"),
                    ("misconduct", "misconduct in the exam"),
                    ("issuing_error", "issued in error"),
                    ("institution", "issuing body disqualified"),
                    ("court", "court decision"),
                    ("under_review", "under review"),
                    ("cleared", "review found nothing wrong"),
                    ("name_changed", "name changed"),
                    ("corrected", "corrected"),
                    ("renewed", "renewed"),
                    ("import_error", "imported from paper in error"),
                ],
                max_length=20,
                verbose_name="reason",
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="body",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Paragraphs of [text, bold, differs from holder to holder].",
                verbose_name="wording as printed",
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="number",
            field=models.CharField(max_length=60, verbose_name="certificate number"),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="people.person",
                verbose_name="holder",
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "draft"),
                    ("approved", "approved, not yet printed"),
                    ("issued", "issued"),
                    ("suspended", "suspended"),
                    ("superseded", "replaced by a newer one"),
                    ("revoked", "revoked"),
                    ("withdrawn", "withdrawn when its import was undone"),
                ],
                default="approved",
                editable=False,
                max_length=20,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="state_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("fraud", "obtained by fraud"),
                    ("misconduct", "misconduct in the exam"),
                    ("issuing_error", "issued in error"),
                    ("institution", "issuing body disqualified"),
                    ("court", "court decision"),
                    ("under_review", "under review"),
                    ("cleared", "review found nothing wrong"),
                    ("name_changed", "name changed"),
                    ("corrected", "corrected"),
                    ("renewed", "renewed"),
                    ("import_error", "imported from paper in error"),
                ],
                max_length=20,
                verbose_name="reason",
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="subject",
            field=models.CharField(blank=True, max_length=200, verbose_name="about"),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="template",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="certification.certificatetemplate",
                verbose_name="template",
            ),
        ),
        migrations.AlterField(
            model_name="revocationrequest",
            name="reason",
            field=models.CharField(
                choices=[
                    ("fraud", "obtained by fraud"),
                    ("misconduct", "misconduct in the exam"),
                    ("issuing_error", "issued in error"),
                    ("institution", "issuing body disqualified"),
                    ("court", "court decision"),
                    ("under_review", "under review"),
                    ("cleared", "review found nothing wrong"),
                    ("name_changed", "name changed"),
                    ("corrected", "corrected"),
                    ("renewed", "renewed"),
                    ("import_error", "imported from paper in error"),
                ],
                max_length=20,
                verbose_name="reason",
            ),
        ),
        migrations.AlterField(
            model_name="statuschange",
            name="new",
            field=models.CharField(
                choices=[
                    ("draft", "draft"),
                    ("approved", "approved, not yet printed"),
                    ("issued", "issued"),
                    ("suspended", "suspended"),
                    ("superseded", "replaced by a newer one"),
                    ("revoked", "revoked"),
                    ("withdrawn", "withdrawn when its import was undone"),
                ],
                max_length=20,
                verbose_name="state after",
            ),
        ),
        migrations.AlterField(
            model_name="statuschange",
            name="old",
            field=models.CharField(
                blank=True,
                choices=[
                    ("draft", "draft"),
                    ("approved", "approved, not yet printed"),
                    ("issued", "issued"),
                    ("suspended", "suspended"),
                    ("superseded", "replaced by a newer one"),
                    ("revoked", "revoked"),
                    ("withdrawn", "withdrawn when its import was undone"),
                ],
                max_length=20,
                verbose_name="state before",
            ),
        ),
        migrations.AlterField(
            model_name="statuschange",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("fraud", "obtained by fraud"),
                    ("misconduct", "misconduct in the exam"),
                    ("issuing_error", "issued in error"),
                    ("institution", "issuing body disqualified"),
                    ("court", "court decision"),
                    ("under_review", "under review"),
                    ("cleared", "review found nothing wrong"),
                    ("name_changed", "name changed"),
                    ("corrected", "corrected"),
                    ("renewed", "renewed"),
                    ("import_error", "imported from paper in error"),
                ],
                max_length=20,
                verbose_name="reason",
            ),
        ),
        migrations.AddField(
            model_name="historicimport",
            name="actor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="uploaded by",
            ),
        ),
        migrations.AddField(
            model_name="historicimport",
            name="applied_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="import done by",
            ),
        ),
        migrations.AddField(
            model_name="historicimport",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="compared by",
            ),
        ),
        migrations.AddField(
            model_name="historicimport",
            name="drawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="sample drawn by",
            ),
        ),
        migrations.AddField(
            model_name="historicimport",
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
            model_name="historicimport",
            name="org",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="historic_imports",
                to="org.orgunit",
                verbose_name="issuer",
            ),
        ),
        migrations.AddField(
            model_name="historicimport",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="undone by",
            ),
        ),
        migrations.AddField(
            model_name="historicrecord",
            name="certificate",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="historic",
                to="certification.certificate",
                verbose_name="certificate",
            ),
        ),
        migrations.AddField(
            model_name="historicrecord",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="records",
                to="certification.historicimport",
                verbose_name="import of paper certificates",
            ),
        ),
        migrations.AddField(
            model_name="historicremark",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="remarks",
                to="certification.historicimport",
            ),
        ),
        migrations.AddField(
            model_name="historicrow",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="people.person",
            ),
        ),
        migrations.AddField(
            model_name="historicrow",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="staged",
                to="certification.historicimport",
            ),
        ),
        migrations.AddIndex(
            model_name="historicimport",
            index=models.Index(fields=["org", "sha256"], name="historic_same_file"),
        ),
        migrations.AddConstraint(
            model_name="historicimport",
            constraint=models.CheckConstraint(
                condition=models.Q(("aim", "issued"), _negated=True),
                name="historic_aims_at_a_list_or_papers",
            ),
        ),
        migrations.AddConstraint(
            model_name="historicimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None),
                    models.Q(("confirmed_by", models.F("applied_by")), _negated=True),
                    _connector="OR",
                ),
                name="historic_compared_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="historicimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("drawn_by", None),
                    models.Q(("drawn_by", models.F("applied_by")), _negated=True),
                    _connector="OR",
                ),
                name="historic_drawn_by_another",
            ),
        ),
        migrations.AddIndex(
            model_name="historicrecord",
            index=models.Index(
                condition=models.Q(("sampled", ""), _negated=True),
                fields=["run", "sampled"],
                name="historic_record_sample",
            ),
        ),
        migrations.AddIndex(
            model_name="historicrecord",
            index=models.Index(
                condition=models.Q(("id_hash", ""), _negated=True),
                fields=["id_hash"],
                name="historic_record_unlinked",
            ),
        ),
        migrations.AddConstraint(
            model_name="historicrecord",
            constraint=models.UniqueConstraint(
                fields=("run", "row"), name="historic_record_row_once"
            ),
        ),
        migrations.AddIndex(
            model_name="historicremark",
            index=models.Index(fields=["run", "fault", "row"], name="historic_remark_list"),
        ),
        migrations.AddIndex(
            model_name="historicrow",
            index=models.Index(fields=["run", "number_key"], name="historic_row_number"),
        ),
        migrations.AddIndex(
            model_name="historicrow",
            index=models.Index(fields=["run", "effect", "row"], name="historic_row_effect"),
        ),
        migrations.AddConstraint(
            model_name="historicrow",
            constraint=models.UniqueConstraint(fields=("run", "row"), name="historic_row_once"),
        ),
    ]
