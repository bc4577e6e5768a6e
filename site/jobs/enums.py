"""States of batches and of their items."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """The states of a batch."""

    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    FINISHED = "finished", _("finished")


class JobItemState(models.TextChoices):
    """The states of an item. A leased item whose lease has run out counts as queued."""

    QUEUED = "queued", _("waiting")
    LEASED = "leased", _("in progress")
    DONE = "done", _("done")
    FAILED = "failed", _("needs attention")


JOB_MOVES = {
    JobState.RUNNING: {JobState.PAUSED, JobState.FINISHED},
    JobState.PAUSED: {JobState.RUNNING, JobState.FINISHED},
    JobState.FINISHED: {JobState.RUNNING},
}
