"""Every number gets the key it is looked up by: that of ours is the number itself."""

from django.db import migrations
from django.db.models import F


def fill(apps, _editor):
    """All numbers so far were given here: 22 characters or in five parts, and both are their own keys."""
    apps.get_model("certification", "Certificate").objects.update(number_key=F("number"))


class Migration(migrations.Migration):
    """Data."""

    dependencies = [("certification", "0014_records_from_paper")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
