"""Requests to other services over HTTP.

Whatever the service answers, nobody sees more than one plain sentence, and nothing of it goes into
a log.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error


def request_json(method: str, url: str, *wanted: str, **sent: Any) -> dict[str, Any]:
    """Return the JSON object that *url* answers, in which all of *wanted* are strings that aren't
    empty.

    Raises `OAuth2Error` for every other answer, and requests' own error if nobody answers. Both
    lead back with a sentence. Chinese services answer 200 with an `errcode` when they refuse, and
    declare UTF-8 as plain text, so the answer is decoded as UTF-8.
    """
    with get_adapter().get_requests_session() as session:
        answer = session.request(method, url, **sent)
    answer.raise_for_status()
    answer.encoding = "utf-8"
    told = answer.json()
    if not isinstance(told, dict):
        msg = "no JSON object came back"
        raise OAuth2Error(msg)
    if told.get("errcode"):
        msg = f"refused with {told['errcode']}"
        raise OAuth2Error(msg)
    if missing := [
        name for name in wanted if not (isinstance(told.get(name), str) and told[name].strip())
    ]:
        msg = f"the answer lacks {', '.join(missing)}"
        raise OAuth2Error(msg)
    return told
