"""Choices about unions and their members, and the allowed changes of a union's status."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrgLevel(models.IntegerChoices):
    """Level in the tree of unions."""

    NATIONAL = 0, _("national")
    PROVINCE = 1, _("province")
    CITY = 2, _("city")
    COUNTY = 3, _("district or county")
    TOWNSHIP = 4, _("township or street")
    GRASSROOTS = 5, _("grass-roots union")
    GROUP = 6, _("union group")


class OrgStatus(models.TextChoices):
    """The status of a union."""

    FOUNDING = "founding", _("being founded")
    NORMAL = "normal", pgettext_lazy("union", "active")
    MERGED = "merged", _("merged")
    DISSOLVED = "dissolved", _("dissolved")


# founding → active → merged or dissolved; a dissolved union may be taken up again, a merged one
# lives on in its successor.
UNIT_MOVES: Mapping[str, frozenset[str]] = {
    OrgStatus.FOUNDING: frozenset({OrgStatus.NORMAL, OrgStatus.DISSOLVED}),
    OrgStatus.NORMAL: frozenset({OrgStatus.MERGED, OrgStatus.DISSOLVED}),
    OrgStatus.DISSOLVED: frozenset({OrgStatus.NORMAL}),
    OrgStatus.MERGED: frozenset(),
}
LIVE = (OrgStatus.FOUNDING, OrgStatus.NORMAL)


class UnitType(models.TextChoices):
    """What kind of body the union's members work in."""

    ENTERPRISE = "enterprise", _("enterprise")
    INSTITUTION = "institution", _("public institution")
    AGENCY = "agency", _("government body")
    SOCIAL = "social", _("social organisation")
    JOINT = "joint", _("joint union of several employers")
    INDUSTRY = "industry", _("industry union")
    TERRITORY = "territory", _("territorial union")
    OTHER = "other", _("other")


class LegalPerson(models.TextChoices):
    """Whether the union is a legal person of its own."""

    YES = "yes", _("registered as a legal person")
    APPLIED = "applied", _("registration applied for")
    NO = "no", _("not a legal person")


class LinkKind(models.TextChoices):
    """The kinds of superiors a union can have beside the tree."""

    INDUSTRY = "industry", _("industry superior")


class ChangeKind(models.TextChoices):
    """What happened to a union on a day."""

    ACTIVATED = "activated", _("officially founded")
    RENAMED = "renamed", _("renamed")
    CORRECTED = "corrected", _("name corrected")
    MOVED = "moved", _("moved under another union")
    MERGED = "merged", _("merged into another union")
    ABSORBED = "absorbed", _("received another union")
    DISSOLVED = "dissolved", _("dissolved")
    RESTORED = "restored", _("restored")


class EmployerChangeKind(models.TextChoices):
    """What happened to an employer on a day."""

    RENAMED = "renamed", _("renamed")
    CORRECTED = "corrected", _("name corrected")
    LINKED = "linked", _("joined a union")
    UNLINKED = "unlinked", _("left a union")
    MERGED = "merged", _("merged into another employer")
    ABSORBED = "absorbed", _("received another employer")


class MembershipStanding(models.TextChoices):
    """What a member is during one period of membership."""

    MEMBER = "member", _("member")
    KEPT = "kept", _("membership kept")


class Ending(models.TextChoices):
    """How a period of membership ended."""

    TRANSFERRED = "transferred", _("transferred to another union")
    LEFT = "left", _("left the union")
    REMOVED = "removed", _("removed from the union")
    DECEASED = "deceased", _("deceased")
    KEPT = "kept", _("changed to membership kept")
    RESUMED = "resumed", _("full membership restored")
    MERGED = "merged", _("the union was merged")
    DISSOLVED = "dissolved", _("the union was dissolved")


class MemberStatus(models.TextChoices):
    """The four statuses of a member in the list of members."""

    ACTIVE = "active", _("in the union")
    KEPT = "kept", _("membership kept")
    TRANSFERRED = "transferred", _("transferred out")
    LEFT = "left", _("left")


class LeaveKind(models.TextChoices):
    """Ways out of a union. With `KEPT` the person stays on the union's books."""

    LEFT = "left", _("leaves the union")
    KEPT = "kept", _("keeps the membership (retired or out of work)")
    REMOVED = "removed", _("is removed from the union")
    DECEASED = "deceased", _("has died")


class EmploymentForm(models.TextChoices):
    """How a person is employed."""

    CONTRACT = "contract", _("labour contract")
    DISPATCHED = "dispatched", _("dispatched worker")
    NEW_FORM = "new_form", _("new-form worker (rider, driver)")
    PART_TIME = "part_time", _("part-time or hourly")
    OTHER = "other", _("other")
