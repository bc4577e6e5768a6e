"""Define abstract models and the two helper tables that belong to no domain."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock


class MomentField(models.DateTimeField):  # type: ignore[type-arg]  # not to be subscripted at run time
    """A moment that a row notes by itself, by the clock of the product (ADR 56): `auto_now`,
    `auto_now_add` or `default=clock.now`.
    """

    def deconstruct(self) -> Any:
        """Migrations need no more than the column; the clock in them is Django's."""
        name, _path, args, kwargs = super().deconstruct()
        return (
            name,
            "django.db.models.DateTimeField",
            args,
            _with_default(kwargs, clock.now, timezone.now),
        )

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Note the moment."""
        if not (self.auto_now or (self.auto_now_add and add)):
            return super().pre_save(model_instance, add)
        value = clock.now()
        setattr(model_instance, self.attname, value)
        return value


class DayField(models.DateField):  # type: ignore[type-arg]  # not to be subscripted at run time
    """A day that a row has from the clock of the product: `default=clock.today`."""

    def deconstruct(self) -> Any:
        """Migrations need no more than the column; the clock in them is Django's."""
        name, _path, args, kwargs = super().deconstruct()
        return (
            name,
            "django.db.models.DateField",
            args,
            _with_default(kwargs, clock.today, timezone.localdate),
        )


def _with_default(
    options: dict[str, Any], ours: Callable[[], Any], djangos: Callable[[], Any]
) -> dict[str, Any]:
    """Return *options* of a field with the clock of Django in the place of ours."""
    return {**options, "default": djangos} if options.get("default") is ours else options


class Stamped(models.Model):
    """A model that knows when it was made and last changed."""

    created_at = MomentField(pgettext_lazy("row", "created"), auto_now_add=True, editable=False)
    updated_at = MomentField(_("changed"), auto_now=True, editable=False)

    class Meta:
        abstract = True


class PublicId(models.Model):
    """Has a random identifier that may be part of a URL. It reveals nothing and can't be counted
    up.
    """

    public_id = models.UUIDField(
        _("public identifier"), unique=True, default=uuid.uuid4, editable=False
    )

    class Meta:
        abstract = True


class DerivedKeyField(models.CharField):  # type: ignore[type-arg]  # not to be subscripted at run time
    """A column derived from others of its row by *derive*, whether `save`, `bulk_create` or the
    rebuild command writes the row.

    A write of single columns (`update_fields`, `QuerySet.update`) must name it too (see
    `with_derived`).
    """

    def __init__(self, *args: Any, derive: Callable[[Any], str] = str, **kwargs: Any) -> None:
        self.derive = derive
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Return what migrations need, which is no more than the column."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Derive the value."""
        value = self.derive(model_instance)[: self.max_length]
        setattr(model_instance, self.attname, value)
        return value


def with_derived(model: type[models.Model], fields: Iterable[str]) -> list[str]:
    """Return *fields* with the derived columns of *model*, for `save(update_fields=…)`."""
    return [
        *fields,
        *(
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, DerivedKeyField)
        ),
    ]


class NamedLock(models.Model):
    """A row to lock where there is no natural one (`core.locks.acquire_named_lock`)."""

    name = models.CharField(max_length=100, primary_key=True)

    class Meta:
        verbose_name = _("named lock")
        verbose_name_plural = _("named locks")

    def __str__(self) -> str:
        return self.name


class NamedCounter(models.Model):
    """A gapless counter. The next value is taken under a row lock, in the caller's transaction
    (`core.counters`).
    """

    name = models.CharField(max_length=100, primary_key=True)
    value = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
