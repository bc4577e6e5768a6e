"""Writes about rights.

This is the only code that touches guardian's rows and scope groups.
"""

from access.workflows.assignment import assign_role, withdraw_role
from access.workflows.leaving import end_roles_of, move_scope_roles

__all__ = ["assign_role", "end_roles_of", "move_scope_roles", "withdraw_role"]
