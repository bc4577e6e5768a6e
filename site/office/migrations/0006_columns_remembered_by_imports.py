"""What is remembered about columns is kept by `imports` from now on; the rows move along."""

from django.db import migrations

FIELDS = ("org_id", "signature", "mapping", "created_at", "updated_at")


def copy_rows(source, target):
    rows = [
        target(**dict(zip(FIELDS, values, strict=True)))
        for values in source.objects.order_by("pk").values_list(*FIELDS)
    ]
    target.objects.bulk_create(rows, batch_size=500)


def move_to_imports(apps, schema_editor):
    copy_rows(apps.get_model("office", "ColumnMemory"), apps.get_model("imports", "ColumnMemory"))


def move_back(apps, schema_editor):
    copy_rows(apps.get_model("imports", "ColumnMemory"), apps.get_model("office", "ColumnMemory"))


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_remembered_columns"), ("office", "0005_plainer_labels")]

    operations = [
        migrations.RunPython(move_to_imports, move_back),
        migrations.DeleteModel(name="ColumnMemory"),
    ]
