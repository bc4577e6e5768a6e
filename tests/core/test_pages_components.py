"""Fields, meters, dates and places as the templates draw them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from core.places import WorkingPlace
from core.templatetags import craft


def draw(text: str, **context: object) -> str:
    return Template(text).render(Context(context))


class Sample(forms.Form):
    name = forms.CharField(help_text="As on the card.")
    nick = forms.CharField(required=False)
    side = forms.ChoiceField(choices=[("l", "Left"), ("r", "Right")], widget=forms.RadioSelect)
    agreed = forms.BooleanField()
    file = forms.FileField(required=False)


def test_field_with_help_and_error_names_both_for_screen_readers():
    html = draw("{% field form.name %}", form=Sample({}))
    assert 'aria-describedby="id_name_help id_name_error"' in html
    assert 'id="id_name_help">As on the card.<' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_field_without_faults_has_no_error_and_no_invalid_mark():
    html = draw("{% field form.name %}", form=Sample())
    assert "id_name_error" not in html
    assert "aria-invalid" not in html


def test_field_optional_says_so_in_words():
    with translation.override("en"):
        assert ">optional<" in draw("{% field form.nick %}", form=Sample())
        assert ">optional<" not in draw("{% field form.name %}", form=Sample())


def test_field_of_choices_is_a_group_with_a_legend():
    html = draw("{% field form.side %}", form=Sample())
    assert html.count("<fieldset") == 1
    assert "<legend>Side" in html
    assert html.count('type="radio"') == 2


def test_error_summary_links_each_fault_to_its_field():
    with translation.override("en"):
        html = draw("{% error_summary form %}", form=Sample({"name": "", "side": ""}))
    assert "3 things to put right" in html
    assert [
        'href="#id_name"' in html,
        'href="#id_side_group"' in html,
        'href="#id_agreed"' in html,
    ] == [True, True, True]
    group = draw("{% field form.side %}", form=Sample())
    assert 'id="id_side_group"' in group


def test_form_fields_escape_what_was_typed():
    html = draw("{% form_fields form %}", form=Sample({"name": '"><script>alert(1)</script>'}))
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("value", "whole", "percent"),
    [(34, 40, "85"), (0, 0, "0"), (50, 40, "100"), (-3, 10, "0"), (None, 10, "0"), (1, 3, "33.33")],
)
def test_meter_is_never_fuller_than_full_nor_emptier_than_empty(value, whole, percent):
    assert f'<rect width="{percent}%"' in draw("{% meter value whole %}", value=value, whole=whole)


def test_meter_without_words_is_silent_and_with_words_speaks():
    assert 'aria-hidden="true"' in draw("{% meter 1 2 %}")
    assert 'role="img" aria-label="half"' in draw('{% meter 1 2 label="half" %}')


def test_parts_fill_the_bar_exactly_and_leave_out_what_is_zero():
    html = draw(
        "{% parts rows %}",
        rows=[("ok", 4100, "Issued"), ("info", 8, "In work"), ("bad", 0, "Failed")],
    )
    assert html.count("<rect") == 2
    assert "Failed <b>0</b>" in html
    assert 'aria-label="' in html
    context = craft.parts([("ok", 1, "a"), ("", 99999, "b")])
    assert float(context["bars"][-1]["x"]) + float(context["bars"][-1]["width"]) <= 100


def test_components_write_no_style_attribute():
    html = draw(
        "{% form_fields form %}{% meter 1 2 %}{% parts rows %}{% steps 2 'a' 'b' %}",
        form=Sample({}),
        rows=[("ok", 1, "a")],
    )
    assert "style=" not in html


def test_state_tag_uses_the_words_of_the_object():
    class Thing:
        state = "revoked"

        def get_state_display(self):
            return "已撤销"

    assert draw("{% state_tag thing %}", thing=Thing()) == '<span class="tag bad">已撤销</span>'
    assert draw('{% state_tag thing tone="" %}', thing=Thing()) == '<span class="tag">已撤销</span>'


def test_steps_mark_done_and_now():
    html = draw("{% steps 2 'Send' 'Check' 'Take over' %}")
    assert html.count('class="done"') == 1
    assert html.count('aria-current="step"') == 1
    assert html.count("<li") == 3


def test_pagination_keeps_the_rest_of_the_address():
    page = Paginator(range(100), 10).get_page(2)
    html = draw(
        "{% pagination page %}", page=page, request=RequestFactory().get("/search/?q=焊工&page=2")
    )
    assert "?q=%E7%84%8A%E5%B7%A5&amp;page=3" in html
    assert html.count('aria-current="page"') == 1


def test_pagination_of_a_single_page_draws_nothing():
    assert draw("{% pagination page %}", page=Paginator(range(3), 10).get_page(1)) == "\n"


@pytest.mark.parametrize(
    ("path", "href", "here"),
    [
        ("/training/", "/training/", True),
        ("/training/welding/", "/training/", True),
        ("/me/", "/", False),
        ("/", "/", True),
        ("/trainings/", "/training/", False),
    ],
)
def test_current_marks_the_place_and_what_lies_below_it(path, href, here):
    html = draw("{% current href %}", href=href, request=RequestFactory().get(path))
    assert html == (' aria-current="page"' if here else "")


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/classes/?page=2", "/classes/?page=2"),
        ("http://elsewhere.example/classes/", ""),
        ("javascript:alert(1)", ""),
        ("http://testserver/here/", ""),
        ("", ""),
    ],
)
def test_way_back_leads_only_to_our_own_other_pages(referer, back):
    assert draw(
        "{% way_back %}", request=RequestFactory().get("/here/", headers={"Referer": referer})
    ) == back.replace("&", "&amp;")


def test_dates_are_written_as_people_write_them():
    moment = datetime(2031, 11, 21, 16, 41, 3, tzinfo=UTC)  # in Beijing the next day has begun
    with translation.override("zh-hans"):
        assert draw("{{ t|long_day }} {{ t|clock }}", t=moment) == "2031 年 11 月 22 日 00:41"
        assert craft.exact_moment(moment) == "2031-11-22 00:41:03"
        assert craft.until(date(2031, 12, 5), date(2031, 12, 20)) == "2031 年 12 月 5 日 – 20 日"
        assert craft.until(date(2031, 11, 20), date(2031, 11, 20)) == "2031 年 11 月 20 日"
    with translation.override("en"):
        assert (
            craft.until(date(2031, 12, 5), date(2031, 12, 20))
            == "5 December 2031 – 20 December 2031"
        )
    assert [
        craft.day(None),
        craft.until(None, None),
        craft.exact_moment(None),
        craft.moment(None),
    ] == ["", "", "", ""]


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 kB"),
        (5 * 1024 * 1024, "5.0 MB"),
        (3 * 1024**3, "3.0 GB"),
    ],
)
def test_filesize_is_in_the_unit_a_person_would_say(size, text):
    assert craft.filesize(size) == text


@pytest.mark.parametrize(("language", "written"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_html_lang_follows_the_language(language, written):
    with translation.override(language):
        assert craft.html_lang() == written


def test_place_without_its_page_has_no_address():
    assert WorkingPlace("x", "X", "nowhere:at_all").href == ""
