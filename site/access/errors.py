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
        super().__init__(
            "own_role", _("You can't give a role to yourself. Ask another administrator.")
        )


class NeedsTwo(DomainError):
    """This role needs a proposal and a second person's consent."""

    def __init__(self) -> None:
        super().__init__(
            "needs_two",
            _(
                "This role needs two people. You can propose it, and another administrator "
                "must approve it."
            ),
        )


class SamePerson(DomainError):
    """The person who proposed can't agree to the proposal."""

    def __init__(self) -> None:
        super().__init__(
            "same_person", _("You proposed this yourself. Another administrator must approve it.")
        )


class Exclusive(DomainError):
    """The receiver holds a role that excludes this one (separation of powers)."""

    def __init__(self, *, held: str, wanted: str) -> None:
        super().__init__(
            "exclusive_roles",
            _(
                "One person can't hold both “%(held)s” and “%(wanted)s”. Choose another "
                "person, or withdraw the first role."
            )
            % {"held": held, "wanted": wanted},
        )


class AlreadyHeld(DomainError):
    """The receiver has the role there already."""

    def __init__(self) -> None:
        super().__init__(
            "already_held",
            _("This person already holds the role there. Extend it instead of giving it again."),
        )


class AlreadyProposed(DomainError):
    """The same role is proposed already and waits for consent."""

    def __init__(self) -> None:
        super().__init__(
            "already_proposed",
            _(
                "The same role has already been proposed and is waiting for a second "
                "person. See the list of pending proposals."
            ),
        )


class Lapsed(DomainError):
    """The seven days in which the proposal could be agreed to are over."""

    def __init__(self) -> None:
        super().__init__(
            "proposal_lapsed",
            _(
                "No one approved this proposal within seven days, so it has lapsed. Propose "
                "it again if it is still needed."
            ),
        )


class ProposerLost(DomainError):
    """The person who proposed may no longer give the role there."""

    def __init__(self) -> None:
        super().__init__(
            "proposer_lost",
            _(
                "The person who proposed this can no longer give roles there, so the "
                "proposal has lapsed. If it is still needed, propose it yourself."
            ),
        )


class Ended(DomainError):
    """The role has ended meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            "role_ended",
            _(
                "This role has already ended. Reload the page and, if it is still needed, "
                "propose it again."
            ),
        )


class Inactive(DomainError):
    """The account is closed."""

    def __init__(self) -> None:
        super().__init__(
            "account_inactive",
            _("This account is closed and can't hold a role. Choose another one."),
        )


class BadDates(InvalidInput):
    """The dates of a role are not allowed.

    The last day is in the past, before the first day, or later than the site's maximum.
    """

    def __init__(self, *, field: str, latest: date | None = None) -> None:
        sentence = (
            _(
                "A role can last until %(latest)s at most. Choose an earlier date; the role "
                "can be extended later."
            )
            % {"latest": latest.isoformat()}
            if latest
            else _("The last day must not be before today or before the first day.")
        )
        super().__init__("role_dates", sentence, fields={field: sentence})


class ReasonMissing(InvalidInput):
    """A change of rights needs a reason."""

    def __init__(self) -> None:
        sentence = _("Give a short reason. It is kept in the audit log.")
        super().__init__("reason_missing", sentence, fields={"reason": sentence})
