"""Wrap the publishing of pages as Celery tasks."""

from __future__ import annotations

from celery import shared_task  # noqa: TID251 - idle work: the sweeper of `jobs` rings it, the rows decide


@shared_task(name="cms.publish_scheduled", time_limit=300)
def publish_scheduled() -> None:
    """Publish pages whose time has come and take away those whose time is over, by Wagtail's own
    command.
    """
    from django.core.management import call_command  # task body

    call_command("publish_scheduled")
