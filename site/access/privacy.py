"""Personal data in the tables of rights: who holds which role."""

from functools import partial

from core.personal import Basis, Category, Field, Purpose, acted, declare

_role = partial(Field, Category.ACCOUNT, Purpose.ACCOUNTABILITY, Basis.DUTY, "records")

declare(
    "access.RoleAssignment",
    {"user": _role(export=False), "role": _role(), "starts_on": _role(), "ends_on": _role()},
    account="user",
)
acted("access.RoleAssignment", "granted_by")
