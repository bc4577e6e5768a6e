"""Declare the personal data in the tables of unions and employers, which say who belongs where and
when.
"""

from functools import partial

from django.utils.translation import gettext_lazy as _

from core.personal import Basis, Category, Field, Purpose, acted, declare, keeping, not_personal

keeping(
    "membership",
    label=_("Membership and employment"),
    why=_("Shows for each day which union and employer a person belonged to; certificates and entitlements rest on it."),
)
_work = partial(Field, Category.WORK, Purpose.MEMBERSHIP, Basis.DUTY, "membership")

declare(
    "org.Membership",
    {"person": _work(export=False), "org_unit": _work(), "starts_on": _work(), "ends_on": _work(), "reason": _work()},
    person="person",
)
declare(
    "org.Employment",
    {"person": _work(export=False), "employer": _work(), "job_title": _work(), "starts_on": _work(), "ends_on": _work()},
    person="person",
)
declare("org.Employment", {"reason": _work()})

# Chair and contact are named for their office.
_office = Field(Category.WORK, Purpose.MEMBERSHIP, Basis.DUTY, "membership", export=False)
declare("org.OrgUnit", {"chair": _office, "contact_name": _office, "contact_phone": _office})
declare("org.Employer", {"contact_name": _office, "contact_phone": _office})
not_personal("org.OrgUnit", "path", "name", "name_key", "short_name", "code", "uscc", "region_code", "industry_code")
not_personal("org.Employer", "name", "name_key", "name_order", "uscc", "region_code", "industry_code")
not_personal("org.UnitChange", "old_name", "new_name", "old_short_name", "new_short_name", "document_no", "facts")
acted("org.UnitChange", "recorded_by", "reason", "annulled_by", "annulled_reason")
not_personal("org.EmployerChange", "old_name", "new_name", "document_no")
acted("org.EmployerChange", "recorded_by", "reason", "annulled_by", "annulled_reason")
not_personal("org.SecondaryLink", "document_no")
