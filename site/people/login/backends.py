"""Sign-in by user name or mobile number.

A family may share a number. The password then says which of them it is.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from people.rules.identity import IdentityError, read_mobile

FAMILY = 8  # accounts tried for one number; whoever comes later signs in by user name or by code
LEAST_CHECKS = 3  # password checks every failure by number costs at least, so that its time doesn't tell how many there are


class NameOrPhoneBackend(ModelBackend):
    """Django's own backend for rights and sessions, with another look-up of the account."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Return the active account that *username* (or a mobile number) and *password* fit, or
        None after the same time.
        """
        if not username or password is None:
            return None
        users = get_user_model()._default_manager
        named = users.filter(username=users.model.normalize_username(username)).first()
        try:
            number = read_mobile(username)
        except IdentityError:
            number = ""
        candidates = ([named] if named else []) + (
            list(
                users.filter(phone=number, is_active=True)
                .exclude(pk=named.pk if named else 0)
                .order_by("pk")[:FAMILY]
            )
            if number
            else []
        )
        for user in candidates:
            if user.check_password(password) and self.user_can_authenticate(user):
                return user
        for _n in range((LEAST_CHECKS if number else 1) - len(candidates)):
            users.model().set_password(password)  # costs what a check costs
        return None
