"""Canonical form of JSON-LD documents for signing, by RDFC-1.0 (which PyLD calls URDNA2015).

PyLD silently leaves undefined terms out of what it signs. Here that is an error. Contexts are
pinned files and are never fetched.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from pyld import jsonld
from pyld.documentloader.frozen import FrozenDocumentLoader

from certification.credentials.errors import NotSignable

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"

_FOLDER = Path(__file__).with_name("contexts")
_PINNED = {
    CREDENTIALS_V2: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES: (
        "open-badges-3.0.3.json",
        "ef2fa9c7846dce233cc166b43639027278be4ee44f00bb1d45c75de2dd0cd761",
    ),
    OPEN_BADGES_EXTENSIONS: (
        "open-badges-extensions.json",
        "2d013f981d1f4516081a6a04e55468ba2b071d4153b794f19a79715c45a89a5e",
    ),
}
# What a relative address would become: nothing of ours begins so.
_MARKER = "relative:"
_DEEPEST = 40


@cache
def _loader() -> FrozenDocumentLoader:
    documents = {}
    for url, (name, digest) in _PINNED.items():
        data = (_FOLDER / name).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            msg = f"{name} is not the file that was reviewed"
            raise NotSignable(msg)
        documents[url] = json.loads(data)
    return FrozenDocumentLoader(documents)


def canonicalise_document(document: dict[str, Any]) -> str:
    """Return *document* as canonical N-Quads (RDFC-1.0).

    Raises `NotSignable` for a context that isn't pinned, a term that no context defines, a relative
    address, or nesting that is too deep. Each of these would leave something unsigned or cause a
    request to somebody else's server.
    """
    return str(_rdf(document, normal=True))


def write_nquads(document: dict[str, Any]) -> str:
    """Return *document* as N-Quads with PyLD's own blank node labels. Raises as
    `canonicalise_document` does.
    """
    return str(_rdf(document, normal=False))


def _rdf(document: dict[str, Any], *, normal: bool) -> Any:
    if _depth(document) > _DEEPEST:
        msg = "nested too deeply"
        raise NotSignable(msg)
    dropped: list[str | None] = []
    options: Any = {"documentLoader": _loader(), "base": _MARKER, "processingMode": "json-ld-1.1"}
    try:
        expanded = jsonld.JsonLdProcessor(on_property_dropped=dropped.append).expand(
            document, options
        )
        if dropped:
            msg = f"no context defines {sorted(map(str, dropped))}"
            raise NotSignable(msg)
        if relative := _relative(expanded):
            msg = f"relative address {relative!r}"
            raise NotSignable(msg)
        if normal:
            return jsonld.normalize(
                expanded, {**options, "algorithm": "URDNA2015", "format": "application/n-quads"}
            )
        return jsonld.to_rdf(expanded, {**options, "format": "application/n-quads"})
    except (
        jsonld.JsonLdError,
        RecursionError,
        TypeError,
        ValueError,
        KeyError,
        AttributeError,
    ) as error:
        msg = "no JSON-LD that we read"
        raise NotSignable(msg) from error


def _depth(value: Any, at: int = 0) -> int:
    if at > _DEEPEST:
        return at
    if isinstance(value, dict):
        return max((_depth(one, at + 1) for one in value.values()), default=at)
    if isinstance(value, list):
        return max((_depth(one, at + 1) for one in value), default=at)
    return at


def _relative(value: Any) -> str:
    """Return the first address or type in expanded *value* that isn't absolute, or an empty
    string.
    """
    if isinstance(value, list):
        return next(filter(None, map(_relative, value)), "")
    if not isinstance(value, dict):
        return ""
    kinds = value.get("@type")
    addresses = [value.get("@id"), *(kinds if isinstance(kinds, list) else [kinds])]
    for address in addresses:
        if isinstance(address, str) and (
            address.startswith(_MARKER) or (":" not in address and not address.startswith("@"))
        ):
            return address
    return next(
        filter(
            None,
            (_relative(one) for key, one in value.items() if key not in {"@id", "@type", "@value"}),
        ),
        "",
    )
