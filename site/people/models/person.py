"""Persons: one human, one row, with the name exactly as written on the identity document."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import Storage
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicId, Stamped
from core.text import mask_name, search_key, unwritable
from people.enums import IdType, Sex


def photo_path(person: Person, filename: str) -> str:
    """Return where a photo is kept: by random identifier, never by name."""
    return f"photos/{person.public_id}.jpg"


def private_storage() -> Storage:
    """Return the storage that only checked views read."""
    from django.core.files.storage import storages  # slow import

    return storages["private"]


class Person(PublicId, Stamped):
    """One human. The name is never normalised; `name_key` is for search only."""

    name = models.CharField(_("name"), max_length=100)
    name_key = models.CharField(max_length=100, db_index=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="person", verbose_name=_("account")
    )
    birth = models.DateField(_("date of birth"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, blank=True)
    mobile = models.CharField(_("mobile"), max_length=20, blank=True)
    photo = models.ImageField(_("photo"), upload_to=photo_path, storage=private_storage, blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        constraints = [models.CheckConstraint(name="person_name_not_empty", condition=~models.Q(name=""))]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse characters that no name can hold; everything in GB 18030 is welcome."""
        if bad := unwritable(self.name):
            codes = ", ".join(f"U+{ord(ch):04X}" for ch in bad)
            raise ValidationError(
                {"name": _("The name holds characters that can't be written (%(codes)s). Type them again.") % {"codes": codes}}
            )

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the search key in step with the name."""
        self.set_search_key()
        update_fields = kwargs.get("update_fields")
        if isinstance(update_fields, (list, tuple, set)) and "name" in update_fields:
            kwargs["update_fields"] = [*update_fields, "name_key"]
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came

    def set_search_key(self) -> None:
        """Derive the search key from the name (before a bulk write, which doesn't call `save`)."""
        self.name_key = search_key(self.name)[:100]

    @property
    def masked_name(self) -> str:
        """Return the name for the public."""
        return mask_name(self.name)


class IdentityDocument(Stamped):
    """An identity number: encrypted, with a keyed hash under which it is found. One number belongs to one person."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="identity_documents", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=20, choices=IdType)
    number_encrypted = models.BinaryField(editable=False)
    number_hash = models.CharField(max_length=64, editable=False)
    tail = models.CharField(_("last four"), max_length=4, editable=False, help_text=_("For HR's check beside the name; never public."))

    class Meta:
        verbose_name = _("identity document")
        verbose_name_plural = _("identity documents")
        constraints = [
            models.UniqueConstraint(fields=["kind", "number_hash"], name="identity_number_once"),
            models.UniqueConstraint(fields=["person", "kind"], name="identity_kind_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} …{self.tail}"
