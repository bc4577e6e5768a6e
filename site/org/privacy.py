"""Declare the personal data in the tables of unions and employers, which say who belongs where and
when.
"""

from functools import partial

from django.utils.translation import gettext_lazy as _

from core.personal import (
    Basis,
    Category,
    PersonalField,
    ProcessingPurpose,
    declare_acting_staff,
    declare_keeping,
    declare_not_personal,
    declare_personal_fields,
)

declare_keeping(
    "membership",
    label=_("Membership and employment"),
    why=_(
        "Shows which union and employer a person belonged to on each day. Certificates and "
        "benefits are based on it."
    ),
)
_work = partial(
    PersonalField, Category.WORK, ProcessingPurpose.MEMBERSHIP, Basis.DUTY, "membership"
)

declare_personal_fields(
    "org.Membership",
    {
        "person": _work(export=False),
        "org_unit": _work(),
        "starts_on": _work(),
        "ends_on": _work(),
        "reason": _work(),
    },
    person="person",
)
declare_personal_fields(
    "org.Employment",
    {
        "person": _work(export=False),
        "employer": _work(),
        "job_title": _work(),
        "starts_on": _work(),
        "ends_on": _work(),
    },
    person="person",
)
declare_personal_fields("org.Employment", {"reason": _work()})

# Chair and contact are named for their office.
_office = PersonalField(
    Category.WORK, ProcessingPurpose.MEMBERSHIP, Basis.DUTY, "membership", export=False
)
declare_personal_fields(
    "org.OrgUnit", {"chair": _office, "contact_name": _office, "contact_phone": _office}
)
declare_personal_fields("org.Employer", {"contact_name": _office, "contact_phone": _office})
declare_not_personal(
    "org.OrgUnit",
    "path",
    "name",
    "name_key",
    "short_name",
    "code",
    "uscc",
    "region_code",
    "industry_code",
)
declare_not_personal(
    "org.Employer", "name", "name_key", "name_order", "uscc", "region_code", "industry_code"
)
declare_not_personal(
    "org.UnitChange",
    "old_name",
    "new_name",
    "old_short_name",
    "new_short_name",
    "document_no",
    "facts",
)
declare_acting_staff("org.UnitChange", "recorded_by", "reason", "annulled_by", "annulled_reason")
declare_not_personal("org.EmployerChange", "old_name", "new_name", "document_no")
declare_acting_staff(
    "org.EmployerChange", "recorded_by", "reason", "annulled_by", "annulled_reason"
)
declare_not_personal("org.SecondaryLink", "document_no")
