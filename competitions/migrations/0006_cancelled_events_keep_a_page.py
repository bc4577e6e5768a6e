"""A competition that is cancelled after the public knew of it keeps a page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("competitions", "0005_sheet_revisions_and_remarks")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="cancel_reason",
            field=models.CharField(
                blank=True,
                editable=False,
                max_length=500,
                verbose_name="reason for the cancellation",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="cancelled_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="cancelled"
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(("cancelled_at", None), ("state", "cancelled"), _connector="OR"),
                name="event_cancelled_has_time",
            ),
        ),
    ]
