"""Queries about rights.

The general ones are exported here. Those of single screens have modules of their own.
"""

from access.queries.reach import Held, Reach, reach_of
from access.queries.rights import (
    allowed_site,
    build_subtree_filter,
    codenames_in,
    codenames_of,
    codenames_on,
    has_role,
    has_strong_role,
    list_role_holders,
    org_path_field,
    paths_where,
    permitted,
    roles_of,
    units_where,
)

__all__ = [
    "Held",
    "Reach",
    "allowed_site",
    "build_subtree_filter",
    "codenames_in",
    "codenames_of",
    "codenames_on",
    "has_role",
    "has_strong_role",
    "list_role_holders",
    "org_path_field",
    "paths_where",
    "permitted",
    "reach_of",
    "roles_of",
    "units_where",
]
