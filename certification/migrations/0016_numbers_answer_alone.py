"""What holds for records issued here and for those from paper; a number and a name lead to one record."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certification", "0015_keys_of_numbers")]

    operations = [
        migrations.RemoveConstraint(
            model_name="certificate",
            name="certificate_out_has_file",
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["number_key"], name="certificate_by_number"),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["issued", "revoked", "superseded", "suspended"]),
                        _negated=True,
                    ),
                    models.Q(("sha256", ""), _negated=True),
                    models.Q(("provenance", "issued"), _negated=True),
                    _connector="OR",
                ),
                name="certificate_out_has_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("provenance", "issued"), _negated=True),
                    models.Q(("person__isnull", False), ("template__isnull", False)),
                    _connector="OR",
                ),
                name="certificate_issued_here_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("provenance", "issued"),
                    models.Q(
                        ("pdf", ""), ("sha256", ""), ("status_list", None), ("template", None)
                    ),
                    _connector="OR",
                ),
                name="certificate_of_paper_has_nothing_of_ours",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), _negated=True),
                    models.Q(("provenance", "issued"), _negated=True),
                    _connector="OR",
                ),
                name="certificate_taken_back_is_of_paper",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("provenance", "archive"), _negated=True),
                    ("provenance_on__isnull", False),
                    _connector="OR",
                ),
                name="certificate_compared_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("number_key", ""), _negated=True),
                name="certificate_number_has_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("provenance", "issued")),
                fields=("number",),
                name="certificate_number_of_ours_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), _negated=True),
                    models.Q(("state", "revoked"), ("state_reason", "import_error"), _negated=True),
                ),
                fields=("org", "number_key"),
                name="certificate_number_of_issuer_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), _negated=True),
                    models.Q(("state", "revoked"), ("state_reason", "import_error"), _negated=True),
                ),
                fields=("number_key", "holder_key"),
                name="certificate_answers_alone",
            ),
        ),
    ]
