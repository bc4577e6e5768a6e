"""Somebody has thought about every field that could hold personal data."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models
from django.utils.encoding import force_str

from core import personal
from tests.architecture.sources import PACKAGES

# Written by others than this program's people, or derived: tables of libraries are declared where
# they hold anybody's data.
OURS = [
    model
    for model in apps.get_models(include_auto_created=True)
    if model.__module__.split(".")[0] in PACKAGES
]


def own_fields(model: type[models.Model]) -> list[models.Field]:
    return [
        field
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
        if not field.name.endswith("_ptr")
    ]


def test_every_field_that_could_be_personal_is_declared_one_way_or_the_other() -> None:
    silent = [
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in own_fields(model)
        if personal.needs_declaration(field)
        and not personal.is_declared(model._meta.label, field.name)
    ]
    assert silent == [], "say in the app's privacy.py whether these are personal data"


def test_nothing_is_declared_that_no_longer_exists() -> None:
    gone = []
    for label, names in personal.declared_names().items():
        known = (
            {field.name for field in apps.get_model(label)._meta.get_fields()}
            if _installed(label)
            else names
        )
        gone += [f"{label}.{name}" for name in names - known]
    assert gone == []


def _installed(label: str) -> bool:
    return label.split(".")[0] in {config.label for config in apps.get_app_configs()}


@pytest.mark.parametrize("holding", list(personal.list_holdings()), ids=lambda one: one.label)
def test_each_declaration_says_how_long_and_can_be_carried_out(holding: personal.Holding) -> None:
    for name, field in holding.fields.items():
        assert force_str(personal.keeping_of(field.retention).why), name
        if field.on_erase != personal.OnErase.KEEP:
            assert holding.person or holding.account, (
                f"{holding.label}.{name} is emptied, but nothing leads to whose it is"
            )
        if field.export and (holding.person or holding.account):
            assert (
                not isinstance(holding.model._meta.get_field(name), models.BinaryField)
                or field.read
            ), f"{name} can't be read"
    if holding.person or holding.account:
        list(personal.rows_about(holding, None, None))


def test_the_test_finds_an_undeclared_field() -> None:
    class Fresh(models.Model):  # noqa: DJ008 - never saved
        remark = models.CharField(max_length=10)
        number = models.IntegerField()

        class Meta:
            app_label = "tests_personal"
            managed = False

    try:
        assert [field.name for field in own_fields(Fresh) if personal.needs_declaration(field)] == [
            "remark"
        ]
        assert not personal.is_declared("tests_personal.Fresh", "remark")
    finally:
        del apps.all_models["tests_personal"]
        apps.clear_cache()
