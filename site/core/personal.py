"""Register personal data, which is what the site holds about people, why, on what ground, for how
long, and what erasing does to it.

Each app that holds such data declares its fields in its own `privacy.py`, loaded in
`AppConfig.ready()`. A test walks all models and refuses a field that is neither declared here nor
declared not to be personal. The inventory, "my data", the export and the erasure are all made from
these declarations, so that none of them can forget a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actors import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


class Category(models.TextChoices):
    """What kind of data it is. The kinds are also the headings of "my data"."""

    IDENTITY = "identity", _("Who you are")
    CONTACT = "contact", _("How to reach you")
    WORK = "work", _("Employer and union")
    ACCOUNT = "account", _("Account and sign-in")
    TRAINING = "training", _("Training")
    COMPETITION = "competition", _("Competitions")
    CERTIFICATE = "certificate", _("Certificates and honours")
    MESSAGES = "messages", pgettext_lazy("personal data", "Messages")
    CHOICES = "choices", _("Consents and requests")
    TRACE = "trace", _("Audit log")


class ProcessingPurpose(models.TextChoices):
    """What the data is needed for."""

    RECORD = (
        "record",
        _("to keep one record for each person and distinguish people with the same name"),
    )
    REACH = "reach", _("to contact the person about their own matters")
    MEMBERSHIP = "membership", _("to serve members through their union and employer")
    SIGN_IN = "sign_in", _("to make sure that the right person signs in")
    TRAINING = "training", _("to run classes, attendance and exams")
    COMPETITION = "competition", _("to run competitions and establish results")
    PROOF = "proof", _("to issue certificates and prove that they are genuine")
    HONOUR = "honour", _("to show craftsmen to the public")
    NOTICES = "notices", _("to send notices and know that they arrived")
    ACCOUNTABILITY = "accountability", _("to show who did what, and when")
    PRIVACY = "privacy", _("to answer requests about personal data")
    SCREEN = "screen", _("to receive a spreadsheet that an officer uploaded")


class Basis(models.TextChoices):
    """The ground on which the law lets us hold it (Personal Information Protection Law, article
    13).
    """

    DUTY = "duty", _("statutory duty of the union")
    LAW = "law", _("legal obligation")
    CONTRACT = "contract", _("service requested by the person")
    CONSENT = "consent", _("consent, which can be withdrawn")


class Seen(models.TextChoices):
    """Who gets to see it."""

    SELF = "self", _("the person")
    OFFICERS = "officers", _("the person; officers of their union")
    STAFF = "staff", _("the person; the staff of the class or competition")
    PUBLIC = "public", _("everyone, masked unless the person consents")
    ADMINS = "admins", _("the audit and security administrators")
    NOBODY = "nobody", _("no one, used by programs only")


class OnErase(models.TextChoices):
    """What becomes of it when the person has asked for erasure."""

    KEEP = "keep", _("kept on its own legal basis")
    BLANK = "blank", _("emptied")
    PSEUDONYM = "pseudonym", _("replaced by a pseudonym")


@dataclass(frozen=True, slots=True)
class PersonalField:
    """What is said about one field. *retention* is the key of a `Keeping`, *read* turns a row into
    what the person is shown.
    """

    category: Category
    purpose: ProcessingPurpose
    basis: Basis
    retention: str
    sensitive: bool = False
    export: bool = True
    on_erase: OnErase = OnErase.KEEP
    seen_by: Seen = Seen.OFFICERS
    label: Words = ""
    read: Callable[[Any], Any] | None = None
    masked: Callable[[Any], Any] | None = None


@dataclass(slots=True)
class Holding:
    """One model that holds personal data. *person* and *account* are look-up paths to the person
    or account it is about.
    """

    label: str
    person: str = ""
    account: str = ""
    delete_rows: bool = False
    fields: dict[str, PersonalField] = field(default_factory=dict)

    @property
    def model(self) -> type[models.Model]:
        """Return the model class."""
        return apps.get_model(self.label)

    @property
    def key(self) -> str:
        """Return the label in a form that may be part of a file name."""
        return self.label.replace(".", "_").lower()


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long one kind of data is kept.

    *months* is the default of the rule; None means for good. *due* returns the rows that a run at
    that cut-off would take away, and *purge* takes them away and says how many. Without the two,
    data goes with its owner (erasure) or never.
    """

    key: str
    label: Words
    why: Words
    months: int | None = None
    due: Callable[[datetime], Any] | None = None
    purge: Callable[[datetime], int] | None = None
    shown: Callable[[Any], str] = str
    days: int | None = (
        None  # promised elsewhere on the screen: not the rule's business, always swept
    )

    @property
    def can_sweep(self) -> bool:
        """Say whether a program takes away what is due."""
        return self.due is not None and self.purge is not None


