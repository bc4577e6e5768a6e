"""Add versions of certificate templates."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

import audit
from access.checks import require
from certification.enums import LAYOUT_OF
from certification.errors import TemplateChanged
from certification.grants import EDIT_TEMPLATE
from certification.models import CertificateTemplate
from core import locks
from core.actors import Actor
from org.models import OrgUnit


@transaction.atomic
def add_template_version(
    *,
    actor: Actor,
    org: OrgUnit,
    kind: str,
    title: str,
    wording: str,
    based_on: int | None = None,
    **fields: Any,
) -> CertificateTemplate:
    """Add the next version of *org*'s template of *kind*. The next certificate uses it, and
    printed ones keep theirs.

    *based_on* is the version its author looked at. If another was added in between,
    `TemplateChanged` is raised and nothing is lost. Needs `certification.edit_template` on *org*.
    """
    require(actor, EDIT_TEMPLATE, org)
    locks.acquire_named_lock(f"certification.template:{org.pk}:{kind}")
    last = (
        CertificateTemplate.objects.filter(org=org, kind=kind).aggregate(last=Max("version"))[
            "last"
        ]
        or 0
    )
    if based_on is not None and based_on != last:
        raise TemplateChanged(
            "template_changed",
            _(
                "Somebody else has added version %(version)s in the meantime. Look at it, "
                "then save again. What you typed is still here."
            )
            % {"version": last},
        )
    fields.setdefault("layout", LAYOUT_OF[kind])
    made_by_id = getattr(actor, "pk", None)
    template = CertificateTemplate(
        org=org,
        kind=kind,
        version=last + 1,
        title=title,
        wording=wording,
        made_by_id=made_by_id,
        **fields,
    )
    template.full_clean()
    template.save()
    audit.record(
        "certification.template_added",
        actor=actor,
        target=template,
        after={"org": org.code, "kind": kind, "version": template.version},
    )
    return template
