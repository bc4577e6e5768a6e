"""Each address of the site is an issuer: kept with every credential and every signed list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certification", "0022_checked_records_from_paper"),
    ]

    operations = [
        migrations.CreateModel(
            name="IssuerAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "address",
                    models.CharField(
                        help_text="Scheme, host and port, as in https://cert.example.cn",
                        max_length=300,
                        unique=True,
                        verbose_name="site's address",
                    ),
                ),
                ("since", models.DateTimeField(auto_now_add=True, verbose_name="since")),
            ],
            options={
                "verbose_name": "issuer's address",
                "verbose_name_plural": "issuer's addresses",
                "ordering": ["-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="publishedlist",
            name="published_list_once",
        ),
        migrations.AddField(
            model_name="credential",
            name="issuer",
            field=models.CharField(
                default="",
                help_text="The DID it was signed under. A later change of address doesn't change it.",
                max_length=300,
                verbose_name="issuer",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="handedin",
            name="names_holder",
            field=models.BooleanField(
                default=False,
                help_text="Only then is the name shown to the person who uploaded the file.",
                verbose_name="has the holder's full name",
            ),
        ),
        migrations.AddField(
            model_name="publishedlist",
            name="address",
            field=models.CharField(default="", max_length=300, verbose_name="site's address"),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="publishedlist",
            constraint=models.UniqueConstraint(
                fields=("status_list", "purpose", "address"), name="published_list_once"
            ),
        ),
    ]
