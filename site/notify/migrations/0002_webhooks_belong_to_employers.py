"""Webhooks of accounts go: they belong to employers and unions now (`api`). Nothing is moved; no site has any."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notify", "0001_messages"),
    ]

    operations = [
        migrations.AlterField(
            model_name="choice",
            name="channel",
            field=models.CharField(
                choices=[
                    ("inbox", "inbox"),
                    ("mail", "email"),
                    ("sms", "SMS"),
                    ("push", "web push"),
                ],
                max_length=10,
                verbose_name="channel",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.CharField(
                choices=[
                    ("inbox", "inbox"),
                    ("mail", "email"),
                    ("sms", "SMS"),
                    ("push", "web push"),
                ],
                max_length=10,
                verbose_name="channel",
            ),
        ),
        migrations.DeleteModel(
            name="WebhookEndpoint",
        ),
    ]
