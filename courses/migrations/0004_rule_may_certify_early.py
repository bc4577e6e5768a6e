from django.db import migrations, models


class Migration(migrations.Migration):
    """A completion rule may let the certificate go out before the last session."""

    dependencies = [("courses", "0003_passed_on_when_the_class_is_over")]
    operations = [
        migrations.AddField(
            model_name="completionrule",
            name="certificate_early",
            field=models.BooleanField(
                default=False,
                help_text=(
                    "The certificate is issued as soon as all requirements are met. Otherwise "
                    "it is issued after the last session of the class."
                ),
                verbose_name="allow the certificate before the last session",
            ),
        )
    ]
