"""Credentials, status lists, issuer's keys; the token of the QR code becomes the code."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import certification.models.certificate
import certification.models.credential


class Migration(migrations.Migration):
    """New tables and columns; a token printed before keeps its letters as code."""

    dependencies = [
        ("certification", "0004_register"),
        ("org", "0002_unit_history_and_belonging"),
        ("people", "0007_consent_given_in_preferences"),
    ]

    operations = [
        migrations.RenameField("certificate", "token", "code"),
        migrations.CreateModel(
            name="IssuerKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kid", models.CharField(max_length=60, unique=True, verbose_name="name")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("credential", "credential"),
                            ("token", "token"),
                            ("register", "register"),
                            ("document", "document"),
                        ],
                        max_length=20,
                        verbose_name="signs",
                    ),
                ),
                (
                    "public",
                    models.TextField(
                        help_text="Multikey. For PDF signatures, the certificates in PEM with the signer's first.",
                        verbose_name="public key",
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="since")),
            ],
            options={
                "verbose_name": "issuer's key",
                "verbose_name_plural": "issuer's keys",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="StatusList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="number")),
                ("secret", models.BinaryField(default=certification.models.credential.new_secret)),
                ("taken", models.PositiveIntegerField(default=0, verbose_name="places used")),
                (
                    "changes",
                    models.PositiveBigIntegerField(
                        default=0,
                        help_text="Goes up by one with every status change in the list.",
                        verbose_name="changes",
                    ),
                ),
            ],
            options={
                "verbose_name": "status list",
                "verbose_name_plural": "status lists",
            },
        ),
        migrations.AddField(
            model_name="certificate",
            name="printed_by",
            field=models.CharField(
                blank=True,
                help_text="“class” or “full”: by layout class, or on its own.",
                max_length=10,
                verbose_name="printing method",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="signature_level",
            field=models.CharField(
                blank=True,
                help_text="PAdES: B, or LT with a timestamp.",
                max_length=2,
                verbose_name="level of the signature",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="status_index",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="place in the status list"
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="unsigned_sha256",
            field=models.CharField(
                blank=True,
                max_length=64,
                verbose_name="fingerprint of the file without its signature (SHA-256)",
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="code",
            field=models.CharField(
                default=certification.models.certificate.new_code,
                editable=False,
                max_length=22,
                unique=True,
                verbose_name="code in the QR code",
            ),
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "address_id",
                    models.UUIDField(
                        default=uuid.uuid4, unique=True, verbose_name="identifier in its address"
                    ),
                ),
                ("data", models.TextField(verbose_name="credential.json")),
                ("jwt", models.TextField(verbose_name="credential.jwt")),
                (
                    "offline",
                    models.TextField(verbose_name="token for checking offline, as digits"),
                ),
                (
                    "sha256",
                    models.CharField(
                        max_length=64,
                        unique=True,
                        verbose_name="fingerprint of credential.json (SHA-256)",
                    ),
                ),
                ("signed_at", models.DateTimeField(verbose_name="signed")),
                (
                    "leaf_index",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="place in the register"
                    ),
                ),
                (
                    "tree_size",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="size of the register at that time"
                    ),
                ),
                (
                    "certificate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credential",
                        to="certification.certificate",
                        verbose_name="certificate",
                    ),
                ),
            ],
            options={
                "verbose_name": "credential",
                "verbose_name_plural": "credentials",
            },
        ),
        migrations.CreateModel(
            name="PublishedList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=20, verbose_name="purpose")),
                ("of_changes", models.PositiveBigIntegerField(verbose_name="changes")),
                ("signed_at", models.DateTimeField(verbose_name="signed")),
                ("data", models.TextField(verbose_name="credential")),
                ("jwt", models.TextField(verbose_name="as JWT")),
                (
                    "status_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published",
                        to="certification.statuslist",
                        verbose_name="status list",
                    ),
                ),
            ],
            options={
                "verbose_name": "published status list",
                "verbose_name_plural": "published status lists",
            },
        ),
        migrations.AddField(
            model_name="certificate",
            name="status_list",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="certification.statuslist",
                verbose_name="status list",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                fields=("status_list", "status_index"), name="certificate_status_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedlist",
            constraint=models.UniqueConstraint(
                fields=("status_list", "purpose"), name="published_list_once"
            ),
        ),
    ]
