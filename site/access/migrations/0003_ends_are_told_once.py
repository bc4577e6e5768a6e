"""When the end of a role was told to whoever hands over what lay on that desk: once, also when it simply ran out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("access", "0002_proposals_reviews_whole_site")]
    operations = [
        migrations.AddField(
            model_name="roleassignment",
            name="end_told_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="handed over at"
            ),
        ),
    ]
