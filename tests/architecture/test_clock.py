"""Nobody but `core.clock` asks what time it is (ADR 56)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import ROOT, assets, modules, place, tree

EXCEPTIONS = {
    "site/core/clock.py": "it is the clock",
    "site/core/models.py": "names Django's functions for migrations and asks neither",
    "site/core/journal.py": "the order and the age of files on this machine's disk",
    "search/outbox.py": "versions of documents, which must go forward whatever a test's clock does",
    "search/engines/elastic.py": "as search/outbox.py",
}
CLOCKS = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "django.db.models.functions.Now",
    "django.utils.timezone.now",
    "time.ctime",
    "time.strftime",
    "time.time",
    "time.time_ns",
}
CLOCKS_UNLESS_GIVEN_A_MOMENT = {
    "django.utils.http.http_date",
    "django.utils.timezone.localdate",
    "django.utils.timezone.localtime",
    "email.utils.formatdate",
    "email.utils.localtime",
    "time.gmtime",
    "time.localtime",
}
STAMPS = {"auto_now", "auto_now_add"}
OUR_FIELDS = {"MomentField", "DayField"}
IN_SQL = re.compile(
    r"CURRENT_(TIMESTAMP|DATE|TIME)\b|\b(clock|statement|transaction)_timestamp\(|\('now'"
)


def names(module: ast.Module) -> dict[str, str]:
    """Return what the imported names of *module* mean."""
    found = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {
                alias.asname or alias.name.split(".")[0]: alias.name
                if alias.asname
                else alias.name.split(".")[0]
                for alias in node.names
            }
        elif isinstance(node, ast.ImportFrom):
            found |= {
                alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names
            }
    return found


def meaning(node: ast.AST | None, known: dict[str, str]) -> str:
    """Return the dotted name that *node* stands for, or an empty one."""
    if isinstance(node, ast.Name):
        return known.get(node.id, "")
    if isinstance(node, ast.Attribute) and (base := meaning(node.value, known)):
        return f"{base}.{node.attr}"
    return ""


def other_clocks(module: ast.Module) -> Iterator[ast.expr]:
    """Yield each place in *module* that asks another clock than ours, or lets a field do so."""
    known = names(module)
    given = {
        id(node.func)
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and (node.args or node.keywords)
    }
    for node in ast.walk(module):
        name = meaning(node, known)
        if name in CLOCKS or (name in CLOCKS_UNLESS_GIVEN_A_MOMENT and id(node) not in given):
            assert isinstance(node, ast.expr)
            yield node
        elif (
            isinstance(node, ast.Call)
            and meaning(node.func, known).rpartition(".")[2] not in OUR_FIELDS
        ):
            is_field = meaning(node.func, known).startswith("django.db.models.")
            if any(
                word.arg in STAMPS
                or (
                    is_field
                    and word.arg == "default"
                    and meaning(word.value, known).startswith("core.clock.")
                )
                for word in node.keywords
            ):
                yield node
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and IN_SQL.search(node.value)
        ):
            yield node


def test_time_is_asked_of_one_clock() -> None:
    breaches = [
        place(path, node)
        for path in modules()
        if str(path.relative_to(ROOT)) not in EXCEPTIONS
        for node in other_clocks(tree(path))
    ]
    assert breaches == []


def test_exceptions_are_still_needed() -> None:
    assert [name for name in EXCEPTIONS if not any(other_clocks(tree(ROOT / name)))] == []


def test_templates_are_given_the_time() -> None:
    tag = re.compile(r"{%\s*now\b")
    assert [
        str(path.relative_to(ROOT))
        for path in assets(".html", ".txt", ".xml")
        if tag.search(path.read_text(encoding="utf-8"))
    ] == []


def test_only_the_settings_of_tests_can_move_it() -> None:
    naming = {
        str(path.relative_to(ROOT))
        for path in modules()
        if "CLOCK_FILE" in path.read_text(encoding="utf-8")
    }
    assert naming == {"site/core/clock.py", "site/config/settings/test.py"}


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils import timezone\ntimezone.now()",
        "from django.utils import timezone as tz\ntz.localdate()",
        "from django.utils import timezone\nform(initial=timezone.localdate)",
        "from django.utils.timezone import localtime\nlocaltime()",
        "from datetime import UTC, datetime\ndatetime.now(UTC)",
        "import datetime\ndatetime.datetime.now(datetime.UTC)",
        "import datetime as dt\ndt.date.today()",
        "import time\ntime.time()",
        "from time import time_ns\ntime_ns()",
        "def late():\n    import time\n    return time.time()",
        "from django.db.models.functions import Now\nNow()",
        "from django.db import models\nmodels.DateTimeField(auto_now=True)",
        "from core import clock\nfrom django.db import models\nmodels.DateTimeField(default=clock.now)",
        "cursor.execute('SELECT CURRENT_TIMESTAMP')",
    ],
)
def test_another_clock_is_found(source: str) -> None:
    assert list(other_clocks(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "from core import clock\nclock.now()",
        "from django.utils import timezone\ntimezone.localdate(row.at)",
        "import time\ntime.monotonic()",
        "from core import clock\nfrom core.models import MomentField\nMomentField(default=clock.now)\nMomentField(auto_now_add=True)",
        "now()\nrow.now()\ntoday = 1",
    ],
)
def test_our_clock_durations_and_conversions_are_left_alone(source: str) -> None:
    assert not list(other_clocks(ast.parse(source)))
