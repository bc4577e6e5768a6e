"""Indexes by which the list of members counts and walks without opening the rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two indexes: the open memberships of a union, and those that ended there."""

    dependencies = [("org", "0002_unit_history_and_belonging")]
    operations = [
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                fields=["org_unit", "person"],
                condition=models.Q(ends_on=None),
                name="membership_open_by_union",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                fields=["org_unit", "person"],
                condition=models.Q(ends_on__isnull=False),
                name="membership_ended_by_union",
            ),
        ),
    ]
