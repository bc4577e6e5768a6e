"""An officer draws a template: preview, sample, versions; nothing that can't be printed is saved,
nothing typed is lost.
"""

import base64
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from access import SYSTEM
from access.workflows import assign_role
from certification.enums import CertificateKind, CertificateLayout, Orientation
from certification.models import CertificateTemplate
from certification.rendering.stamp import clean_seal_or_signature
from certification.workflows import issue
from certification.workflows.sample import render_sample_pdf
from tests.factories.certification import make_order
from tests.factories.ground import OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def org(db):
    return OrgUnitFactory(name="示例市总工会", code="330100")


@pytest.fixture
def officer(client, org):
    user = UserFactory()
    assign_role(actor=SYSTEM, user=user, role="union_officer", scope=org, reason="测试")
    client.force_login(user)
    return user


def png(colour="white", size=(40, 30), ink=True):
    image = Image.new("RGB", size, colour)
    if ink:
        image.paste("#a92f20", (10, 10, 20, 20))
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def typed(**changes):
    return {
        "act": "save",
        "based_on": "0",
        "layout": "training",
        "orientation": "landscape",
        "with_photo": "on",
        "title": "结业证书",
        "title_en": "Certificate",
        "lead": "",
        "salutation": "同志",
        "wording": "完成**{subject}**培训[，修满{hours}学时]，特发此证。",
        "wording_en": "",
        "disclaimer": "",
        "valid_years": "",
        "signatory": "",
        "signatory_title": "",
        "second_signatory": "",
        "second_signatory_title": "",
    } | changes


def address(kind="PX"):
    return reverse("certification:edit_template", args=[kind])


def test_overview_says_what_is_in_force_and_where_it_comes_from(client, officer, org):
    page = client.get(reverse("certification:templates")).content.decode()
    assert page.count("系统自带第 1 版") == len(CertificateKind)
    client.post(address(), typed())
    page = client.get(reverse("certification:templates")).content.decode()
    assert "本会第 1 版" in page
    assert "结业证书" in page


def test_saved_version_is_used_by_the_next_certificate_and_printed_ones_keep_theirs(
    client, officer, org
):
    before = issue.issue_certificate(actor=SYSTEM, order=make_order(org=org))
    answer = client.post(address(), typed(), follow=True)
    assert "第 1 版已启用" in answer.content.decode()
    after = issue.issue_certificate(actor=SYSTEM, order=make_order(org=org))
    before.refresh_from_db()
    assert (before.title, before.template.org, after.title, after.template.org) == (
        "培训合格证书",
        None,
        "结业证书",
        org,
    )
    assert after.template.made_by == officer


def test_preview_is_a_picture_and_nothing_is_saved(client, officer, org):
    page = client.post(address(), typed(act="preview"), headers={"HX-Request": "true"})
    assert page.context["picture"].startswith("data:image/png;base64,")
    assert "<html" not in page.content.decode()
    assert not CertificateTemplate.objects.filter(org=org).exists()


def test_sample_is_a_pdf_that_says_what_it_is(client, officer, org):
    answer = client.post(address(), typed(act="pdf"))
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    house = CertificateTemplate.objects.get(org=None, kind="PX")
    assert (
        client.get(reverse("certification:template_sample", args=[house.pk])).content[:5]
        == b"%PDF-"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"wording": "{unheard}"}, "“{unheard}”不是可用的字段，或没有成对。"),
        ({"wording": "**开着"}, "“**”不是可用的字段，或没有成对。"),
        ({"wording_en": "{subject"}, "“{”不是可用的字段，或没有成对。"),
        ({"wording": "经评审并公示，授予**{subject}**称号。"}, "“评审”表示某件事已经发生"),
        (
            {"wording": "[经公示（{notice}），]考核合格，发给**{subject}**证书。"},
            "“考核”表示某件事已经发生",
        ),
        (
            {"wording_en": "after a public notice for {subject}"},
            "“public notice”表示某件事已经发生",
        ),
        ({"lead": "经审定"}, "“审定”表示某件事已经发生"),
        ({"title": ""}, "请填写这一项。"),
        ({"layout": "other"}, "“other”不在可选范围内，请从列表里选。"),
        ({"title": "\U0001f600证书"}, "U+1F600"),
        ({"wording": "长" * 1900}, "太长"),
        ({"signatory": "\ue000"}, "U+E000"),
    ],
)
def test_what_cannot_be_printed_is_not_saved_and_stays_typed(
    client, officer, org, changes, sentence
):
    page = client.post(address(), typed(**changes))
    assert page.status_code == 422
    text = page.content.decode()
    assert sentence in text
    assert (
        sentence not in client.get(address()).content.decode()
    )  # it answers what was typed, it doesn't stand there anyway
    assert "结业证书" in text or "title" in changes
    assert not CertificateTemplate.objects.filter(org=org).exists()


