"""The union tree, employers, memberships and employments, and what they were before."""

from org.models.belonging import Employment, Membership
from org.models.history import EmployerChange, SecondaryLink, UnitChange
from org.models.unit import Employer, OrgUnit

__all__ = [
    "Employer",
    "EmployerChange",
    "Employment",
    "Membership",
    "OrgUnit",
    "SecondaryLink",
    "UnitChange",
]
