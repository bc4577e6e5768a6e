"""Filed assessment bodies."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certification", "0012_change_many"),
        ("org", "0003_memberships_by_union"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AssessmentBody",
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
                    "prefix",
                    models.CharField(
                        help_text="The first 13 characters of its certificate numbers.",
                        max_length=13,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[YS][0-9]{12}\\Z",
                                "Y or S, then twelve digits, as in the filing.",
                            )
                        ],
                        verbose_name="code of the body",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="registered from")),
                (
                    "valid_until",
                    models.DateField(
                        blank=True,
                        help_text="Leave empty if it runs until withdrawn.",
                        null=True,
                        verbose_name="registered until",
                    ),
                ),
                (
                    "document",
                    models.CharField(
                        help_text="Number of the registration document, e.g. 浙人社函〔2026〕12号.",
                        max_length=120,
                        verbose_name="document",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessment_bodies",
                        to="org.orgunit",
                        verbose_name="union",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "registered assessment body",
                "verbose_name_plural": "registered assessment bodies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="assessment_body_days_in_order",
                    ),
                    models.UniqueConstraint(
                        fields=("org", "valid_from"), name="assessment_body_once_a_day"
                    ),
                ],
            },
        ),
    ]
