"""Persons get their further facts, a key by sound, former names; identity rows a second hash; pairs and proposals to merge."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from people.rules.names import pinyin_key


def fill_pinyin(apps, schema_editor):
    """Give persons recorded before this the key by which they are found by sound."""
    person = apps.get_model("people", "Person")
    rows = []
    for row in person.objects.only("pk", "name").iterator(chunk_size=2000):
        row.pinyin_key = pinyin_key(row.name)[:200]
        rows.append(row)
        if len(rows) == 1000:
            person.objects.bulk_update(rows, ["pinyin_key"])
            rows = []
    person.objects.bulk_update(rows, ["pinyin_key"])


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_privacy"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created on")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("name_key", models.CharField(db_index=True, editable=False, max_length=100)),
                ("until", models.DateField(verbose_name="until")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
            ],
            options={
                "verbose_name": "former name",
                "verbose_name_plural": "former names",
            },
        ),
        migrations.CreateModel(
            name="MergeProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created on")),
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
                ("picks", models.JSONField(default=dict, verbose_name="which value is kept")),
                (
                    "reason",
                    models.CharField(
                        max_length=500, verbose_name="evidence that they are the same person"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "waiting for a second person"),
                            ("merged", "merged"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="proposed",
                        editable=False,
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "decision",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="reason for the decision"
                    ),
                ),
            ],
            options={
                "verbose_name": "merge proposal",
                "verbose_name_plural": "merge proposals",
            },
        ),
        migrations.CreateModel(
            name="SuspectedPair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created on")),
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
                    "evidence",
                    models.JSONField(
                        default=list,
                        help_text="codes of people.rules.duplicates; no personal data",
                        verbose_name="evidence",
                    ),
                ),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="strength of the evidence"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "to be checked"),
                            ("different", "two different people"),
                            ("merged", "merged"),
                        ],
                        default="open",
                        editable=False,
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "note",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="basis for the decision"
                    ),
                ),
            ],
            options={
                "verbose_name": "suspected pair",
                "verbose_name_plural": "suspected pairs",
            },
        ),
        migrations.AddField(
            model_name="identitydocument",
            name="key_name",
            field=models.CharField(blank=True, db_index=True, editable=False, max_length=8),
        ),
        migrations.AddField(
            model_name="identitydocument",
            name="newest_hash",
            field=models.CharField(
                editable=False,
                help_text="Calculated with the newest key.",
                max_length=64,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="education",
            field=models.CharField(
                blank=True,
                choices=[
                    ("primary", "primary school"),
                    ("junior", "junior secondary school"),
                    ("senior", "senior secondary school"),
                    ("vocational", "vocational or technical school"),
                    ("college", "three-year college"),
                    ("bachelor", "bachelor"),
                    ("master", "master"),
                    ("doctor", "doctor"),
                ],
                max_length=12,
                verbose_name="education",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="ethnicity",
            field=models.CharField(
                blank=True,
                choices=[
                    ("01", "汉族"),
                    ("02", "蒙古族"),
                    ("03", "回族"),
                    ("04", "藏族"),
                    ("05", "维吾尔族"),
                    ("06", "苗族"),
                    ("07", "彝族"),
                    ("08", "壮族"),
                    ("09", "布依族"),
                    ("10", "朝鲜族"),
                    ("11", "满族"),
                    ("12", "侗族"),
                    ("13", "瑶族"),
                    ("14", "白族"),
                    ("15", "土家族"),
                    ("16", "哈尼族"),
                    ("17", "哈萨克族"),
                    ("18", "傣族"),
                    ("19", "黎族"),
                    ("20", "傈僳族"),
                    ("21", "佤族"),
                    ("22", "畲族"),
                    ("23", "高山族"),
                    ("24", "拉祜族"),
                    ("25", "水族"),
                    ("26", "东乡族"),
                    ("27", "纳西族"),
                    ("28", "景颇族"),
                    ("29", "柯尔克孜族"),
                    ("30", "土族"),
                    ("31", "达斡尔族"),
                    ("32", "仫佬族"),
                    ("33", "羌族"),
                    ("34", "布朗族"),
                    ("35", "撒拉族"),
                    ("36", "毛南族"),
                    ("37", "仡佬族"),
                    ("38", "锡伯族"),
                    ("39", "阿昌族"),
                    ("40", "普米族"),
                    ("41", "塔吉克族"),
                    ("42", "怒族"),
                    ("43", "乌孜别克族"),
                    ("44", "俄罗斯族"),
                    ("45", "鄂温克族"),
                    ("46", "德昂族"),
                    ("47", "保安族"),
                    ("48", "裕固族"),
                    ("49", "京族"),
                    ("50", "塔塔尔族"),
                    ("51", "独龙族"),
                    ("52", "鄂伦春族"),
                    ("53", "赫哲族"),
                    ("54", "门巴族"),
                    ("55", "珞巴族"),
                    ("56", "基诺族"),
                    ("97", "其他"),
                    ("98", "外国血统中国籍人士"),
                ],
                max_length=2,
                verbose_name="ethnicity",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="hukou",
            field=models.CharField(
                blank=True,
                choices=[("rural", "rural household"), ("urban", "urban household")],
                max_length=10,
                verbose_name="household registration",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="is_migrant_worker",
            field=models.BooleanField(default=False, verbose_name="migrant worker"),
        ),
        migrations.AddField(
            model_name="person",
            name="merged_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="merged"
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_from",
                to="people.person",
                verbose_name="merged into",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="nationality",
            field=models.CharField(
                default="CHN",
                max_length=3,
                validators=[
                    django.core.validators.RegexValidator(
                        "\\A[A-Z]{3}\\Z", "Three capital letters, as in a passport."
                    )
                ],
                verbose_name="nationality",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="pinyin_key",
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AlterField(
            model_name="identitydocument",
            name="number_hash",
            field=models.CharField(
                editable=False,
                help_text="Calculated with the oldest key listed at the time.",
                max_length=64,
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("mobile", ""), _negated=True),
                fields=["mobile"],
                name="person_mobile",
            ),
        ),
        migrations.AddConstraint(
            model_name="identitydocument",
            constraint=models.UniqueConstraint(
                fields=("kind", "newest_hash"), name="identity_newest_hash_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("merged_at", None), ("merged_into", None)),
                    models.Q(("merged_at__isnull", False), ("merged_into__isnull", False)),
                    _connector="OR",
                ),
                name="person_tombstone_is_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", None), ("user", None), _connector="OR"),
                name="person_tombstone_has_no_account",
            ),
        ),
        migrations.AddField(
            model_name="formername",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="former_names",
                to="people.person",
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="mergeproposal",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="mergeproposal",
            name="gone",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.person",
                verbose_name="record to be merged",
            ),
        ),
        migrations.AddField(
            model_name="mergeproposal",
            name="keep",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.person",
                verbose_name="record that is kept",
            ),
        ),
        migrations.AddField(
            model_name="mergeproposal",
            name="proposed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="proposed by",
            ),
        ),
        migrations.AddField(
            model_name="suspectedpair",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="suspectedpair",
            name="first",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="people.person",
                verbose_name="one record",
            ),
        ),
        migrations.AddField(
            model_name="suspectedpair",
            name="second",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="people.person",
                verbose_name="other record",
            ),
        ),
        migrations.AddConstraint(
            model_name="mergeproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("keep", models.F("gone")), _negated=True),
                name="merge_two_records",
            ),
        ),
        migrations.AddConstraint(
            model_name="mergeproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "merged"), _negated=True),
                    ("proposed_by", None),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="merge_second_person_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="mergeproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("gone",),
                name="merge_one_open_for_gone",
            ),
        ),
        migrations.AddConstraint(
            model_name="mergeproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("keep",),
                name="merge_one_open_for_keep",
            ),
        ),
        migrations.AddIndex(
            model_name="suspectedpair",
            index=models.Index(fields=["state", "-score"], name="suspected_pair_list"),
        ),
        migrations.AddConstraint(
            model_name="suspectedpair",
            constraint=models.UniqueConstraint(
                fields=("first", "second"), name="suspected_pair_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspectedpair",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))),
                name="suspected_pair_in_order",
            ),
        ),
        migrations.RunPython(fill_pinyin, migrations.RunPython.noop, elidable=True),
    ]
