"""The layouts of the house's own templates; its templates of level, title and mentoring.

Apart from the columns: PostgreSQL changes no table in a transaction that has written to it.
"""

from django.db import migrations

DISCLAIMER = "本证书不是国家职业技能等级证书。"
LAYOUTS = {"PX": "training", "JS": "award", "RY": "honour"}
NEW = (
    {
        "kind": "DJ",
        "layout": "level",
        "title": "技能等级认定证书",
        "title_en": "Certificate of Skill Level",
        "salutation": "同志",
        "wording": "经考核评价，达到**{trade}**水平[，理论成绩{theory}分][，实操成绩{practice}分]，特发此证。",
        "disclaimer": DISCLAIMER,
    },
    {
        "kind": "CH",
        "layout": "title",
        "title": "工匠称号证书",
        "title_en": "Master Craftsman",
        "salutation": "同志",
        "wording": "[在{occupation}岗位上]技艺精湛，贡献突出，经评审并公示，授予**{subject}**称号，特发此证。",
        "disclaimer": "",
    },
    {
        "kind": "DT",
        "layout": "mentoring",
        "title": "技能帮带证书",
        "title_en": "Certificate of Mentoring",
        "salutation": "同志",
        "wording": "于{starts}至{ends}担任技能帮带师傅[，带教{occupation}]，完成带徒协议所列任务，特发此证。",
        "disclaimer": DISCLAIMER,
    },
)


def dress(apps, schema_editor):
    model = apps.get_model("certification", "CertificateTemplate")
    for kind, layout in LAYOUTS.items():
        model.objects.filter(kind=kind).update(layout=layout)
    for fields in NEW:
        model.objects.get_or_create(
            org=None,
            kind=fields["kind"],
            version=1,
            defaults={**fields, "with_photo": fields["kind"] == "DJ"},
        )


class Migration(migrations.Migration):
    """Rows only."""

    dependencies = [("certification", "0010_holders_share_and_correct")]
    operations = [migrations.RunPython(dress, migrations.RunPython.noop)]
