"""A catalogue under the front page, for tests that need addresses of courses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from courses.pages import CourseIndexPage, CoursePage
from home.models import HomePage
from tests.factories.courses import TrainingClassFactory


@pytest.fixture
def front(db: None) -> HomePage:
    """The front page that the migrations made."""
    return HomePage.objects.get()


@pytest.fixture
def open_class(front: HomePage) -> Callable[..., Any]:
    """Return a function that opens a class of a course with a page in the catalogue."""

    def make(**fields: Any) -> Any:
        index = CourseIndexPage.objects.first() or front.add_child(
            instance=CourseIndexPage(title="技能培训", slug="training")
        )
        training_class = TrainingClassFactory(**fields)
        index.add_child(
            instance=CoursePage(
                title=training_class.course.title,
                slug=training_class.course.code,
                course=training_class.course,
            )
        )
        return training_class

    return make
