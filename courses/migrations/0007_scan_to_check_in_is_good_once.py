from django.db import migrations, models


class Migration(migrations.Migration):
    """Presence keeps the number of the scan it came from; a scan is good once. Going back drops the column."""

    dependencies = [("courses", "0006_states_that_can_be_reached")]
    operations = [
        migrations.AddField(
            model_name="attendance",
            name="challenge",
            field=models.CharField(blank=True, default="", editable=False, max_length=32),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("challenge", ""), _negated=True),
                fields=("challenge",),
                name="attendance_challenge_once",
            ),
        ),
    ]
