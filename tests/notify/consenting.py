"""People who agreed to SMS, or didn't."""

from __future__ import annotations

import access
from oversight.queries.privacy_sample import SAMPLE_EN, SAMPLE_ZH
from oversight.workflows import privacy_policy
from people.models import PolicyVersion
from people.privacy_enums import ConsentPurpose
from people.workflows.privacy import give_consent
from tests.factories.ground import PersonFactory


def publish_notice():
    """Put a privacy notice in force, once."""
    if not PolicyVersion.objects.exists():
        draft = privacy_policy.save_draft(actor=access.SYSTEM, text_zh=SAMPLE_ZH, text_en=SAMPLE_EN)
        privacy_policy.publish_policy(actor=access.SYSTEM, policy=draft)


def agree(user):
    """Give *user* a person's record that agrees to SMS."""
    publish_notice()
    person = PersonFactory(user=user)
    give_consent(actor=user, person=person, purpose=ConsentPurpose.SMS)
    return person
