"""Asking another service over HTTP: whatever it answers, nobody sees more than one plain sentence, and nothing of it goes into a log."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error


def ask(method: str, url: str, *wanted: str, **sent: Any) -> dict[str, Any]:
    """Return the JSON object that *url* answers, in which all of *wanted* are words that aren't empty.

    Raises `OAuth2Error` for every other answer, or requests' own error where nobody answers; both lead back with a sentence. Chinese
    services answer 200 with an `errcode` where they refuse, and call UTF-8 plain text: it is read as what it is.
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
    if missing := [name for name in wanted if not (isinstance(told.get(name), str) and told[name].strip())]:
        msg = f"the answer lacks {', '.join(missing)}"
        raise OAuth2Error(msg)
    return told
