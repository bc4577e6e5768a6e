"""Accounts.

An account is a way to sign in. The person behind it is in `Person`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.models import MomentField


class UserManager(BaseUserManager["User"]):
    """The manager that makes accounts."""

    use_in_migrations = True

    def create_user(self, username: str, password: str | None = None, **extra: Any) -> User:
        """Return a new account.

        Without *password* nobody can sign in to it by password.
        """
        user = self.model(username=self.model.normalize_username(username), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **extra: Any) -> User:
        """Return a new account that may do everything (for the first start and for emergencies)."""
        return self.create_user(username, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """One account."""

    username = models.CharField(
        _("user name"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This user name is taken. Choose another.")},
    )
    phone = models.CharField(
        _("mobile"),
        max_length=20,
        blank=True,
        db_index=True,
        help_text=_("Families often share a phone, so it needn't be unique."),
    )
    phone_verified_at = models.DateTimeField(
        _("mobile confirmed"), null=True, blank=True, editable=False
    )
    email = models.EmailField(_("email"), blank=True)
    email_verified_at = models.DateTimeField(
        _("email confirmed"), null=True, blank=True, editable=False
    )
    display_name = models.CharField(_("shown name"), max_length=100, blank=True)
    is_staff = models.BooleanField(_("can enter the administration"), default=False)
    is_active = models.BooleanField(pgettext_lazy("account", "active"), default=True)
    must_change_password = models.BooleanField(_("must change the password"), default=False)
    password_changed_at = models.DateTimeField(
        _("password set"), null=True, blank=True, editable=False
    )
    session_epoch = models.PositiveIntegerField(
        default=0, editable=False
    )  # one more, and every session is over
    date_joined = MomentField(_("account opened"), default=clock.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        """Return the shown name (Wagtail's admin asks for it)."""
        return str(self)

    get_short_name = get_full_name

    # Wagtail's user list sorts by these two; our people have one name, kept in Person.
    first_name = ""
    last_name = ""

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return a hash that binds sessions to the password and to the epoch.

        A change of either ends all sessions, whether or not they are listed.
        """
        return salted_hmac(
            "people.models.User.session",
            f"{self.password}|{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    @property
    def audit_label(self) -> str:
        """Return how audit events name this account, which is the user name and never the person's
        name.
        """
        return str(self.username)
