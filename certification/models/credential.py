"""What is signed about a certificate besides its page, and the keys it is signed with.

There are the credential, its place in a status list, the lists as published, and the issuer's keys
and addresses.
"""

from __future__ import annotations

import secrets
import uuid
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certification.keys import KeyPurpose
from core.models import MomentField


def new_secret() -> bytes:
    """Return the 128 random bits that determine the order of the places in a status list."""
    return secrets.token_bytes(16)


class IssuerKey(models.Model):
    """The public half of a key that signs or once signed. It is never removed, so what the key
    signed stays verifiable.
    """

    kid = models.CharField(_("name"), max_length=60, unique=True)
    purpose = models.CharField(
        _("signs"), max_length=20, choices=[(one.value, one.value) for one in KeyPurpose]
    )
    public = models.TextField(
        _("public key"),
        help_text=_(
            "Multikey. For PDF signatures, the certificates in PEM with the signer's first."
        ),
    )
    made_at = MomentField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("issuer's key")
        verbose_name_plural = _("issuer's keys")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.kid


class IssuerAddress(models.Model):
    """An address under which the site has signed.

    It is never removed, so what was signed under its DID stays ours after the site moves.
    """

    address = models.CharField(
        _("site's address"),
        max_length=300,
        unique=True,
        help_text=_("Scheme, host and port, as in https://cert.example.cn"),
    )
    since = MomentField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("issuer's address")
        verbose_name_plural = _("issuer's addresses")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.address


class StatusList(models.Model):
    """A list of 131,072 places, one for each certificate. What was last published is kept beside
    it, until something in it changes.
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    secret = models.BinaryField(default=new_secret, editable=False)
    taken = models.PositiveIntegerField(_("places used"), default=0)
    changes = models.PositiveBigIntegerField(
        _("changes"), default=0, help_text=_("Goes up by one with every status change in the list.")
    )

    class Meta:
        verbose_name = _("status list")
        verbose_name_plural = _("status lists")

    def __str__(self) -> str:
        return str(self.number)


class PublishedList(models.Model):
    """One list as it was signed last, for one purpose, under one address of the site. `of_changes`
    is the state of the list that was signed.

    Verifiers want the issuer of a list to be the issuer of the credential that names it. So each
    address, present or former, has its own signed copy.
    """

    status_list = models.ForeignKey(
        StatusList, models.PROTECT, related_name="published", verbose_name=_("status list")
    )
    purpose = models.CharField(_("purpose"), max_length=20)
    address = models.CharField(_("site's address"), max_length=300)
    of_changes = models.PositiveBigIntegerField(_("changes"))
    signed_at = models.DateTimeField(pgettext_lazy("time", "signed"))
    data = models.TextField(_("credential"))
    jwt = models.TextField(_("as JWT"))

    class Meta:
        verbose_name = _("published status list")
        verbose_name_plural = _("published status lists")
        constraints = [
            models.UniqueConstraint(
                fields=["status_list", "purpose", "address"], name="published_list_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.status_list_id}/{self.purpose}"


class Credential(models.Model):
    """The credential of one certificate as signed, in both forms, and its place in the register.
    It is never changed after that.
    """

    certificate = models.OneToOneField(
        "certification.Certificate",
        models.PROTECT,
        related_name="credential",
        verbose_name=_("certificate"),
    )
    address_id = models.UUIDField(_("identifier in its address"), unique=True, default=uuid.uuid4)
    issuer = models.CharField(
        _("issuer"),
        max_length=300,
        help_text=_("The DID it was signed under. A later change of address doesn't change it."),
    )
    data = models.TextField(_("credential.json"))
    jwt = models.TextField(_("credential.jwt"))
    offline = models.TextField(_("token for checking offline, as digits"))
    sha256 = models.CharField(
        _("fingerprint of credential.json (SHA-256)"), max_length=64, unique=True
    )
    signed_at = models.DateTimeField(pgettext_lazy("time", "signed"))
    # Set once, after the entry stands in the register.
    leaf_index = models.BigIntegerField(_("place in the register"), null=True, blank=True)
    tree_size = models.BigIntegerField(
        _("size of the register at that time"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")

    def __str__(self) -> str:
        return self.sha256

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row. Raises `TypeError` for a row that was saved before."""
        if self.pk is not None:
            self._refuse()
        super().save(*args, **kwargs)

    @staticmethod
    def _refuse() -> NoReturn:
        msg = "a credential is never changed: a correction is a new certificate"
        raise TypeError(msg)
