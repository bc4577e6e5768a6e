"""Find the files of certificates that were made before the present drawing, and show what was
found in them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from access.queries import permitted
from certification.enums import FAULTY_FILES, BulkAct, BulkState, FileState, Provenance
from certification.grants import ISSUE
from certification.models import BulkLine, Certificate, FormerFile
from certification.queries.bulk import STATES_WITH_A_FILE_IN_USE
from certification.rules.drawing import RENDERER_VERSION
from core.actors import Actor


@dataclass(frozen=True, slots=True)
class FileCounts:
    """How many files in use wait for inspection, and what was found in the others."""

    unknown: int
    torn: int
    missing: int
    sound: int

    @property
    def faulty(self) -> int:
        """Return how many files need to be made again."""
        return self.torn + self.missing


def list_files_in_use(user: Actor) -> QuerySet[Certificate]:
    """Return the certificates issued here whose files their holders show, within *user*'s right to
    issue.
    """
    rows = Certificate.objects.filter(
        provenance=Provenance.ISSUED, state__in=sorted(STATES_WITH_A_FILE_IN_USE)
    )
    return permitted(user, ISSUE, rows)


def list_files_to_inspect(user: Actor) -> QuerySet[Certificate]:
    """Return the certificates whose files were made before the present drawing and aren't
    inspected yet.
    """
    return list_files_in_use(user).filter(
        renderer_version__lt=RENDERER_VERSION, file_state=FileState.UNKNOWN
    )


def list_faulty_files(user: Actor) -> QuerySet[Certificate]:
    """Return the certificates in whose files a fault was found, the oldest first."""
    return list_files_in_use(user).filter(file_state__in=sorted(FAULTY_FILES)).order_by("pk")


def exclude_requested_reissues(rows: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """Return *rows* without those for which a bulk change that waits or is under way makes a new
    file.
    """
    asked = BulkLine.objects.filter(
        change__act=BulkAct.REISSUE,
        change__state__in=[BulkState.WAITING, BulkState.RUNNING],
        done_at=None,
    )
    return rows.exclude(pk__in=asked.values("certificate"))


def count_certificate_files(user: Actor) -> FileCounts:
    """Return how many files in use wait for inspection, and how many have each finding. One query."""
    row = list_files_in_use(user).aggregate(
        unknown=Count(
            "pk", filter=Q(renderer_version__lt=RENDERER_VERSION, file_state=FileState.UNKNOWN)
        ),
        torn=Count("pk", filter=Q(file_state=FileState.TORN)),
        missing=Count("pk", filter=Q(file_state=FileState.MISSING)),
        sound=Count(
            "pk",
            filter=Q(file_state=FileState.SOUND)
            | Q(file_state="", renderer_version__gte=RENDERER_VERSION),
        ),
    )
    return FileCounts(**row)


def list_former_files(certificate: Certificate) -> QuerySet[FormerFile]:
    """Return the files *certificate* had before the present one."""
    return FormerFile.objects.filter(certificate=certificate).order_by("-pk")
