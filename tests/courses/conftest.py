"""Fixtures of training: a class being taught, its people, and time."""

from __future__ import annotations

import pytest
from django.utils import timezone

import access
from access.workflows import assign_role
from tests.factories.courses import (
    EnrolmentFactory,
    ExamFactory,
    SessionFactory,
    TrainingClassFactory,
)
from tests.factories.ground import UserFactory, WorkerFactory


@pytest.fixture
def worker(db):
    return WorkerFactory()


@pytest.fixture
def training_class(db):
    """A class of 40 seats, open, beginning in ten days."""
    training_class = TrainingClassFactory()
    SessionFactory(training_class=training_class, number=1)
    return training_class


@pytest.fixture
def going_on(db):
    """A class whose only session is on now and whose exam is open."""
    training_class = TrainingClassFactory(starts_on=timezone.localdate())
    SessionFactory(training_class=training_class, number=1, now=True)
    ExamFactory(training_class=training_class)
    return training_class


@pytest.fixture
def trainee(going_on):
    """An admitted worker of the class going on."""
    return EnrolmentFactory(training_class=going_on)


@pytest.fixture
def staff_of():
    """`staff_of(training_class, "class_head")` returns an account with that role on the class."""

    def make(training_class, role="class_head"):
        user = UserFactory()
        scope = (
            training_class.org
            if role in {"training_officer", "union_officer", "union_reviewer"}
            else training_class
        )
        assign_role(actor=access.SYSTEM, user=user, role=role, scope=scope)
        return user

    return make
