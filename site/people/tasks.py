"""Celery tasks of people."""

from typing import Any

from celery import shared_task  # noqa: TID251 - idle work: the sweeper of `jobs` rings it, the rows decide

from core.actors import NoAccount


@shared_task(name="people.scan_duplicates")
def scan_duplicates() -> int | None:
    """Start the nightly scan for duplicate records, if something was written since the last one."""
    from people.workflows import duplicates  # task body

    return duplicates.start_scan(actor=NoAccount("system")).pk if duplicates.scan_due() else None


def find_duplicates(item: Any) -> dict[str, Any]:
    """Do one item of a scan (called by the jobs runner)."""
    from people.workflows import duplicates  # task body

    return duplicates.run_scan_item(item)


@shared_task(name="people.send_codes")
def send_codes() -> int:
    """Send one-time codes that a thread failed to send, delete old ones, and return how many were
    sent.
    """
    from people.login import code_messages  # task body

    sent = sum(
        code_messages.deliver_one(pk)
        for pk in code_messages.left_over().values_list("pk", flat=True)[:100]
    )
    code_messages.list_old_codes().delete()
    return sent