def test_picture_that_was_sent_travels_with_the_page_until_it_is_saved(client, officer, org):
    seal = SimpleUploadedFile("seal.png", png(), "image/png")
    page = client.post(address(), typed(act="preview", new_seal=seal))
    kept = page.context["form"]["kept_seal"].value()
    assert base64.b64decode(kept) == clean_seal_or_signature(png())
    client.post(address(), typed(kept_seal=kept))
    row = CertificateTemplate.objects.get(org=org)
    assert bytes(row.seal) == clean_seal_or_signature(png())
    client.post(address(), typed(kept_seal=kept, drop_seal="on", based_on="1"))
    assert CertificateTemplate.objects.get(org=org, version=2).seal is None


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", b"<svg/>", b"\x89PNG\r\n\x1a\n", png()[:60], b"\xff\xd8\xff" * 900_000],
)
def test_file_that_is_no_picture_is_answered_with_a_sentence(client, officer, org, data):
    page = client.post(address(), typed(new_seal=SimpleUploadedFile("seal.png", data, "image/png")))
    assert page.status_code == 422
    assert not CertificateTemplate.objects.filter(org=org).exists()


def test_kept_picture_that_was_tampered_with_is_refused(client, officer, org):
    assert client.post(address(), typed(kept_seal="!!!")).status_code == 422
    assert (
        client.post(address(), typed(kept_seal=base64.b64encode(b"x").decode())).status_code == 422
    )


def test_two_officers_at_once_the_second_is_told_and_loses_nothing(client, officer, org):
    client.post(address(), typed())
    page = client.post(address(), typed(title="另一个"))
    assert page.status_code == 422
    assert "其间有人存了第 1 版" in page.content.decode()
    assert "另一个" in page.content.decode()


def test_white_ground_becomes_clear_and_a_clear_one_stays():
    image = Image.open(io.BytesIO(clean_seal_or_signature(png())))
    assert (image.getpixel((0, 0))[3], image.getpixel((15, 15))) == (0, (169, 47, 32, 255))
    assert clean_seal_or_signature(clean_seal_or_signature(png())) == clean_seal_or_signature(png())
    assert max(Image.open(io.BytesIO(clean_seal_or_signature(png(size=(3000, 2000))))).size) == 700


def test_other_unions_templates_are_not_there(client, officer):
    other = OrgUnitFactory()
    row = CertificateTemplate.objects.create(
        org=other, kind="PX", version=1, title="别家", wording="特发此证。"
    )
    assert client.get(reverse("certification:template", args=[row.pk])).status_code == 404
    assert client.get(reverse("certification:templates"), {"org": other.code}).status_code == 404
    assert client.get(address("XX")).status_code == 404


@pytest.mark.parametrize("versions", [1, 30])
def test_pages_cost_the_same_for_one_version_and_thirty(
    client, officer, org, versions, django_assert_max_num_queries
):
    for number in range(1, versions + 1):
        CertificateTemplate.objects.create(
            org=org,
            kind="PX",
            version=number,
            title="结业证书",
            wording="特发此证。",
            made_by=officer,
        )
    newest = CertificateTemplate.objects.get(org=org, version=versions)
    for page in (
        reverse("certification:templates"),
        reverse("certification:template", args=[newest.pk]),
    ):
        client.get(page)
        with django_assert_max_num_queries(22):
            client.get(page)


@pytest.mark.parametrize("orientation", Orientation.values)
@pytest.mark.parametrize("layout", CertificateLayout.values)
def test_every_layout_takes_everything_at_once_on_either_sheet(layout, orientation, org):
    template = CertificateTemplate(
        kind="JS",
        layout=layout,
        orientation=orientation,
        title="职业技能竞赛一等奖获奖证书",
        title_en="Certificate of Award",
        lead="兹证明",
        salutation="同志",
        wording="参加{event}，位列第{rank}名，荣获**{award}**，理论成绩{theory}分，实操成绩{practice}分，特发此证。",
        wording_en="for {hours} hours of training from {starts} to {ends}, {award}.",
        seal=clean_seal_or_signature(png()),
        signatory="李示例",
        signatory_title="考评组长",
        signature=clean_seal_or_signature(png()),
        second_signatory="王示例",
        second_signatory_title="主任",
        disclaimer="本证书不是国家职业技能等级证书。",
    )
    assert render_sample_pdf(template, org)[:5] == b"%PDF-"
