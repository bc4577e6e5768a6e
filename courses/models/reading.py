"""Store on which page a person reads a lesson now."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from core.models import Stamped


class ReadingLease(Stamped):
    """The one page on which a person's reading counts, over all lessons of all classes. Its row is
    locked for each report.

    `page` is a random number the page was opened with, `device` a digest of the browser's own
    cookie. After `expires_at` any other page of the person may take the lease without asking.
    """

    person = models.OneToOneField("people.Person", models.CASCADE, related_name="+")
    progress = models.ForeignKey(
        "courses.LessonProgress", models.CASCADE, null=True, blank=True, related_name="+"
    )
    page = models.UUIDField(null=True, blank=True)
    device = models.CharField(max_length=64, blank=True, default="")
    taken_at = models.DateTimeField(null=True, blank=True)
    counted_to = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person_id}:{self.progress_id}"

    def is_free(self, now: datetime) -> bool:
        """Say whether no page holds it."""
        return self.page is None or self.expires_at is None or now > self.expires_at
