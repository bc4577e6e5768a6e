"""The demo's data about privacy.

There is a notice in force that everybody has read, the worker's consents, a correction that waits,
and two officers.
"""

from __future__ import annotations

from django.contrib.auth import get_user_model

from access.models import WholeSite
from access.system import SYSTEM
from access.workflows import assign_role
from core.demo import World
from oversight.queries.privacy_sample import SAMPLE_EN, SAMPLE_ZH
from oversight.workflows.privacy_policy import publish_policy, save_draft
from oversight.workflows.privacy_requests import request_data_correction
from people.models import NoticeRead, PrivacyRequest
from people.privacy_enums import ConsentChannel, ConsentPurpose
from people.privacy_queries import consents_of, current_policy
from people.queries import person_of
from people.workflows.privacy import give_consent

OFFICERS = {"demo-privacy": "程颖", "demo-privacy-2": "石立群"}


def load_privacy_demo(world: World) -> None:
    """Create the demo's privacy data that isn't there yet."""
    users = get_user_model().objects
    for username, name in OFFICERS.items():
        account = users.filter(username=username).first() or users.create_user(
            username, None, display_name=name
        )
        assign_role(actor=SYSTEM, user=account, role="privacy_officer", scope=WholeSite.get())
        world.users[username] = account
    policy = current_policy() or publish_policy(
        actor=SYSTEM, policy=save_draft(actor=SYSTEM, text_zh=SAMPLE_ZH, text_en=SAMPLE_EN)
    )
    # The demo's buttons lead straight to the work: the notice counts as read there.
    unread = users.filter(username__startswith="demo-").exclude(notices_read__version=policy)
    NoticeRead.objects.bulk_create(
        [NoticeRead(user=user, version=policy, channel=ConsentChannel.DEMO) for user in unread]
    )
    worker = world.users.get("demo-worker") or users.get(username="demo-worker")
    person = person_of(worker)
    if person is None:
        return
    if not consents_of(person).exists():
        give_consent(
            actor=worker,
            person=person,
            purpose=ConsentPurpose.HONOUR_LIST,
            channel=ConsentChannel.DEMO,
        )
    if not PrivacyRequest.objects.filter(person=person).exists():
        request_data_correction(
            actor=worker,
            person=person,
            field="mobile",
            wanted="13900009876",
            note="旧号码上月已停用",
        )
