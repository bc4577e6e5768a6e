"""Declaration of the personal data in the tables of rights, which say who holds which role."""

from functools import partial

from core.personal import (
    Basis,
    Category,
    PersonalField,
    ProcessingPurpose,
    declare_acting_staff,
    declare_personal_fields,
)

_role = partial(
    PersonalField, Category.ACCOUNT, ProcessingPurpose.ACCOUNTABILITY, Basis.DUTY, "records"
)

declare_personal_fields(
    "access.RoleAssignment",
    {"user": _role(export=False), "role": _role(), "starts_on": _role(), "ends_on": _role()},
    account="user",
)
declare_acting_staff("access.RoleAssignment", "granted_by")
declare_acting_staff(
    "access.RoleAssignment", "agreed_by", "withdrawn_by", "reason", "withdrawn_because"
)
declare_personal_fields(
    "access.RoleProposal",
    {"user": _role(export=False), "role": _role(), "reason": _role(export=False)},
    account="user",
)
declare_acting_staff("access.RoleProposal", "proposed_by", "decided_by", "decided_because")
declare_acting_staff("access.ReviewItem", "decided_by", "reason")
