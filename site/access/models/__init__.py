"""Roles given to accounts on scopes, proposals and reviews of them, and guardian's direct-FK
tables for the scopes of the lower apps.
"""

from access.models.assignment import RoleAssignment
from access.models.proposal import RoleProposal
from access.models.review import Review, ReviewItem
from access.models.scope import (
    EmployerGroupPermission,
    OrgUnitGroupPermission,
    ScopeGroupPermission,
    WholeSite,
    WholeSiteGroupPermission,
)

__all__ = [
    "EmployerGroupPermission",
    "OrgUnitGroupPermission",
    "Review",
    "ReviewItem",
    "RoleAssignment",
    "RoleProposal",
    "ScopeGroupPermission",
    "WholeSite",
    "WholeSiteGroupPermission",
]
