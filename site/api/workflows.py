"""Make, use and revoke keys. The key itself is shown once and stored nowhere."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require
from api.enums import Scope
from api.grants import KEEP_KEYS
from api.models import ApiKey, KeptAnswer
from api.queries import MARK, hash_secret
from core import clock
from core.actors import Actor, account_id
from core.errors import InvalidInput
from core.states import lock
from org.models import Employer, OrgUnit
from people.accounts import require_account

LIMIT = 20
LONGEST_DAYS = 366
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
KEPT = timedelta(days=1)


@transaction.atomic
def create_api_key(
    *, actor: Actor, scope: Employer | OrgUnit, name: str, scopes: Iterable[str], ends_on: date
) -> tuple[ApiKey, str]:
    """Make a key for a program of *scope* and return it with its text, which nobody else knows
    from then on. Needs `api.keep_keys`.

    Raises `InvalidInput` for no or unknown permission, a day that isn't within a year, or too many
    keys.
    """
    require(actor, KEEP_KEYS, scope)
    wanted = sorted(set(scopes))
    if not wanted or set(wanted) - set(Scope.values):
        raise _wrong("scopes", _("Choose what the program may do."))
    today = clock.today()
    if not today <= ends_on <= today + timedelta(days=LONGEST_DAYS):
        raise _wrong(
            "ends_on", _("A key is valid for one year at most. Choose a date within one year.")
        )
    if (
        ApiKey.objects.filter(owner=account_id(actor), revoked_at=None, ends_on__gte=today).count()
        >= LIMIT
    ):
        raise _wrong(
            "name",
            _("You already have %(most)s valid keys. Revoke one that you no longer need first.")
            % {"most": LIMIT},
        )
    prefix = MARK + "".join(secrets.choice(ALPHABET) for _place in range(8))
    text = f"{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        name=name.strip(),
        prefix=prefix,
        secret_hash=hash_secret(text),
        owner=require_account(actor),
        employer=scope if isinstance(scope, Employer) else None,
        org=scope if isinstance(scope, OrgUnit) else None,
        scopes=wanted,
        ends_on=ends_on,
    )
    key.full_clean()
    key.save()
    audit.record(
        "api.key_made",
        actor=actor,
        target=key,
        after={"prefix": prefix, "scopes": wanted, "ends_on": ends_on.isoformat()},
    )
    return key, text


def _wrong(field: str, sentence: str) -> InvalidInput:
    return InvalidInput("key_not_made", sentence, fields={field: sentence})


@transaction.atomic
def revoke_key(*, actor: Actor, key: ApiKey) -> ApiKey:
    """Revoke a key of *actor*, at once and for good."""
    key = lock(key)
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        key.save(update_fields=["revoked_at", "updated_at"])
        audit.record("api.key_revoked", actor=actor, target=key)
    return key


def note_use(*, key: ApiKey) -> None:
    """Note when the key was last used, to the minute, so that not every request writes."""
    now = clock.now()
    if key.last_used_at is None or now - key.last_used_at > timedelta(minutes=1):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def begin_answer(*, key: ApiKey, request_key: str, request_hash: str) -> tuple[KeptAnswer, bool]:
    """Return the kept answer to a repeatable request, and whether it is new. Only the request that
    began it answers.
    """
    KeptAnswer.objects.filter(at__lt=clock.now() - KEPT).delete()
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(
                key=key, request_key=request_key, request_hash=request_hash
            ), True
    except IntegrityError:
        return KeptAnswer.objects.get(key=key, request_key=request_key), False


def keep_answer(*, kept: KeptAnswer, status: int, body: Any) -> None:
    """Keep what was answered. An answer that wasn't given (a fault, or too often) is deleted, so
    that the request may come again.
    """
    if status >= 500 or status == 429:
        KeptAnswer.objects.filter(pk=kept.pk).delete()
    else:
        KeptAnswer.objects.filter(pk=kept.pk).update(status=status, body=body)
