"""No index of its own for what is the first column of another: each index is written for every certificate."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.append_only import Refuse


class Migration(migrations.Migration):
    """Indexes."""

    dependencies = [
        ("certification", "0025_files_may_be_made_anew"),
        ("org", "0004_names_in_order"),
        ("people", "0009_names_in_order"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="certificate",
            name="org",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="org.orgunit",
                verbose_name="issuer",
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="person",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="people.person",
                verbose_name="holder",
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="status_list",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="certification.statuslist",
                verbose_name="status list",
            ),
        ),
        migrations.AlterField(
            model_name="statuschange",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AlterField(
            model_name="statuschange",
            name="second",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="second person",
            ),
        ),
        migrations.AddIndex(
            model_name="statuschange",
            index=models.Index(
                condition=models.Q(("actor__isnull", False)),
                fields=["actor"],
                name="status_change_actor",
            ),
        ),
        migrations.AddIndex(
            model_name="statuschange",
            index=models.Index(
                condition=models.Q(("second__isnull", False)),
                fields=["second"],
                name="status_change_second",
            ),
        ),
        Refuse("certification_statuschange"),  # SQLite has rebuilt the table
    ]
