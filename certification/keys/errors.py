"""Why there is no key to sign with, in sentences for the operator."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import DomainError, NoAnswer


class NoKey(DomainError):
    """Signing keys are absent or can't be read. Nothing is issued until they are available."""

    @classmethod
    def absent(cls, what: str) -> NoKey:
        """Return the error for a purpose without a key."""
        return cls(
            "key_absent",
            _("There is no key for “%(what)s”. Make one with `manage.py make_certificate_keys`.")
            % {"what": what},
        )

    @classmethod
    def unreadable(cls, what: str) -> NoKey:
        """Return the error for a file that isn't a key, or whose password is wrong."""
        return cls(
            "key_unreadable",
            _("The key “%(what)s” can't be read. The file or the password is wrong.")
            % {"what": what},
        )

    @classmethod
    def wrong_pin(cls) -> NoKey:
        """Return the error for a PIN that the device refused. This process doesn't try it again."""
        return cls(
            "box_wrong_pin",
            _(
                "The signing device refused the PIN. It isn't tried again, so that the "
                "device doesn't lock itself. Correct the setting, then restart."
            ),
        )


class KeyDeviceUnavailable(NoAnswer):
    """The device with the document key doesn't answer now. Whatever is to be signed waits."""

    @classmethod
    def now(cls) -> KeyDeviceUnavailable:
        """Return the error, which says that signing is tried again."""
        return cls(
            "key_box_silent",
            _(
                "The signing device with the document key isn't responding. The certificate "
                "will be signed when the device is back."
            ),
        )
