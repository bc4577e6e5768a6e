"""Print matrix lines as the site answers today: `python -m tests.access.measure [NAME…]`. To be
judged before they are kept.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import django

from tests.access import matrix


def line(name: str, on: str, own: dict[str, str], other: dict[str, str], *, post: bool) -> str:
    """Return the line that says what was measured."""

    def who(kind: str, answers: dict[str, str]) -> str:
        found = {key for key, answer in answers.items() if answer == kind}
        signed_in = {
            key for key, answer in answers.items() if key != matrix.NOBODY and answer != "in"
        }
        if kind == "403" and found == signed_in and found:
            return "rest"
        return " ".join(
            sorted(
                found - matrix.SITE | {"site"}
                if found >= matrix.SITE and len(found) < len(answers) - 1
                else found
            )
        )

    parts = [f'row("{name}"']
    if on:
        parts.append(f'on="{on}"')
    if post:
        parts.append("post=True")
    people = sorted(set(own) - {"nobody"})
    allowed = who("in", own)
    parts.append(
        'may="*"'
        if allowed == " ".join(sorted(own))
        else 'may="+"'
        if allowed == " ".join(people)
        else f'may="{allowed}"'
    )
    if who("403", own):
        parts.append(f'forbidden="{who("403", own)}"')
    if own["nobody"] == "404":
        parts.append("door=False")
    for key, kind in (("other_may", "in"), ("other_forbidden", "403")):
        if on and who(kind, other):
            found = who(kind, other)
            parts.append(
                f'{key}="*"'
                if found == " ".join(sorted(other))
                else f'{key}="+"'
                if found == " ".join(people)
                else f'{key}="{found}"'
            )
    odd = {key: answer for key, answer in own.items() if answer.startswith("5")}
    return ", ".join(parts) + ")" + (f"  # FAULT {odd}" if odd else "")


def main(wanted: list[str]) -> None:
    """Build the world and print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    import pytest
    from django.db import transaction
    from django.test.utils import setup_test_environment

    from tests.access import asking, world
    from tests.support import database

    setup_test_environment()
    database.prepare()
    patch: Any = pytest.MonkeyPatch()
    asking.draw_nothing(patch)
    try:
        with transaction.atomic():
            own, other = world.side(), world.side()
            clients = asking.clients(world.subjects(own))
            for item in wanted or asking.names():
                name, _, on = item.partition("=")
                post = on.endswith("!")
                on = on.rstrip("!")
                known = matrix.ROWS.get(name)
                on, post = (known.on, known.post) if known and not on else (on, post)
                if on not in world.KWARGS:
                    print(f"# {name}: no such thing: {on}")  # noqa: T201 - a command's output
                    continue
                try:
                    mine = asking.answers(name, on, own, clients, post=post)
                    theirs = asking.answers(name, on, other, clients, post=post) if on else {}
                except Exception as error:  # noqa: BLE001 - the next line may do
                    print(f"# {name}: {error!r}"[:200])  # noqa: T201 - a command's output
                    continue
                print(line(name, on, mine, theirs, post=post))  # noqa: T201 - a command's output
            transaction.set_rollback(True)
    finally:
        database.discard()


if __name__ == "__main__":
    main(sys.argv[1:])
