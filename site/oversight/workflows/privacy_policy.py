"""Draft the privacy notice and publish it as a new version. A published text never changes."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require
from access.models import WholeSite
from core import clock, locks
from core.actors import Actor
from core.errors import InvalidInput
from core.states import lock, move
from oversight.privacy_grants import HANDLE_REQUEST
from people.accounts import account_or_none
from people.models import PolicyVersion
from people.privacy_enums import POLICY_MOVES, PolicyState

LOCK = "privacy.policy"


@transaction.atomic
def save_draft(*, actor: Actor, text_zh: str, text_en: str) -> PolicyVersion:
    """Save the draft of the next version, of which there is at most one. Needs
    `privacy.handle_request`.

    Raises `InvalidInput` if the text of a language is empty.
    """
    require(actor, HANDLE_REQUEST, WholeSite.get())
    locks.acquire_named_lock(LOCK)
    fields = {
        key: _("Enter the notice in this language too, because people choose their own language.")
        for key, text in (("text_zh", text_zh), ("text_en", text_en))
        if not text.strip()
    }
    if fields:
        raise InvalidInput("policy_empty", _("Some fields need to be corrected."), fields=fields)
    draft = PolicyVersion.objects.filter(state=PolicyState.DRAFT).first()
    if draft is None:
        last = (
            PolicyVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0
        )
        draft = PolicyVersion(number=last + 1)
    draft.text_zh, draft.text_en, draft.prepared_by = (
        text_zh.strip(),
        text_en.strip(),
        account_or_none(actor),
    )
    draft.full_clean()
    draft.save()
    audit.record(
        "privacy.policy_drafted", actor=actor, target=draft, after={"version": draft.number}
    )
    return draft


@transaction.atomic
def publish_policy(*, actor: Actor, policy: PolicyVersion) -> PolicyVersion:
    """Put the draft in force, so that everybody is shown it at the next sign-in. Needs
    `privacy.handle_request`.
    """
    require(actor, HANDLE_REQUEST, WholeSite.get())
    locks.acquire_named_lock(LOCK)
    policy = lock(policy)
    for old in PolicyVersion.objects.select_for_update().filter(state=PolicyState.PUBLISHED):
        move(old, PolicyState.REPLACED, table=POLICY_MOVES)
    moved = move(policy, PolicyState.PUBLISHED, table=POLICY_MOVES)
    policy.published_by, policy.published_at = account_or_none(actor), clock.now()
    policy.save(update_fields=["published_by", "published_at", "updated_at"])
    audit.record(
        "privacy.policy_published",
        actor=actor,
        target=policy,
        before={"state": moved.old},
        after={"state": moved.new, "version": policy.number},
    )
    return policy
