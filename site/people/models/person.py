"""Persons, each in one row, with the name exactly as written on the identity document."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import Storage
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import PublicId, Stamped
from core.text import find_unwritable, mask_mobile, mask_name, mask_number, search_key, spell_out
from people import crypto
from people.enums import ETHNICITIES, Education, Hukou, IdType, Sex
from people.rules.names import ORDER_LENGTH, order_key, pinyin_key


def photo_path(person: Person, filename: str) -> str:
    """Return the path of a photo, which uses the random identifier and never the name."""
    return f"photos/{person.public_id}.jpg"


def private_storage() -> Storage:
    """Return the storage that only checked views read."""
    from django.core.files.storage import storages  # slow import

    return storages["private"]


NAME_KEYS = ("name_key", "pinyin_key", "name_order")
"""What is derived from a person's name; `manage.py rebuild_keys` derives it again."""


class Person(PublicId, Stamped):
    """One person.

    The name is never normalised. `name_key` and `pinyin_key` are only for search, `name_order` is
    for the order of lists.
    """

    name = models.CharField(pgettext_lazy("person", "name"), max_length=100)
    name_key = models.CharField(max_length=100, db_index=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("account"),
    )
    birth = models.DateField(_("date of birth"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, blank=True)
    mobile = models.CharField(_("mobile"), max_length=20, blank=True)
    photo = models.ImageField(_("photo"), upload_to=photo_path, storage=private_storage, blank=True)
    pinyin_key = models.CharField(max_length=200, blank=True, editable=False)
    name_order = models.CharField(max_length=ORDER_LENGTH, blank=True, editable=False)
    nationality = models.CharField(
        _("nationality"),
        max_length=3,
        default="CHN",
        validators=[RegexValidator(r"\A[A-Z]{3}\Z", _("Three capital letters, as in a passport."))],
    )
    ethnicity = models.CharField(_("ethnicity"), max_length=2, choices=ETHNICITIES, blank=True)
    hukou = models.CharField(_("household registration"), max_length=10, choices=Hukou, blank=True)
    is_migrant_worker = models.BooleanField(_("migrant worker"), default=False)
    education = models.CharField(_("education"), max_length=12, choices=Education, blank=True)
    # A tombstone points to the record that goes on; its public address leads there too.
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_from",
        editable=False,
        verbose_name=_("merged into"),
    )
    merged_at = models.DateTimeField(_("merged"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["mobile"], condition=~models.Q(mobile=""), name="person_mobile"),
            models.Index(
                fields=["name_order", "name_key", "id"],
                condition=models.Q(merged_into=None),
                name="living_person_by_name",
            ),
        ]
        constraints = [
            models.CheckConstraint(name="person_name_not_empty", condition=~models.Q(name="")),
            models.CheckConstraint(
                name="person_tombstone_is_dated",
                condition=models.Q(merged_into=None, merged_at=None)
                | models.Q(merged_into__isnull=False, merged_at__isnull=False),
            ),
            models.CheckConstraint(
                name="person_tombstone_has_no_account",
                condition=models.Q(merged_into=None) | models.Q(user=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse characters that no name can hold.

        Everything in GB 18030 is allowed.
        """
        if bad := find_unwritable(self.name):
            codes = spell_out(bad)
            raise ValidationError(
                {
                    "name": _(
                        "The name contains characters that can't be written (%(codes)s). "
                        "Enter it again."
                    )
                    % {"codes": codes}
                }
            )

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the search key in step with the name."""
        self.set_search_key()
        update_fields = kwargs.get("update_fields")
        if isinstance(update_fields, (list, tuple, set)) and "name" in update_fields:
            kwargs["update_fields"] = [*update_fields, *NAME_KEYS]
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came

    def set_search_key(self) -> None:
        """Derive the search keys from the name (before a bulk write, which doesn't call `save`)."""
        key = search_key(self.name)[:100]
        if key != self.name_key or not self.pinyin_key or not self.name_order:
            self.derive_keys()

    def derive_keys(self) -> None:
        """Derive the search keys from the name, whatever they were."""
        self.name_key, self.pinyin_key, self.name_order = (
            search_key(self.name)[:100],
            pinyin_key(self.name)[:200],
            order_key(self.name),
        )

    @property
    def masked_name(self) -> str:
        """Return the name for the public."""
        return mask_name(self.name)

    @property
    def masked_mobile(self) -> str:
        """Return the mobile number with its middle hidden."""
        return mask_mobile(self.mobile) if self.mobile else ""


class FormerName(Stamped):
    """A name the person had before it was corrected or changed.

    Certificates of that time keep it, and the person is still found by it.
    """

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="former_names", verbose_name=_("person")
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=100)
    name_key = models.CharField(max_length=100, db_index=True, editable=False)
    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("former name")
        verbose_name_plural = _("former names")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the search key in step with the name."""
        self.derive_keys()
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came

    def derive_keys(self) -> None:
        """Derive the search key from the name."""
        self.name_key = search_key(self.name)[:100]


class IdentityDocument(Stamped):
    """An encrypted identity number, with a keyed hash under which it is found.

    One number belongs to one person.
    """

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="identity_documents", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=IdType)
    number_encrypted = models.BinaryField(editable=False)
    number_hash = models.CharField(
        max_length=64,
        editable=False,
        help_text=_("Calculated with the oldest key listed at the time."),
    )
    # Empty (null) only in rows written by bulk before the rotation reaches them.
    newest_hash = models.CharField(  # noqa: DJ001 - null is no hash: two of them don't clash
        max_length=64,
        null=True,
        editable=False,
        help_text=_("Calculated with the newest key."),
    )
    key_name = models.CharField(max_length=8, blank=True, db_index=True, editable=False)
    tail = models.CharField(
        _("last four characters"),
        max_length=4,
        editable=False,
        help_text=_("For the employer's check together with the name. Never public."),
    )

    class Meta:
        verbose_name = _("identity document")
        verbose_name_plural = _("identity documents")
        constraints = [
            models.UniqueConstraint(fields=["kind", "number_hash"], name="identity_number_once"),
            models.UniqueConstraint(
                fields=["kind", "newest_hash"], name="identity_newest_hash_once"
            ),
            models.UniqueConstraint(
                fields=["person", "kind"], name="identity_kind_once_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} …{self.tail}"

    @classmethod
    def of(cls, person: Person, kind: str, number: str) -> IdentityDocument:
        """Return an unsaved row that holds *number* for *person*, encrypted, bound to both and
        hashed.

        The rules have read the number already.
        """
        document = cls(person=person, kind=kind, tail=number[-4:])
        document.keep(number)
        return document

    @property
    def bound_to(self) -> str:
        """Return what the ciphertext is bound to, so that it can't be moved to another person
        unnoticed.
        """
        return f"{self.person.public_id}:{self.kind}"

    def keep(self, number: str) -> None:
        """Encrypt *number* with the newest key and hash it.

        The caller saves the row.
        """
        self.number_encrypted = crypto.encrypt_text(number, bound_to=self.bound_to)
        self.number_hash = crypto.look_up_hash(self.kind, number)
        self.newest_hash = crypto.newest_hash(self.kind, number)
        self.key_name = crypto.key_name()

    def number(self) -> str:
        """Return the number in clear.

        Code that shows it to a person writes an audit event first (`show_identity`).
        """
        return crypto.decrypt_text(bytes(self.number_encrypted), bound_to=self.bound_to)

    @property
    def masked(self) -> str:
        """Return the number as the office sees it, `3301**********12`.

        If the key is lost, only the last four characters are known.
        """
        try:
            return mask_number(self.number())
        except InvalidTag:
            return f"…{self.tail}"
