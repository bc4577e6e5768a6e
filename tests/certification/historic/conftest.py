"""Two cities, their officers and second persons."""

import pytest

import access
from access.workflows import assign_role
from tests.factories.ground import OrgUnitFactory, UserFactory


def person_with(role, scope):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role=role, scope=scope)
    return user


@pytest.fixture
def city(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    return OrgUnitFactory(name="示例市总工会")


@pytest.fixture
def other_city():
    return OrgUnitFactory(name="邻市总工会")


@pytest.fixture
def officer(city):
    return person_with("union_officer", city)


@pytest.fixture
def second(city):
    return person_with("union_reviewer", city)


@pytest.fixture
def other_officer(other_city):
    return person_with("union_officer", other_city)
