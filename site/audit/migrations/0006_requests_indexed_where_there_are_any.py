"""The index of requests without the rows that no request caused."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes."""

    dependencies = [
        ("audit", "0005_end_of_the_chain_kept_twice"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="event",
            name="audit_event_request",
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("request_number", ""), _negated=True),
                fields=["request_number"],
                name="audit_event_request",
            ),
        ),
    ]
