"""Layouts, pictures and English wording of templates."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certification", "0005_credentials"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="certificatetemplate",
            name="layout",
            field=models.CharField(
                choices=[
                    ("training", "Training: plain, with a brass-line border"),
                    ("level", "Skill level: details in two columns, with photo"),
                    ("award", "Award: rosette behind the text"),
                    ("honour", "Honour: title in cinnabar, rosette"),
                    ("title", "Craftsman's title: large name, rosette"),
                    ("mentoring", "Mentoring: plain, no photo"),
                ],
                default="training",
                max_length=20,
                verbose_name="layout",
            ),
        ),
        migrations.AddField(
            model_name="certificatetemplate",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="made by",
            ),
        ),
        migrations.AddField(
            model_name="certificatetemplate",
            name="orientation",
            field=models.CharField(
                choices=[("landscape", "A4, landscape"), ("portrait", "A4, portrait")],
                default="landscape",
                max_length=10,
                verbose_name="sheet",
            ),
        ),
        migrations.AddField(
            model_name="certificatetemplate",
            name="seal",
            field=models.BinaryField(blank=True, null=True, verbose_name="picture of the seal"),
        ),
        migrations.AddField(
            model_name="certificatetemplate",
            name="second_signatory",
            field=models.CharField(blank=True, max_length=40, verbose_name="also signed by"),
        ),
        migrations.AddField(
            model_name="certificatetemplate",
            name="second_signatory_title",
            field=models.CharField(
                blank=True, max_length=60, verbose_name="office of the second signatory"
            ),
        ),
        migrations.AddField(
            model_name="certificatetemplate",
            name="second_signature",
            field=models.BinaryField(
                blank=True, null=True, verbose_name="picture of the second signature"
            ),
        ),
        migrations.AddField(
            model_name="certificatetemplate",
            name="signatory",
            field=models.CharField(blank=True, max_length=40, verbose_name="signed by"),
        ),
        migrations.AddField(
            model_name="certificatetemplate",
            name="signatory_title",
            field=models.CharField(
                blank=True, max_length=60, verbose_name="office of the signatory"
            ),
        ),
        migrations.AddField(
            model_name="certificatetemplate",
            name="signature",
            field=models.BinaryField(
                blank=True, null=True, verbose_name="picture of the signature"
            ),
        ),
        migrations.AddField(
            model_name="certificatetemplate",
            name="with_photo",
            field=models.BooleanField(
                default=True,
                help_text="Printed if there is one. Its place is kept free of text.",
                verbose_name="with the holder's photo",
            ),
        ),
        migrations.AddField(
            model_name="certificatetemplate",
            name="wording_en",
            field=models.TextField(
                blank=True,
                help_text="A paragraph below the Chinese text, with the same fields. Leave empty for none.",
                max_length=2000,
                verbose_name="wording in English",
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("PX", "training completion"),
                    ("JS", "competition award"),
                    ("RY", "honour"),
                    ("DJ", "skill level"),
                    ("CH", "craftsman's title"),
                    ("DT", "mentoring"),
                ],
                max_length=2,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="certificatetemplate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("PX", "training completion"),
                    ("JS", "competition award"),
                    ("RY", "honour"),
                    ("DJ", "skill level"),
                    ("CH", "craftsman's title"),
                    ("DT", "mentoring"),
                ],
                max_length=2,
                verbose_name="kind",
            ),
        ),
    ]
