"""English wording on certificates; runs may say that they differ from holder to holder."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certification", "0008_sheet_rows_are_in_parts"),
    ]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="body_en",
            field=models.JSONField(
                blank=True, default=list, verbose_name="English wording as printed"
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="body",
            field=models.JSONField(
                help_text="Paragraphs of [text, bold, differs from holder to holder].",
                verbose_name="wording as printed",
            ),
        ),
    ]
