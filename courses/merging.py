"""What merging two persons does to training: enrolments move along; the same class twice is in the way."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Enrolment
from people.merging import Reference, register


def _same_class(row: Enrolment) -> str:
    return _("Both records are enrolled in the class “%(name)s”. Withdraw one of the two enrolments first.") % {"name": row.training_class}


register(Reference("courses.Enrolment", "person", gettext_lazy("enrolments"), together=("training_class",), says=_same_class))
