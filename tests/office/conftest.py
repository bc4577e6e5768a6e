"""The ground of the office's import tests: a city with a grass-roots union, its officer, private
files in a folder of the test.
"""

from __future__ import annotations

import pytest

import access
from access.workflows import assign_role
from org.enums import OrgLevel
from tests.factories.ground import OrgUnitFactory, UserFactory


@pytest.fixture
def city(settings, tmp_path):
    """A city federation with the code 330900."""
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    return OrgUnitFactory(name="示例市总工会", code="330900", level=OrgLevel.CITY)


@pytest.fixture
def unit(city):
    """A grass-roots union below the city with the code 330901."""
    return OrgUnitFactory(name="示例厂工会", code="330901", parent=city, level=OrgLevel.GRASSROOTS)


@pytest.fixture
def officer(city):
    """The city's union officer."""
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=city)
    return user
