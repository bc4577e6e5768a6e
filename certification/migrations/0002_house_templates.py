"""The house's own wording, so that the first certificate can be issued before any union writes its own."""

from django.db import migrations

DISCLAIMER = "本证书不是国家职业技能等级证书。"
TEMPLATES = (
    {
        "kind": "PX",
        "title": "培训合格证书",
        "title_en": "Certificate of Training Completion",
        "salutation": "同志",
        "wording": (
            "于{starts}[至{ends}]完成“**{subject}**”培训课程[，培训工种**{trade}**][，修满{hours}学时]"
            "[，理论成绩{theory}分][，实操成绩{practice}分]，考核合格，特发此证。"
        ),
    },
    {
        "kind": "JS",
        "title": "获奖证书",
        "title_en": "Certificate of Award",
        "salutation": "同志",
        "wording": "在{starts}[至{ends}]举办的**{event}**[（{occupation}）]中[，位列第{rank}名]，荣获**{award}**，特发此证。",
    },
    {
        "kind": "RY",
        "title": "荣誉证书",
        "title_en": "Certificate of Honour",
        "salutation": "同志",
        "wording": "[在{occupation}岗位上]技艺精湛，成绩突出，授予**{subject}**称号，特发此证。",
    },
)


def add(apps, schema_editor):
    model = apps.get_model("certification", "CertificateTemplate")
    for fields in TEMPLATES:
        model.objects.get_or_create(
            org=None, kind=fields["kind"], version=1, defaults={**fields, "disclaimer": DISCLAIMER}
        )


class Migration(migrations.Migration):
    dependencies = [("certification", "0001_certificates_look_ups_honours")]

    # Reversing keeps the rows: printed certificates point at them, and the table goes with 0001.
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
