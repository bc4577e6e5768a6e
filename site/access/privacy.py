"""Declaration of the personal data in the tables of rights, which say who holds which role."""

from functools import partial

from core.personal import Basis, Category, Field, Purpose, acted, declare

_role = partial(Field, Category.ACCOUNT, Purpose.ACCOUNTABILITY, Basis.DUTY, "records")

declare(
    "access.RoleAssignment",
    {"user": _role(export=False), "role": _role(), "starts_on": _role(), "ends_on": _role()},
    account="user",
)
acted("access.RoleAssignment", "granted_by")
acted("access.RoleAssignment", "agreed_by", "withdrawn_by", "reason", "withdrawn_because")
declare("access.RoleProposal", {"user": _role(export=False), "role": _role(), "reason": _role(export=False)}, account="user")
acted("access.RoleProposal", "proposed_by", "decided_by", "decided_because")
acted("access.ReviewItem", "decided_by", "reason")
