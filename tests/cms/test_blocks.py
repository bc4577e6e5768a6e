"""Blocks ask for what readers need and draw what editors wrote, safely."""

from __future__ import annotations

import gc

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.blocks import StructBlockValidationError
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

import access
from access.workflows import assign_role
from cms import blocks
from cms.setup import EDITORS, give_editors_their_rights
from home.models import NewsIndexPage
from tests.factories.ground import OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_quiz_without_a_right_answer_is_refused():
    block = blocks.QuizBlock()
    value = block.to_python(
        {
            "question": "先做什么？",
            "answers": [{"text": "清场", "correct": False}, {"text": "点火", "correct": False}],
            "explanation": "",
        }
    )
    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(value)
    assert list(refused.value.block_errors) == ["answers"]


@pytest.mark.parametrize(("right", "kind"), [(1, "radio"), (2, "checkbox")])
def test_quiz_lets_tick_as_many_as_are_right(right, kind):
    answers = [{"text": f"答{n}", "correct": n < right} for n in range(3)]
    html = blocks.QuizBlock().render(
        blocks.QuizBlock().to_python({"question": "？", "answers": answers, "explanation": ""})
    )
    assert html.count(f'type="{kind}"') == 3


def test_quiz_shows_the_answer_only_inside_the_fold():
    answers = [{"text": "清场", "correct": True}, {"text": "点火", "correct": False}]
    html = blocks.QuizBlock().render(
        blocks.QuizBlock().to_python({"question": "？", "answers": answers, "explanation": ""})
    )
    before, inside = html.split("<details", 1)
    assert ["correct" in before, "点火" in inside, "清场" in inside] == [False, False, True]


# Wagtail leaves the closing of a rendition's temporary file to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning")
def test_picture_is_drawn_with_its_words_and_several_sizes(media):
    image = Image.objects.create(title="a", file=get_test_image_file(size=(1000, 600)))
    block = blocks.PictureBlock()
    html = block.render(
        block.to_python({"image": image.pk, "alt": "焊缝“正面”", "caption": "<b>图一</b>"})
    )
    assert 'alt="焊缝“正面”"' in html
    assert "srcset=" in html
    assert "&lt;b&gt;图一" in html
    gc.collect()


def test_picture_without_words_is_refused(media):
    image = Image.objects.create(title="a", file=get_test_image_file())
    block = blocks.PictureBlock()
    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(block.to_python({"image": image.pk, "alt": "", "caption": ""}))
    assert list(refused.value.block_errors) == ["alt"]


def test_download_names_kind_and_size(media):
    document = Document.objects.create(
        title="讲义", file=SimpleUploadedFile("a.pdf", b"x" * 2048), file_size=2048
    )
    block = blocks.DownloadBlock()
    html = block.render(block.to_python({"document": document.pk, "title": "", "note": ""}))
    shown = " ".join(html.split())  # as a browser shows it
    assert ["讲义" in shown, "PDF · 2.0 kB" in shown] == [True, True]


def test_table_scrolls_by_keyboard_and_has_headings():
    block = blocks.TableBlock()
    table = {
        "columns": [{"type": "text", "heading": "项目"}, {"type": "number", "heading": "分"}],
        "rows": [{"values": ["外观", "2.50"]}],
        "caption": "",
    }
    html = block.render(block.to_python({"caption": "评分", "table": table}))
    assert [
        'tabindex="0" role="region" aria-label="评分"' in html,
        html.count('scope="col"'),
        "2.50" in html,
    ] == [True, 2, True]


def test_editor_may_enter_the_admin_and_write_a_page(client):
    editor, city = UserFactory(), OrgUnitFactory()
    assign_role(actor=access.SYSTEM, user=editor, role="editor", scope=city)
    client.force_login(editor)
    answer = client.get("/manage/", headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 200
    assert "craft-seal" in answer.content.decode()
    assert (
        client.get(
            f"/manage/pages/add/home/articlepage/{NewsIndexPage.objects.get().pk}/"
        ).status_code
        == 200
    )


def test_worker_may_not_enter_the_admin(client):
    client.force_login(UserFactory())
    answer = client.get("/manage/", follow=True)
    assert (answer.status_code, "craft-seal" in answer.content.decode()) == (403, False)


def test_rights_of_editors_given_twice_are_the_same_rights():
    group = Group.objects.get(name=EDITORS)

    def rights():
        return (
            group.permissions.count(),
            group.page_permissions.count(),
            group.collection_permissions.count(),
        )

    before = rights()
    give_editors_their_rights()
    assert rights() == before == (6, 3, 6)
    assert set(group.permissions.values_list("content_type__app_label", "codename")) == {
        ("wagtailadmin", "access_admin"),
        ("cms", "change_sitetexts"),
        *(
            ("notify", f"{act}_template") for act in ("add", "change", "delete", "view")
        ),  # deleting one brings back the shipped words
    }


def test_settings_menu_of_the_admin_shows_no_users_and_groups(client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    text = client.get("/manage/").content.decode()
    assert ["/manage/users/" in text, "/manage/groups/" in text] == [False, False]
