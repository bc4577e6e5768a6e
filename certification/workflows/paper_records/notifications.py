"""What officers and holders are told about imports from paper. Called inside the deeds."""

from __future__ import annotations

from typing import Any

import notify
from access.queries.where import who_may
from certification.enums import Provenance
from certification.grants import CONFIRM_HISTORIC
from certification.models import Certificate, HistoricImport
from people.models import User


def _of(run: HistoricImport) -> dict[str, Any]:
    return {"file": run.filename, "import": str(run.public_id)}


def tell_checked(run: HistoricImport) -> None:
    """Tell who sent a sheet that it is checked."""
    notify.send_message(
        "certification.historic_checked",
        to=run.actor,
        context=_of(run),
        about=run,
        key=f"{run.public_id}:{run.generation}",
    )


def tell_taken(run: HistoricImport) -> None:
    """Tell who took a sheet over that it is done, and who may compare it, if it shall be compared."""
    context = {**_of(run), "rows": run.summary.get("new", 0)}
    key = f"{run.public_id}:{run.generation}"
    notify.send_message(
        "certification.historic_taken",
        to=run.applied_by or run.actor,
        context=context,
        about=run,
        key=key,
    )
    if run.aim == Provenance.ARCHIVE:
        involved = {run.actor_id, run.applied_by_id}
        people = [
            held.assignment.user
            for held in who_may(CONFIRM_HISTORIC, run.org)
            if held.assignment.user_id not in involved
        ]
        notify.send_message(
            "certification.historic_waits",
            to=people,
            context={**context, "union": run.org.name},
            about=run,
            key=key,
        )


def tell_holders(run: HistoricImport) -> None:
    """Tell the holders with an account that papers of theirs are on record here now. One message
    each, however many papers.
    """
    people = User.objects.filter(person__certificates__historic__run=run).distinct()
    notify.send_message(
        "certification.historic_added",
        to=people,
        context={"issuer": run.org.name},
        about=run,
        key=str(run.public_id),
    )


def tell_linked(certificate: Certificate) -> None:
    """Tell the holder, known since this moment, that a paper of theirs is on record here."""
    people = (
        User.objects.filter(person=certificate.person_id)
        if certificate.person_id
        else User.objects.none()
    )
    notify.send_message(
        "certification.historic_added",
        to=people,
        context={"issuer": certificate.issuer_name},
        about=certificate,
        key=str(certificate.public_id),
    )


def tell_stopped(run: HistoricImport) -> None:
    """Tell who sent a sheet that the work on it ended without a result."""
    notify.send_message(
        "certification.historic_stopped",
        to=run.actor,
        context=_of(run),
        about=run,
        key=f"{run.public_id}:{run.generation}",
    )


def tell_compared(run: HistoricImport, *, differ: int, by: Any) -> None:
    """Tell who took a sheet over what the second person found."""
    kind = "certification.historic_differs" if differ else "certification.historic_compared"
    context = {**_of(run), "count": differ, "who": str(by)}
    notify.send_message(
        kind,
        to=run.applied_by or run.actor,
        context=context,
        about=run,
        key=f"{run.public_id}:{run.draws}",
    )
