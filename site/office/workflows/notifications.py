"""Messages to officers about their imports. Call these inside the transaction of the act."""

from __future__ import annotations

from typing import Any

import notify
from office.models import SheetImport
from office.workflows.importing import effects


def _of(run: SheetImport) -> dict[str, Any]:
    return {"file": run.filename, "import": str(run.public_id)}


def tell_import_checked(run: SheetImport) -> None:
    """Tell the sender of a sheet that it is checked."""
    notify.send_message(
        "office.import_checked",
        to=run.actor,
        context=_of(run),
        about=run,
        key=f"{run.public_id}:{run.generation}",
    )


def tell_import_finished(run: SheetImport) -> None:
    """Tell the person who applied a roster that it is done, and until when it can be undone."""
    context = {**_of(run), "rows": effects.count_good_rows(run.summary), "until": run.undo_until}
    notify.send_message(
        "office.import_finished",
        to=run.applied_by or run.actor,
        context=context,
        about=run,
        key=f"{run.public_id}:{run.applied_at}",
    )


def tell_import_stopped(run: SheetImport) -> None:
    """Tell the sender of a sheet that the work on it ended without a result."""
    notify.send_message(
        "office.import_stopped",
        to=run.actor,
        context=_of(run),
        about=run,
        key=f"{run.public_id}:{run.generation}",
    )
