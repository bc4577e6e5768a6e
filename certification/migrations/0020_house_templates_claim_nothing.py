"""The house's own wording claims only what is on record: a claim stands in a clause with the field of its fact.

A version that no certificate was printed from is mended where it stands; one that was printed from stays, and the next one follows.
"""

from django.db import migrations

WORDING = {
    "PX": (
        "[于{starts}][至{ends}]完成“**{subject}**”培训课程[，培训工种**{trade}**][，修满{hours}学时][，{marks}，考核合格]"
        "，符合结业条件，特发此证。"
    ),
    "RY": "[在{occupation}岗位上]技艺精湛，成绩突出，[经公示（{notice}），][依据{document}，]授予**{subject}**称号，特发此证。",
    "DJ": "[经考核，{marks}，]认定达到**{trade}**水平，特发此证。",
    "CH": "[在{occupation}岗位上]技艺精湛，贡献突出，[经公示（{notice}），][依据{document}，]授予**{subject}**称号，特发此证。",
    "DT": "于{starts}至{ends}担任技能帮带师傅[，带教{occupation}]，特发此证。",
}
COPIED = (
    "layout",
    "orientation",
    "title",
    "title_en",
    "salutation",
    "lead",
    "with_photo",
    "disclaimer",
    "valid_years",
)


def mend(apps, schema_editor):
    model = apps.get_model("certification", "CertificateTemplate")
    for kind, wording in WORDING.items():
        newest = model.objects.filter(org=None, kind=kind).order_by("-version").first()
        if newest is None or newest.wording == wording:
            continue
        if newest.certificates.exists():
            same = {name: getattr(newest, name) for name in COPIED}
            model.objects.create(
                org=None, kind=kind, version=newest.version + 1, wording=wording, **same
            )
        else:
            model.objects.filter(pk=newest.pk).update(wording=wording)


class Migration(migrations.Migration):
    """Rows only. Reversing keeps them: printed certificates may point at them."""

    dependencies = [("certification", "0019_criteria_are_kept_on_the_row")]
    operations = [migrations.RunPython(mend, migrations.RunPython.noop)]
