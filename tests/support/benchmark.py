"""What every benchmark needs: the size that was asked for, and a database of its own."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, TypeVar, cast, get_args

T = TypeVar("T")
Size = Literal["small", "large"]


def chosen_size() -> Size:
    """Return the size in the environment variable SIZE, small if there is none. Raises
    `SystemExit` for an unknown one.
    """
    named = os.environ.get("SIZE", "") or "small"
    if named not in get_args(Size):
        msg = f"SIZE={named}: choose one of {', '.join(get_args(Size))}"
        raise SystemExit(msg)
    return cast("Size", named)


def pick_by_size(*, small: T, large: T) -> T:
    """Return what a benchmark measures by default, or under SIZE=large. Everything of 100,000 rows
    and more is large.
    """
    return large if chosen_size() == "large" else small


@contextmanager
def prepared_database() -> Iterator[str]:
    """Run the block on a fresh copy of the prepared test database and give its vendor's name.
    Django is set up here.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment, teardown_test_environment

    from tests.support import database

    logging.disable(logging.INFO)
    setup_test_environment()
    try:
        database.prepare()
        try:
            yield connection.vendor
        finally:
            database.discard()
    finally:
        teardown_test_environment()
        logging.disable(logging.NOTSET)
