"""Admit, count and answer requests of programs, and refuse them in plain sentences (RFC 9457)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from api import workflows
from api.models import ApiKey
from api.queries import key_of
from audit.context import client_address
from core import clock
from core.errors import DomainError, InvalidInput
from org.models import Employer, OrgUnit

PROBLEM = "application/problem+json"
A_MINUTE = 120
WRONG_KEYS_A_MINUTE = 30
LARGEST_BODY = 1024 * 1024


class StrictJSONParser(JSONParser):
    """JSON in which no object has a member twice, because one program would read the first and
    another the last.
    """

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return the value. Raises `InvalidInput` for a member that occurs twice, and DRF's own
        error for data that is no JSON in UTF-8.
        """
        try:
            return json.loads(
                stream.read().decode("utf-8"),
                object_pairs_hook=_members,
                parse_constant=_refuse_constant,
            )
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InvalidInput(
            "member_twice", _("The same member appears twice in one object. Send each member once.")
        )
    return found


def _refuse_constant(name: str) -> None:
    msg = f"{name} is no JSON"
    raise ValueError(msg)


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer cp_…`. Cookies count for nothing here."""

    def authenticate(self, request: Any) -> tuple[Any, ApiKey] | None:
        """Return the key's owner and the key."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        key = key_of(parts[1].decode("latin-1")) if len(parts) == 2 else None
        if key is None:
            self._count_wrong_key(client_address(request))
            raise exceptions.AuthenticationFailed(
                _(
                    "The key is unknown, revoked or expired, or its owner no longer has "
                    "this permission."
                )
            )
        return key.owner, key

    @staticmethod
    def _count_wrong_key(address: str | None) -> None:
        """Count a wrong key against its address. Raises `Throttled` beyond the limit.

        Only wrong keys count, and after the look-up, so that a right key is answered whatever
        others behind the same address send. 256 random bits aren't found by trying, so the limit
        protects the log and the database and guards no secret.
        """
        if _count(f"wrong:{address}") > WRONG_KEYS_A_MINUTE:
            raise exceptions.Throttled(wait=60 - int(clock.timestamp()) % 60)

    def authenticate_header(self, request: Any) -> str:
        """Return the value of the header that an answer 401 carries."""
        return 'Bearer realm="Craftpath"'


def _window() -> int:
    return int(clock.timestamp() // 60)


def _name(what: str) -> str:
    return f"api:{hashlib.sha256(what.encode()).hexdigest()[:24]}:{_window()}"


def _count(what: str) -> int:
    name = _name(what)
    if cache.add(name, 1, 120):
        return 1
    try:
        return int(cache.incr(name))
    except ValueError:  # it ran out between the two calls
        return 1


class Endpoint(APIView):
    """One address of the API. *scopes* says what a key needs, by method."""

    authentication_classes = (KeyAuthentication,)
    permission_classes = ()
    parser_classes = (StrictJSONParser,)
    renderer_classes = (JSONRenderer,)
    scopes: dict[str, str] = {}
    used: int | None = None

    @property
    def key(self) -> ApiKey:
        """Return the key of this request."""
        found: ApiKey = self.request.auth
        return found

    @property
    def scope(self) -> Employer | OrgUnit:
        """Return for whom the key was made."""
        found = self.key.employer or self.key.org
        assert found is not None  # noqa: S101 - a check constraint of the table
        return found

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Let the request in after checking the key, its permission, and the limit for a minute."""
        super().initial(request, *args, **kwargs)
        if request.auth is None:
            raise exceptions.NotAuthenticated(
                _("Send your key in the header Authorization: Bearer cp_…")
            )
        self.used = _count(f"key:{request.auth.pk}")
        if self.used > A_MINUTE:
            raise exceptions.Throttled(wait=60 - int(clock.timestamp()) % 60)
        needed = self.scopes.get(request.method or "")
        if needed is None:
            raise exceptions.MethodNotAllowed(request.method or "")
        if needed not in request.auth.scopes:
            raise exceptions.PermissionDenied(
                _("This key doesn't have the permission “%(scope)s”. Create a key that has it.")
                % {"scope": needed}
            )
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            raise exceptions.ParseError(
                _("The request is larger than 1 MB. Send it in several smaller requests.")
            )
        workflows.note_use(key=request.auth)

    def handle_exception(self, exc: Exception) -> Response:
        """Answer a refusal as a problem. Anything else is a fault and is raised."""
        if isinstance(exc, DomainError):
            response = answer_problem(
                exc.status,
                exc.code,
                str(exc),
                errors={name: [str(said)] for name, said in _fields(exc).items()},
            )
            if wait := exc.data.get("retry_after"):
                response["Retry-After"] = str(wait)
        elif isinstance(exc, exceptions.ValidationError):
            sentence = _("Some fields aren't valid. See `errors` for which ones and why.")
            response = answer_problem(422, "invalid_fields", sentence, errors=exc.detail)
        elif isinstance(exc, exceptions.Throttled):
            response = answer_problem(
                429,
                "too_often",
                _("Too many requests in the last minute. Wait, then continue; nothing is lost."),
            )
            response["Retry-After"] = str(int(exc.wait or 60))
        elif isinstance(exc, exceptions.APIException):
            response = _plain(exc)
            if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
                response.status_code = response.data["status"] = 401
                response["WWW-Authenticate"] = 'Bearer realm="Craftpath"'
        else:
            self.raise_uncaught_exception(exc)
        response.exception = True
        return response

    def finalize_response(
        self, request: HttpRequest, response: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Say how many requests are left, and that no cache may keep the answer."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(getattr(response, "data", None), dict) and "problem" in getattr(
            response, "marks", ()
        ):
            response.content_type = PROBLEM
        if self.used is not None:
            response["RateLimit-Limit"] = str(A_MINUTE)
            response["RateLimit-Remaining"] = str(max(0, A_MINUTE - self.used))
            response["RateLimit-Reset"] = str(60 - int(clock.timestamp()) % 60)
        response["Cache-Control"] = (
            "private, no-cache" if "ETag" in response else "private, no-store"
        )
        patch_vary_headers(response, ["Authorization", "Accept-Language"])
        return response

    def once(self, request: Any, deed: Any) -> Response:
        """Answer with what *deed()* returns (status, body). Under an Idempotency-Key the same
        request gets the same answer for a day.
        """
        given = str(request.headers.get("Idempotency-Key", ""))
        if not given:
            status, body = deed()
            return Response(body, status=status)
        if len(given) > 255 or not given.isprintable():
            raise InvalidInput(
                "bad_idempotency_key",
                _("An Idempotency-Key can have at most 255 printable characters."),
            )
        request_hash = _hash(
            json.dumps(
                [request.method, request.path, request.data], sort_keys=True, ensure_ascii=False
            )
        )
        kept, is_new = workflows.begin_answer(
            key=self.key, request_key=_hash(given), request_hash=request_hash
        )
        if not is_new:
            if kept.request_hash != request_hash:
                raise InvalidInput(
                    "idempotency_key_reused",
                    _("This Idempotency-Key was used for a different request. Use a new one."),
                )
            if not kept.status:
                raise DomainError(
                    "still_at_work",
                    _(
                        "The first request with this Idempotency-Key is still being "
                        "processed. Try again shortly."
                    ),
                )
            response = Response(kept.body, status=kept.status)
            response["Idempotency-Replayed"] = "true"
            return response if kept.status < 400 else _as_problem(response)
        try:
            status, body = deed()
            response = Response(body, status=status)
        except (DomainError, exceptions.APIException) as refusal:
            response = self.handle_exception(refusal)
        except BaseException:
            workflows.keep_answer(kept=kept, status=500, body=None)
            raise
        workflows.keep_answer(kept=kept, status=response.status_code, body=response.data)
        return response


def answer_with_etag(
    request: Any, body: dict[str, Any], *, without: tuple[str, ...] = ()
) -> Response:
    """Return *body* with an ETag over all but the keys *without*, or 304 if the program has it
    already.
    """
    told = {name: value for name, value in body.items() if name not in without}
    tag = f'"{_hash(json.dumps(told, sort_keys=True, ensure_ascii=False, default=str))[:32]}"'
    wanted = [
        one.strip().removeprefix("W/")
        for one in str(request.headers.get("If-None-Match", "")).split(",")
    ]
    response = Response(status=304) if tag in wanted or "*" in wanted else Response(body)
    response["ETag"] = tag
    return response


def answer_problem(status: int, code: str, sentence: str, *, errors: Any = None) -> Response:
    """Return a refusal as defined by RFC 9457. *code* is stable and for machines, *sentence* is
    for people.
    """
    body = {
        "type": f"urn:craftpath:problem:{code}",
        "title": sentence,
        "status": status,
        "code": code,
    }
    return _as_problem(Response(body | ({"errors": errors} if errors else {}), status=status))


def _as_problem(response: Response) -> Response:
    response.marks = ("problem",)
    return response


def _plain(exc: exceptions.APIException) -> Response:
    said = {
        exceptions.ParseError: _(
            "The body isn't valid JSON. Send UTF-8 with Content-Type: application/json."
        ),
        exceptions.UnsupportedMediaType: _("Send JSON with Content-Type: application/json."),
        exceptions.MethodNotAllowed: _(
            "This address doesn't accept that method. The documentation lists the methods "
            "it accepts."
        ),
        exceptions.NotAcceptable: _("Responses are available only as application/json."),
    }
    own = isinstance(
        exc,
        exceptions.AuthenticationFailed | exceptions.NotAuthenticated | exceptions.PermissionDenied,
    )
    sentence = str(exc.detail) if own else said.get(type(exc), str(exc.detail))
    return answer_problem(exc.status_code, str(exc.get_codes()), sentence)


def _fields(exc: DomainError) -> dict[str, Any]:
    return exc.fields if isinstance(exc, InvalidInput) else {}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
