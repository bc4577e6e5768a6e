"""Why there is no key to sign with: sentences for the operator."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import DomainError


class NoKey(DomainError):
    """Signing keys are absent or can't be read; nothing is issued until they are there."""

    @classmethod
    def absent(cls, what: str) -> NoKey:
        """Return the error for a purpose without a key."""
        return cls("key_absent", _("There is no key for “%(what)s”. Make one with `manage.py make_certificate_keys`.") % {"what": what})

    @classmethod
    def unreadable(cls, what: str) -> NoKey:
        """Return the error for a file that isn't a key, or whose password is wrong."""
        return cls("key_unreadable", _("The key “%(what)s” can't be read: wrong file or wrong password.") % {"what": what})
