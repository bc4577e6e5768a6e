"""The union tree, employers, memberships and employments."""

from org.models.belonging import Employment, Membership
from org.models.unit import Employer, OrgUnit

__all__ = ["Employer", "Employment", "Membership", "OrgUnit"]
