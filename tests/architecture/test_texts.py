"""Every text that people send in goes through the one decision about characters
(`core.text.clean_text`), or says why it doesn't.
"""

from __future__ import annotations

import html
import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.utils.translation import override
from rest_framework import serializers
from wagtail.models import Page
from wagtail.snippets.models import get_snippet_models

from api.schemas import CleanSerializerField as ApiField
from core.forms import LENGTH_MESSAGES, CleanCharField, QueryCharField
from tests.architecture.sources import PACKAGES, ROOT, modules

# Fields of these classes take a closed form of text: Django holds them to a pattern, so nothing odd
# gets in.
PATTERNED = (
    forms.EmailField,
    forms.URLField,
    forms.SlugField,
    forms.RegexField,
    forms.UUIDField,
    forms.JSONField,
)


# Codes of six digits that the library reads and compares; nothing of them is kept. Fields that say
# in words of their own what to do about a text that is too long: what is looked up has no length to
# shorten to.
OWN_WORDS = {
    "certification.forms.register.EntryForm.entry",
    "certification.forms.verify.VerifyForm.number",
    "certification.forms.verify.VerifyForm.name",
    "certification.forms.watching.WatchForm.number",
    "certification.forms.watching.WatchForm.name",
}

LIBRARYS = {
    f"people.forms.factors.{name}.code"
    for name in ("SecondFactorForm", "AgainCodeForm", "AddAppForm")
}


def _all(base: type) -> Iterator[type]:
    for found in base.__subclasses__():
        yield found
        yield from _all(found)


def _ours(cls: type) -> bool:
    return cls.__module__.split(".")[0] in PACKAGES


def _load_forms() -> None:
    for path in modules():
        parts = path.relative_to(ROOT).with_suffix("").parts
        parts = parts[1:] if parts[0] == "site" else parts
        if {"forms", "people_forms", "schemas", "wagtail_hooks", "views"} & set(parts):
            importlib.import_module(".".join(parts).removesuffix(".__init__"))


def _loose(field: Any) -> bool:
    """Say whether *field* takes any text without the decision about characters."""
    if not isinstance(field, forms.CharField) or isinstance(
        field, (CleanCharField, QueryCharField, *PATTERNED)
    ):
        return False
    return not isinstance(field.widget, forms.PasswordInput)


def test_every_text_field_of_our_forms_decides_about_characters():
    _load_forms()
    found = {form for form in _all(forms.BaseForm) if _ours(form)}
    assert len(found) > 60
    loose = {
        f"{form.__module__}.{form.__qualname__}.{name}"
        for form in found
        for name, field in form.base_fields.items()
        if _loose(field)
    }
    assert loose == LIBRARYS


def _limited() -> dict[str, forms.CharField]:
    """Return each text field of our forms that has a greatest length."""
    _load_forms()
    return {
        f"{form.__module__}.{form.__qualname__}.{name}": field
        for form in _all(forms.BaseForm)
        if _ours(form)
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField) and field.max_length is not None
    }


def _too_long(field: forms.CharField) -> str:
    """Return a text of one character more than *field* takes, in its form where it has one."""
    extra = {forms.URLField: "https://example.org/", forms.EmailField: "someone@example.org"}.get(
        type(field), ""
    )
    return extra + "a" * (field.max_length + 1 - len(extra))


def _said(field: forms.CharField, typed: str) -> tuple[list[str], str]:
    """Return what a form with *field* says about *typed*, and the field as the form shows it
    again.
    """
    form = type("OneField", (forms.Form,), {"field": field})({"field": typed})
    assert not form.is_valid()
    return form.errors["field"], html.unescape(str(form["field"]))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh-hans", "这里最多填 {most} 个字，现有 {has} 个字，请删减。"),
        ("en", "At most {most} characters fit here, and this has {has}. Shorten it."),
    ],
)
def test_every_text_field_says_how_long_it_may_be_and_is_and_keeps_what_was_typed(
    language, sentence
):
    fields = _limited()
    assert len(fields) > 150
    own_words = {
        name
        for name, field in fields.items()
        if field.error_messages["max_length"] is not LENGTH_MESSAGES["max_length"]
    }
    assert own_words == OWN_WORDS
    with override(language):
        for name, field in fields.items():
            typed = _too_long(field)
            errors, shown = _said(field, typed)
            wanted = (
                str(field.error_messages["max_length"])
                if name in own_words
                else sentence.format(most=field.max_length, has=len(typed))
            )
            assert wanted in errors, name
            assert not [error for error in errors if error.startswith(("Ensure", "确保"))], name
            assert isinstance(field.widget, forms.PasswordInput) or typed in shown, name


def test_text_that_is_too_short_is_answered_by_our_own_sentence():
    field = CleanCharField(min_length=8)
    with override("zh-hans"):
        assert _said(field, "abc")[0] == ["这里至少要填 8 个字，现有 3 个字，请补足。"]
    with override("en"):
        assert _said(field, "abc")[0] == [
            "At least 8 characters are needed, and this has 3. Make it longer."
        ]


def _panels_forms() -> Iterator[type[forms.BaseForm]]:
    for model in apps.get_models():
        if issubclass(model, Page) and _ours(model):
            yield model.get_edit_handler().get_form_class()
    for model in get_snippet_models():
        if _ours(model):
            yield model.snippet_viewset.get_edit_handler().get_form_class()


def test_every_plain_text_of_a_page_or_snippet_decides_about_characters():
    found = list(_panels_forms())
    assert len(found) > 5
    loose = {
        f"{form._meta.model._meta.label}.{name}"
        for form in found
        for name, field in form.base_fields.items()
        if _loose(field)
        and type(form._meta.model._meta.get_field(name)) in (models.CharField, models.TextField)
    }
    assert loose == set()


def test_every_text_of_the_interface_for_programs_decides_about_characters():
    found = {one for one in _all(serializers.Serializer) if _ours(one)}
    assert found
    loose = {
        f"{one.__qualname__}.{name}"
        for one in found
        for name, field in one().fields.items()
        if isinstance(field, serializers.CharField) and not isinstance(field, ApiField)
    }
    assert loose == set()


@pytest.mark.parametrize("typed", ["张\u200b三\x07", "\ud800", "王\ue000"])
def test_a_field_that_decides_refuses_what_no_text_may_hold(typed):
    with pytest.raises(forms.ValidationError):
        CleanCharField().clean(typed)
