"""A new version of the wording."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max

import audit
from access.checks import require
from certification.grants import EDIT_TEMPLATE
from certification.models import CertificateTemplate
from core import locks
from org.models import OrgUnit


@transaction.atomic
def add_version(*, actor: Any, org: OrgUnit, kind: str, title: str, wording: str, **fields: Any) -> CertificateTemplate:
    """Add the next version of *org*'s template of *kind*; the next certificate uses it, printed ones keep theirs.

    Needs `certification.edit_template` on *org*.
    """
    require(actor, EDIT_TEMPLATE, org)
    locks.take(f"certification.template:{org.pk}:{kind}")
    last = CertificateTemplate.objects.filter(org=org, kind=kind).aggregate(last=Max("version"))["last"] or 0
    template = CertificateTemplate(org=org, kind=kind, version=last + 1, title=title, wording=wording, **fields)
    template.full_clean()
    template.save()
    audit.record(
        "certification.template_added", actor=actor, target=template, after={"org": org.code, "kind": kind, "version": template.version}
    )
    return template
