"""What an app says about its spreadsheets so that the engine can import them.

An app builds one `ImportKind` for each of its models that inherits `imports.models.Import` and
passes it to `imports.workflows.ready.register_import` in `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.sheets import Column
from imports.enums import Stage

if TYPE_CHECKING:
    from django.db.models import Model, Q
    from django.utils.functional import _StrPromise

    from core.sheets import Grid, Header
    from imports.models import Import, Remark
    from imports.row_reader import RowReader
    from jobs.models import JobItem

    Words = str | _StrPromise
    Result = dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKinds:
    """The kinds of background work of one kind of import."""

    check: str
    apply: str
    undo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportWords:
    """The sentences of one kind of import.

    Rows hold codes. The sentence is made when it is shown, in the reader's language.
    """

    fault: Callable[
        [str, Mapping[str, Any] | None], tuple[str, str]
    ]  # code, parameters → what is wrong, what to do
    note: Callable[[str], str]  # code → how another spelling was read
    back: Mapping[str, Words]  # code → why a sheet came back
    apply_title: Words  # titles of background work, with %(file)s
    undo_title: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportKind:
    """A kind of spreadsheet with all that the engine asks of its tenant.

    *find_default_faults* says which choices for rows that name nothing are missing, as field →
    sentence. *decide* works out what applying the staged rows would do and returns a digest of it.
    *refuse_undo* raises if an applied import can't be undone. *undoing* and *undone* are the
    tenant's stages of undoing, and *undone_by* is the field that keeps who asked for it.
    """

    model: type[Import]
    row_model: type[Model]
    remark_model: type[Remark]
    columns: Sequence[Column]
    permission: str
    moves: Mapping[Any, Any]
    jobs: JobKinds
    words: ImportWords
    discarded: str  # audit kind
    sweep_task: str  # Celery task that calls `delete_expired_uploads`

    mask_sample: Callable[[str, str], str]  # heading, text → what the matching screen shows
    find_default_faults: Callable[[Any, Mapping[str, str], Mapping[str, Any]], dict[str, str]]
    open_reader: Callable[[Any, Grid, Header], RowReader[Any, Any]]
    decide: Callable[[Any], str]
    summarise: Callable[[Any], dict[str, int]]
    count_good_rows: Callable[[Mapping[str, int]], int]
    apply: Callable[[Any, JobItem], Result]
    undo: Callable[[Any, JobItem], Result]
    tell_checked: Callable[[Any], None]
    tell_stopped: Callable[[Any], None]
    find_settled: Callable[[], Q]  # imports whose file and remarks are no longer needed

    undoing: str
    undone: str
    undone_by: str
    undo_failed: str  # code in `words.back`
    refuse_undo: Callable[..., None]

    signature_prefix: tuple[str, ...] = ()
    related: tuple[str, ...] = ("org",)  # for select_related in the check
    emptied: tuple[str, ...] = ()  # JSON objects that go with the file
    prepare_work: Callable[[], object] = field(
        default=lambda: None
    )  # before applying and undoing, outside any transaction
    take_back_writing: Callable[[Any], None] = field(
        default=lambda _run: None
    )  # before an application that failed is given back
    forget_settled: Callable[[Any], object] = field(default=lambda _run: None)
    # code → address and words of the page where one of several meanings can be chosen
    find_choice: Callable[[Any, str], tuple[str, str] | None] = field(
        default=lambda _run, _code: None
    )

    @property
    def runs(self) -> Any:
        """Return the manager of the imports of this kind."""
        return self.model._default_manager

    def find_remarks(self, run: Import, **which: Any) -> Any:
        """Return the remarks on rows of *run*."""
        remarks: Any = self.remark_model._default_manager
        return remarks.filter(run=run, **which)

    def is_working(self, run: Import, stage: str, generation: int) -> bool:
        """Say whether *run* is still in the background work *stage* that was started with
        *generation*.
        """
        return bool(run.state == stage and run.generation == generation)

    @property
    def working(self) -> tuple[str, ...]:
        """Return the stages in which background work is under way."""
        return (Stage.CHECKING, Stage.APPLYING, self.undoing)


_by_model: dict[type[Import], ImportKind] = {}
_by_job: dict[str, ImportKind] = {}


def keep_kind(kind: ImportKind) -> None:
    """Keep *kind*, so that it is found by its model and by the kinds of its background work."""
    _by_model[kind.model] = kind
    for job in (kind.jobs.check, kind.jobs.apply, kind.jobs.undo):
        _by_job[job] = kind


def kind_of(run: Import) -> ImportKind:
    """Return the kind of *run*.

    A model without a kind is a programming mistake.
    """
    return _by_model[type(run)]


def kind_of_job(key: str) -> ImportKind:
    """Return the kind of import that the background work *key* belongs to."""
    return _by_job[key]
