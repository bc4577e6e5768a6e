"""Errors raised when roles are given. Each message says who has to do what now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, InvalidInput

if TYPE_CHECKING:
    from datetime import date


class OwnRole(DomainError):
    """Nobody gives, extends or confirms a role of their own, not even a system administrator."""

    def __init__(self) -> None:
        super().__init__("own_role", _("Nobody gives a role to himself. Ask another administrator."))


class NeedsTwo(DomainError):
    """This role needs a proposal and a second person's consent."""

    def __init__(self) -> None:
        super().__init__("needs_two", _("This role takes two people: propose it, and another administrator agrees."))


class SamePerson(DomainError):
    """The person who proposed can't agree to the proposal."""

    def __init__(self) -> None:
        super().__init__("same_person", _("You proposed this yourself. Another administrator has to agree."))


class Exclusive(DomainError):
    """The receiver holds a role that excludes this one (separation of powers)."""

    def __init__(self, *, held: str, wanted: str) -> None:
        super().__init__(
            "exclusive_roles",
            _("“%(held)s” and “%(wanted)s” can't be held by one person. Choose another person, or withdraw the first role.")
            % {"held": held, "wanted": wanted},
        )


class AlreadyHeld(DomainError):
    """The receiver has the role there already."""

    def __init__(self) -> None:
        super().__init__("already_held", _("This person holds the role there already. Extend it instead of giving it again."))


class AlreadyProposed(DomainError):
    """The same role is proposed already and waits for consent."""

    def __init__(self) -> None:
        super().__init__(
            "already_proposed", _("The same is proposed already and waits for a second person. Look at the list of what is waiting.")
        )


class Lapsed(DomainError):
    """The seven days in which the proposal could be agreed to are over."""

    def __init__(self) -> None:
        super().__init__(
            "proposal_lapsed", _("Nobody agreed within seven days, so this proposal has lapsed. Propose it anew if it is still needed.")
        )


class ProposerLost(DomainError):
    """The person who proposed may no longer give the role there."""

    def __init__(self) -> None:
        super().__init__(
            "proposer_lost",
            _("Whoever proposed this may no longer give roles there, so the proposal lapses. Propose it anew yourself if it is needed."),
        )


class Ended(DomainError):
    """The role has ended meanwhile."""

    def __init__(self) -> None:
        super().__init__("role_ended", _("This role has ended meanwhile. Reload the page; if it is still needed, propose it anew."))


class Inactive(DomainError):
    """The account is closed."""

    def __init__(self) -> None:
        super().__init__("account_inactive", _("This account is closed and can hold no role. Choose another."))


class BadDates(InvalidInput):
    """The dates of a role are not allowed.

    The last day is in the past, before the first day, or later than the site's maximum.
    """

    def __init__(self, *, field: str, latest: date | None = None) -> None:
        sentence = (
            _("A role ends on %(latest)s at the latest. Choose an earlier day; it can be extended later.") % {"latest": latest.isoformat()}
            if latest
            else _("The last day must be today or later, and not before the first.")
        )
        super().__init__("role_dates", sentence, fields={field: sentence})


class ReasonMissing(InvalidInput):
    """A change of rights needs a reason."""

    def __init__(self) -> None:
        sentence = _("Say in a few words why. It stays in the record.")
        super().__init__("reason_missing", sentence, fields={"reason": sentence})
