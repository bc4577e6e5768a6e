"""Accounts, persons, unions and employers for tests."""

from __future__ import annotations

from datetime import date

import factory
from django.contrib.auth import get_user_model
from factory.django import DjangoModelFactory

from org.enums import OrgLevel
from org.models import Employer, Employment, Membership, OrgUnit
from people.models import Person


class UserFactory(DjangoModelFactory):
    """An account that can sign in with the password `correct horse`."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    password = factory.django.Password("correct horse")


class PersonFactory(DjangoModelFactory):
    """A person with a name of three characters."""

    class Meta:
        model = Person

    name = factory.Sequence(lambda n: "张李王赵陈"[n % 5] + chr(0x5E00 + n % 5000) + "明")


class WorkerFactory(PersonFactory):
    """A person with an account."""

    user = factory.SubFactory(UserFactory)


class OrgUnitFactory(DjangoModelFactory):
    """A union; `parent=` puts it below another."""

    class Meta:
        model = OrgUnit

    name = factory.Sequence(lambda n: f"第{n}工会")
    code = factory.Sequence(lambda n: f"33{n:06d}")
    level = OrgLevel.CITY

    @classmethod
    def _create(cls, model_class, *args, parent=None, **kwargs):
        unit = model_class(*args, **kwargs)
        return parent.add_child(instance=unit) if parent else model_class.add_root(instance=unit)


class EmployerFactory(DjangoModelFactory):
    """An employer."""

    class Meta:
        model = Employer

    name = factory.Sequence(lambda n: f"第{n}机械厂")


class MembershipFactory(DjangoModelFactory):
    """An open membership."""

    class Meta:
        model = Membership

    person = factory.SubFactory(PersonFactory)
    org_unit = factory.SubFactory(OrgUnitFactory)
    starts_on = date(2020, 1, 1)


class EmploymentFactory(DjangoModelFactory):
    """An open employment."""

    class Meta:
        model = Employment

    person = factory.SubFactory(PersonFactory)
    employer = factory.SubFactory(EmployerFactory)
    starts_on = date(2020, 1, 1)
