"""Changes of what signs a person in, such as password, phone, mail, passkeys, app and recovery
codes.

Each change is recorded in the audit log, and the person is told of it.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

import audit
from core import clock
from core.actors import Actor
from core.errors import DomainError, InvalidInput
from jobs import outcomes
from people import throttling
from people.accounts import require_account
from people.login import policy
from people.login.enums import CodeChannel, CodePurpose
from people.models import OneTimeCode, User
from people.workflows import codes
from people.workflows.sessions import end_sessions

CHANGED = "people.account_changed"  # outcome: subjects are accounts, the payload says what changed (never the value)


def lock_account(user: User) -> User:
    """Return the account, read again under a row lock.

    `request.user` is a lazy proxy, so `core.states.lock` can't take it.
    """
    return get_user_model()._default_manager.select_for_update().get(pk=user.pk)


def announce_account_change(*, actor: Actor, user: User, what: str) -> None:
    """Announce that a credential of *user* has changed, so that they learn of it even if it wasn't
    them.
    """
    outcomes.announce_outcome(CHANGED, [str(user.pk)], actor=actor, payload={"what": what})


@transaction.atomic
def change_password(*, actor: Actor, user: User, password: str, request: HttpRequest) -> None:
    """Give the signed-in *user* a new password (checked by the form) and end the other sessions."""
    user = lock_account(user)
    _set_password(user, password)
    audit.record("people.password_changed", actor=actor, target=user)
    end_sessions(actor=actor, user=user, keep=request)
    announce_account_change(actor=actor, user=user, what="password")


@transaction.atomic
def reset_password(*, user: User, password: str) -> None:
    """Give *user* a new password after a code of theirs was redeemed.

    Every session ends. Second factors stay. Raises `InvalidInput` if the account is closed.
    """
    user = lock_account(user)
    if not user.is_active:
        raise InvalidInput("code_over", codes.OVER)
    _set_password(user, password)
    audit.record("people.password_reset", actor=user, target=user)
    end_sessions(actor=user, user=user)
    throttling.unlock_account(user)
    announce_account_change(actor=user, user=user, what="password")


@transaction.atomic
def activate_account(*, row: OneTimeCode, password: str) -> User:
    """Open the account of the activation code *row* with its first password.

    Of two simultaneous attempts one succeeds, and the other raises `InvalidInput`.
    """
    now = clock.now()
    if not OneTimeCode.objects.filter(
        pk=row.pk,
        purpose=CodePurpose.ACTIVATE,
        used_at=None,
        expires_at__gt=now,
        code_hash=row.code_hash,
    ).update(used_at=now, sealed=b""):
        raise InvalidInput("code_over", codes.OVER, fields={"code": codes.OVER})
    user = lock_account(require_account(row.user))
    if row.channel == CodeChannel.SMS and not user.phone_verified_at:
        user.phone_verified_at = now  # the code came by that number
        user.save(update_fields=["phone_verified_at"])
    _set_password(user, password)
    audit.record("people.activated", actor=user, target=user, after={"way": row.channel})
    end_sessions(actor=user, user=user)
    throttling.unlock_account(user)
    return user


def _set_password(user: User, password: str) -> None:
    user.set_password(password)
    user.password_changed_at = clock.now()
    user.must_change_password = False
    user.save(update_fields=["password", "password_changed_at", "must_change_password"])


@transaction.atomic
def confirm_phone(*, actor: Actor, user: User, phone: str) -> None:
    """Store the number whose code *user* has just redeemed.

    Families share numbers, so other accounts may have it too.
    """
    user = lock_account(user)
    user.phone, user.phone_verified_at = phone, clock.now()
    user.save(update_fields=["phone", "phone_verified_at"])
    audit.record("people.phone_confirmed", actor=actor, target=user)
    announce_account_change(actor=actor, user=user, what="phone")


@transaction.atomic
def remove_phone(*, actor: Actor, user: User) -> None:
    """Remove the number from the account."""
    user = lock_account(user)
    user.phone, user.phone_verified_at = "", None
    user.save(update_fields=["phone", "phone_verified_at"])
    audit.record("people.phone_removed", actor=actor, target=user)
    announce_account_change(actor=actor, user=user, what="phone")


@transaction.atomic
def confirm_mail(*, actor: Actor, user: User, mail: str) -> None:
    """Store the mail address whose code *user* has just redeemed."""
    user = lock_account(user)
    user.email, user.email_verified_at = mail, clock.now()
    user.save(update_fields=["email", "email_verified_at"])
    audit.record("people.mail_confirmed", actor=actor, target=user)
    announce_account_change(actor=actor, user=user, what="mail")


@transaction.atomic
def remove_mail(*, actor: Actor, user: User) -> None:
    """Remove the mail address from the account."""
    user = lock_account(user)
    user.email, user.email_verified_at = "", None
    user.save(update_fields=["email", "email_verified_at"])
    audit.record("people.mail_removed", actor=actor, target=user)
    announce_account_change(actor=actor, user=user, what="mail")


@transaction.atomic
def factor_added(*, actor: Actor, authenticator: Authenticator) -> Authenticator | None:
    """Record a new passkey or app, and return the recovery codes if these are the first ones."""
    kind = (
        "people.app_added"
        if authenticator.type == Authenticator.Type.TOTP
        else "people.passkey_added"
    )
    audit.record(kind, actor=actor, target=authenticator.user)
    announce_account_change(actor=actor, user=authenticator.user, what=authenticator.type)
    if Authenticator.objects.filter(
        user=authenticator.user, type=Authenticator.Type.RECOVERY_CODES
    ).exists():
        return None
    return make_recovery_codes(actor=actor, user=authenticator.user)


@transaction.atomic
def make_recovery_codes(*, actor: Actor, user: User) -> Authenticator:
    """Make ten new codes for *user*, which replace the old ones.

    Raises `DomainError` if there is no passkey and no app.
    """
    lock_account(user)
    if (
        not Authenticator.objects.filter(user=user)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .exists()
    ):
        raise DomainError(
            "no_second_factor",
            _(
                "Recovery codes replace a passkey or an app when you don't have it at hand. "
                "Set up one of these first."
            ),
        )
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    made = RecoveryCodes.activate(user).instance
    audit.record("people.recovery_codes_made", actor=actor, target=user)
    return made


@transaction.atomic
def rename_passkey(*, actor: Actor, authenticator: Authenticator, name: str) -> None:
    """Give a passkey another name."""
    passkey = authenticator.wrap()
    passkey.name = name
    authenticator.save(update_fields=["data"])
    audit.record("people.passkey_renamed", actor=actor, target=authenticator.user)


@transaction.atomic
def remove_factor(*, actor: Actor, authenticator: Authenticator) -> None:
    """Remove a passkey or the app.

    A person who needs a second factor keeps at least one, so removing the last raises
    `DomainError`. The recovery codes are removed with the last factor.
    """
    user = lock_account(authenticator.user)
    others = (
        Authenticator.objects.filter(user=user)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .exclude(pk=authenticator.pk)
    )
    last = not others.exists()
    if last and policy.second_factor_required(user):
        raise DomainError(
            "last_factor",
            _(
                "Your role requires two-step verification, and this is your only method. "
                "Set up another one first, then remove this one."
            ),
        )
    kind = (
        "people.app_removed"
        if authenticator.type == Authenticator.Type.TOTP
        else "people.passkey_removed"
    )
    what = authenticator.type
    authenticator.delete()
    if last:
        Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    audit.record(kind, actor=actor, target=user)
    announce_account_change(actor=actor, user=user, what=what)


@transaction.atomic
def clear_factors(*, actor: Actor, user: User, reason: str) -> None:
    """Remove all second factors of *user* (phone lost, codes lost) and end their sessions.

    An officer does this, and the caller checks the right. Raises `DomainError` for the officer's
    own account.
    """
    user = lock_account(user)
    if actor.pk == user.pk:
        raise DomainError(
            "own_factors", _("You can't do this for your own account. Ask another administrator.")
        )
    Authenticator.objects.filter(user=user).delete()
    audit.record("people.factors_cleared", actor=actor, target=user, reason=reason)
    end_sessions(actor=actor, user=user)
    announce_account_change(actor=actor, user=user, what="factors")


@transaction.atomic
def end_sign_in_pause(*, actor: Actor, user: User, reason: str = "") -> None:
    """End the pause after too many wrong attempts.

    An officer does this, and the caller checks the right. Raises `DomainError` for the officer's
    own account.
    """
    if actor.pk == user.pk:
        raise DomainError(
            "own_lock", _("You can't do this for your own account. Ask another administrator.")
        )
    audit.record("people.unlocked", actor=actor, target=user, reason=reason)
    transaction.on_commit(lambda: throttling.unlock_account(user))


@transaction.atomic
def link_outside(*, actor: Actor, user: User, provider: str, uid: str, name: str) -> SocialAccount:
    """Let the external identity *uid* of *provider* sign in as *user*.

    One identity belongs to one account. Raises `DomainError` if it is linked to another.
    """
    lock_account(user)
    found = SocialAccount.objects.filter(provider=provider, uid=uid).first()
    if found and found.user_id != user.pk:
        raise DomainError(
            "linked_elsewhere",
            _(
                "This identity is already linked to another account. Unlink it there first, "
                "or contact your union."
            ),
        )
    if found:
        return found
    made = SocialAccount.objects.create(
        user=user, provider=provider, uid=uid, extra_data={"name": name} if name else {}
    )
    audit.record("people.outside_linked", actor=actor, target=user, after={"provider": provider})
    announce_account_change(actor=actor, user=user, what="outside")
    return made


@transaction.atomic
def unlink_outside(*, actor: Actor, account: SocialAccount) -> None:
    """Unlink an external identity, so that it no longer signs in."""
    user = lock_account(account.user)
    provider = account.provider
    account.delete()
    audit.record("people.outside_unlinked", actor=actor, target=user, after={"provider": provider})
    announce_account_change(actor=actor, user=user, what="outside")