_holdings: dict[str, Holding] = {}
_none: dict[str, set[str]] = {}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One thing that a correction leaves to be done. It has a *sentence* and the place where
    *viewer* does it (*url* and *act*, or both empty).
    """

    sentence: str
    url: str = ""
    act: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} {self.url}".strip()


_keepings: dict[str, Keeping] = {}
_blockers: dict[str, Callable[[Any], Iterable[str]]] = {}
_kept: dict[str, Callable[[Any], Iterable[str]]] = {}
_after_correction: dict[str, Callable[[Any, str, Any], Iterable[FollowUp]]] = {}
_asked: dict[str, Callable[[], bool]] = {}
_after_consent: dict[str, Callable[[Any, str, Any], None]] = {}


def declare_personal_fields(
    label: str,
    fields: Mapping[str, PersonalField],
    *,
    person: str = "",
    account: str = "",
    delete_rows: bool = False,
) -> None:
    """Declare that *fields* of the model *label* (`app.Model`) are personal. A second call adds to
    the first.

    *person* or *account* says how a row leads to the person it is about. Rows about nobody in
    particular (who acted, a sent spreadsheet) need neither. *delete_rows* deletes whole rows when
    the person is erased.
    """
    holding = _holdings.setdefault(label, Holding(label, person, account, delete_rows))
    holding.fields.update(fields)


def declare_not_personal(label: str, *names: str) -> None:
    """Declare that the fields *names* of the model *label* say nothing about a natural person."""
    _none.setdefault(label, set()).update(names)


def list_holdings() -> Iterator[Holding]:
    """Yield every declared model that is installed, in the order of the apps."""
    order = {config.label: at for at, config in enumerate(reversed(list(apps.get_app_configs())))}
    for holding in sorted(
        _holdings.values(), key=lambda one: (order.get(one.label.split(".")[0], 999), one.label)
    ):
        if holding.label.split(".")[0] in order:
            yield holding


def is_declared(label: str, name: str) -> bool:
    """Say whether this field has been declared one way or the other."""
    holding = _holdings.get(label)
    return bool(holding and name in holding.fields) or name in _none.get(label, set())


def declared_names() -> dict[str, set[str]]:
    """Return every declared field, by model (a test looks for those that no longer exist)."""
    names = {label: set(fields) for label, fields in _none.items()}
    for holding in _holdings.values():
        names.setdefault(holding.label, set()).update(holding.fields)
    return names


def rows_about(holding: Holding, person: models.Model | None, account: Any) -> models.QuerySet[Any]:
    """Return the rows of *holding* about *person* or about the person's *account* (either may be
    None).
    """
    rows = holding.model._base_manager.all()
    condition = models.Q(pk__in=[])
    if holding.person and person is not None:
        condition |= models.Q(**{holding.person: person.pk})
    if holding.account and account is not None:
        condition |= models.Q(**{holding.account: account.pk})
    return rows.filter(condition).order_by("pk")


def declare_keeping(key: str, **facts: Any) -> Keeping:
    """Declare how long the data of the kind *key* is kept."""
    _keepings[key] = Keeping(key, **facts)
    return _keepings[key]


def list_keepings() -> list[Keeping]:
    """Return every declared kind of keeping, those that a program sweeps first."""
    return sorted(_keepings.values(), key=lambda one: (not one.can_sweep, one.key))


def keeping_of(key: str) -> Keeping:
    """Return the kind *key*. An undeclared one is a programming mistake."""
    return _keepings[key]


def blocks_erasure(key: str, sentences: Callable[[Any], Iterable[str]]) -> None:
    """Let *sentences(person)* name the open cases that must end before the person can be erased.
    No sentence means that nothing blocks the erasure.
    """
    _blockers[key] = sentences


def erasure_blockers(person: models.Model) -> list[str]:
    """Return what blocks the erasure of *person*, one sentence each."""
    return [str(sentence) for key in sorted(_blockers) for sentence in _blockers[key](person)]


def keeps_on_erasure(key: str, sentences: Callable[[Any], Iterable[str]]) -> None:
    """Let *sentences(person)* say what stays after erasure and why."""
    _kept[key] = sentences


def kept_on_erasure(person: models.Model) -> list[str]:
    """Return what would stay of *person*, one sentence each."""
    return [str(sentence) for key in sorted(_kept) for sentence in _kept[key](person)]


def after_correction(key: str, listener: Callable[[Any, str, Any], Iterable[FollowUp]]) -> None:
    """Ask *listener(person, field, viewer)* what a corrected field leaves to be done (a
    certificate to replace), in one or two queries.
    """
    _after_correction[key] = listener


def follow_correction(person: models.Model, name: str, viewer: Actor) -> list[FollowUp]:
    """Return what is left to be done for *person* now that the field *name* is as it is, as
    *viewer* may see and do it.
    """
    return [
        one
        for key in sorted(_after_correction)
        for one in _after_correction[key](person, name, viewer)
    ]


def uses_consent(purpose: str, *, when: Callable[[], bool] = lambda: True) -> None:
    """Say that a screen or a notice asks for the consent to *purpose*. People are only asked for
    consents that something uses.

    *when* says whether this site does the thing at all (has an SMS gateway set up, for example). It
    is asked each time.
    """
    _asked[purpose] = when


def consents_used() -> frozenset[str]:
    """Return the purposes that something on this site asks for."""
    return frozenset(purpose for purpose, when in _asked.items() if when())


def after_consent_withdrawn(key: str, listener: Callable[[Any, str, Any], None]) -> None:
    """Call *listener(person, purpose, actor)* in the transaction in which a consent is withdrawn,
    to end what it carried.
    """
    _after_consent[key] = listener


def follow_withdrawal(person: models.Model, purpose: str, actor: Actor) -> None:
    """Tell all listeners that *person* withdrew the consent for *purpose*."""
    for key in sorted(_after_consent):
        _after_consent[key](person, purpose, actor)


def needs_declaration(field_: Any) -> bool:
    """Say whether a model field must be declared one way or the other.

    Free text, files, JSON, bytes, network addresses, days called birth, and relations to persons or
    accounts. Choices are words of ours, numbers and moments say nothing alone.
    """
    if field_.is_relation:
        related = getattr(field_, "related_model", None)
        return related is not None and related._meta.label in {"people.Person", "people.User"}
    if field_.choices or field_.primary_key:
        return False
    if isinstance(field_, models.DateField) and not isinstance(field_, models.DateTimeField):
        return "birth" in field_.name
    kinds = (
        models.CharField,
        models.TextField,
        models.FileField,
        models.JSONField,
        models.BinaryField,
        models.GenericIPAddressField,
    )
    return isinstance(field_, kinds)


def declare_acting_staff(label: str, *names: str, export: bool = False) -> None:
    """Declare the fields *names* as "who of the staff did it". They are kept as proof of office
    even after the person leaves.
    """
    trace = PersonalField(
        Category.TRACE,
        ProcessingPurpose.ACCOUNTABILITY,
        Basis.LAW,
        "records",
        export=export,
        seen_by=Seen.STAFF,
    )
    declare_personal_fields(label, dict.fromkeys(names, trace))
