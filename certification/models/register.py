"""The public register, a transparency log that anybody may copy. It has no personal data at all.

There are entries, their tiles, the locked head, each head ever signed, and each check.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certification.tlog.tiles import TilePlace
from core import clock
from core.models import MomentField

_LEVEL_BITS = 48


def number_of(place: TilePlace) -> int:
    """Return the key of the tile at *place*. It has the level above 48 bits of index."""
    return place.level << _LEVEL_BITS | place.index


def place_of(number: int) -> TilePlace:
    """Return the place of the tile with the key *number*."""
    return TilePlace(number >> _LEVEL_BITS, number & (1 << _LEVEL_BITS) - 1)


class RegisterEntry(models.Model):
    """One entry. The database refuses to change or delete it."""

    index = models.BigIntegerField(pgettext_lazy("status list", "place"), primary_key=True)
    key = models.BinaryField(
        _("fingerprint"), max_length=32, unique=True, help_text=_("SHA-256 of the entry")
    )
    about = models.BinaryField(
        _("fingerprint of its subject"),
        max_length=32,
        null=True,
        db_index=True,
        help_text=_("SHA-256 of the credential"),
    )
    data = models.BinaryField(pgettext_lazy("register", "entry"))

    class Meta:
        verbose_name = _("register entry")
        verbose_name_plural = _("register entries")

    def __str__(self) -> str:
        return str(self.index)


class RegisterTile(models.Model):
    """Up to 256 hashes in a row. The database allows it to grow only at its end."""

    number = models.BigIntegerField(
        pgettext_lazy("status list", "place"), primary_key=True, help_text=_("level · 2^48 + index")
    )
    data = models.BinaryField(_("hashes"), max_length=8192)

    class Meta:
        verbose_name = _("register tile")
        verbose_name_plural = _("register tiles")

    def __str__(self) -> str:
        place = place_of(self.number)
        return f"{place.level}/{place.index}"


class RegisterState(models.Model):
    """The size and root of the register, in one row that is locked while something is appended.
    The database refuses a smaller size.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(pgettext_lazy("register", "entries"), default=0)
    root = models.BinaryField(_("root"), max_length=32)

    class Meta:
        verbose_name = _("state of the register")
        verbose_name_plural = _("states of the register")
        constraints = [
            models.CheckConstraint(name="register_state_is_one", condition=models.Q(id=1))
        ]

    def __str__(self) -> str:
        return str(self.size)


class RegisterCheckpoint(models.Model):
    """A head that was signed. The database refuses to change or delete it, and a further signature
    is a further row.
    """

    size = models.BigIntegerField(pgettext_lazy("register", "entries"))
    root = models.BinaryField(_("root"), max_length=32)
    note = models.TextField(_("signed note"))
    vkey = models.CharField(_("verifier key"), max_length=300)
    at = MomentField(_("time"), default=clock.now)

    class Meta:
        verbose_name = _("checkpoint of the register")
        verbose_name_plural = _("checkpoints of the register")
        indexes = [models.Index(fields=["size"], name="register_checkpoint_size")]

    def __str__(self) -> str:
        return str(self.size)


class RegisterCheck(models.Model):
    """One recomputation of the whole register and its result. `fault` is empty if all is in order."""

    at = MomentField(_("time"), default=clock.now)
    size = models.BigIntegerField(pgettext_lazy("register", "entries"))
    heads = models.BigIntegerField(_("checkpoints"))
    fault = models.TextField(_("fault"), blank=True)
    seconds = models.FloatField(_("duration"))

    class Meta:
        verbose_name = _("check of the register")
        verbose_name_plural = _("checks of the register")

    def __str__(self) -> str:
        return self.fault or str(self.size)
