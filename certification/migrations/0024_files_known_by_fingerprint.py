from django.db import migrations, models


class Migration(migrations.Migration):
    """Files handed in are looked up by their fingerprint first; what was compared is kept with the answer. Goes back without loss."""

    dependencies = [("certification", "0023_each_address_is_an_issuer")]

    operations = [
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("sha256", ""), _negated=True),
                fields=["sha256"],
                name="certificate_by_fingerprint",
            ),
        ),
        migrations.AddField(
            model_name="handedin",
            name="compared",
            field=models.CharField(blank=True, max_length=20, verbose_name="how it was compared"),
        ),
        migrations.AlterField(
            model_name="lookup",
            name="way",
            field=models.CharField(
                choices=[
                    ("code", "QR code"),
                    ("form", "number and name"),
                    ("batch", "spreadsheet"),
                    ("share", "one of your links"),
                    ("api", "an employer's program"),
                    ("file", "uploaded file"),
                    ("picture", "uploaded picture"),
                ],
                max_length=10,
                verbose_name="way",
            ),
        ),
    ]
