"""The database keeps consents: a row is never removed, and changed only by its one withdrawal, or by a decided merge of its person."""

from django.db import migrations

from audit.append_only import Refuse

SAME = (
    "NEW.id = OLD.id AND NEW.purpose = OLD.purpose AND NEW.policy_version_id = OLD.policy_version_id "
    "AND NEW.given_at = OLD.given_at AND NEW.channel = OLD.channel"
)
WITHDRAWN = (
    "NEW.person_id = OLD.person_id AND OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL"
)
MERGED = (
    "NEW.withdrawn_at {same} OLD.withdrawn_at AND NEW.withdrawn_channel = OLD.withdrawn_channel AND EXISTS (SELECT 1 "
    "FROM people_mergeproposal p WHERE p.state = 'merged' AND p.gone_id = OLD.person_id AND p.keep_id = NEW.person_id)"
)
SAME_OR_NULL = {"postgresql": "IS NOT DISTINCT FROM", "sqlite": "IS"}


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [("people", "0005_person_by_name")]
    operations = [
        Refuse(
            "people_consent",
            changed_if={
                vendor: f"{SAME} AND (({WITHDRAWN}) OR ({MERGED.format(same=same)}))"
                for vendor, same in SAME_OR_NULL.items()
            },
        )
    ]
