"""Personal data in the tables of unions and employers: who belongs where, and when."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from core.personal import Basis, Category, Field, Purpose, declare, keeping

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
