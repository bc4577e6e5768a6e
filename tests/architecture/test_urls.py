"""Addresses."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.sources import PACKAGES


def patterns(
    resolver: URLResolver, prefix: str = "", namespaces: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...], URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(
                entry, path, (*namespaces, entry.namespace) if entry.namespace else namespaces
            )
        else:
            yield path, namespaces, entry


def ours() -> list[tuple[str, tuple[str, ...], URLPattern]]:
    """Return the addresses whose views are ours."""
    found = []
    for path, namespaces, entry in patterns(get_resolver()):
        view = getattr(entry.callback, "view_class", entry.callback)
        if getattr(view, "__module__", "").split(".")[0] in PACKAGES:
            found.append((path, namespaces, entry))
    return found


# Written so by formats of others: C2SP tlog-tiles, or signed into credentials.
FIXED = (
    "register/checkpoint",
    "credentials/<uuid:address_id>",
    "status/<int:number>/<slug:purpose>",
)


def test_every_address_has_a_name() -> None:
    assert [path for path, _, entry in ours() if not entry.name] == []


def test_every_address_ends_in_a_slash_or_a_file_name() -> None:
    assert [
        path
        for path, _, _ in ours()
        if path
        and not path.endswith(("/", "$", "health/live", "health/ready", *FIXED))
        and "." not in path
    ] == []


def test_names_are_unique_within_their_namespace() -> None:
    names = [(namespaces, entry.name) for _, namespaces, entry in ours()]
    assert sorted(str(name) for name in set(names) if names.count(name) > 1) == []
