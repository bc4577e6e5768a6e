"""List the states of a competition and where each may lead, and the choices an event makes before
its marking begins.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EventState(models.TextChoices):
    """The states of an event (赛事)."""

    DRAFT = "draft", _("in preparation")
    OPEN = "open", _("registration open")
    DRAWN = "drawn", _("blind numbers drawn")
    SCORING = "scoring", _("marking")
    LOCKED = "locked", _("marks locked")
    PROVISIONAL = "provisional", _("results calculated")
    CONFIRMED = "confirmed", _("results confirmed")
    PUBLISHED = "published", _("results published")
    CANCELLED = "cancelled", _("cancelled")


EVENT_MOVES: dict[str, frozenset[str]] = {
    EventState.DRAFT: frozenset({EventState.OPEN, EventState.LOCKED, EventState.CANCELLED}),
    EventState.OPEN: frozenset({EventState.DRAWN, EventState.CANCELLED}),
    EventState.DRAWN: frozenset({EventState.SCORING, EventState.LOCKED, EventState.CANCELLED}),
    EventState.SCORING: frozenset({EventState.LOCKED, EventState.CANCELLED}),
    EventState.LOCKED: frozenset(
        {EventState.SCORING, EventState.PROVISIONAL, EventState.CANCELLED}
    ),
    EventState.PROVISIONAL: frozenset(
        {EventState.SCORING, EventState.CONFIRMED, EventState.CANCELLED}
    ),
    EventState.CONFIRMED: frozenset({EventState.PUBLISHED, EventState.CANCELLED}),
    EventState.PUBLISHED: frozenset({EventState.CANCELLED}),
    EventState.CANCELLED: frozenset(),
}
# One person may call these off. Once marks are locked it takes a correction, which two people
# decide.
CANCELLED_BY_ONE = frozenset(
    {EventState.DRAFT, EventState.OPEN, EventState.DRAWN, EventState.SCORING}
)
# What anybody may know of: an event in preparation is nobody's business yet.
PUBLIC_STATES = frozenset(EventState) - {EventState.DRAFT, EventState.CANCELLED}


class EntryState(models.TextChoices):
    """The states of an entry (参赛)."""

    SUBMITTED = "submitted", pgettext_lazy("competition", "submitted")
    QUALIFIED = "qualified", _("eligible")
    REJECTED = "rejected", _("not eligible")
    WITHDRAWN = "withdrawn", _("withdrawn")
    MERGED = "merged", _("set aside as a duplicate entry")


# Two records of one person in one event: the second person who agrees to their merge sets one
# aside.
ENTRY_MOVES: dict[str, frozenset[str]] = {
    EntryState.SUBMITTED: frozenset(
        {EntryState.QUALIFIED, EntryState.REJECTED, EntryState.WITHDRAWN, EntryState.MERGED}
    ),
    EntryState.QUALIFIED: frozenset({EntryState.REJECTED, EntryState.WITHDRAWN, EntryState.MERGED}),
    EntryState.REJECTED: frozenset({EntryState.QUALIFIED, EntryState.MERGED}),
    # Whoever withdrew enters again with the same row, while registration is open.
    EntryState.WITHDRAWN: frozenset({EntryState.SUBMITTED, EntryState.MERGED}),
    EntryState.MERGED: frozenset(),
}
# Entries in these states take no part.
OUT_OF_FIELD = frozenset({EntryState.WITHDRAWN, EntryState.REJECTED, EntryState.MERGED})


class SchemeState(models.TextChoices):
    """The states of a version of the marking scheme (评分方案)."""

    DRAFT = "draft", _("draft")
    FROZEN = "frozen", _("frozen")
    SUPERSEDED = "superseded", _("replaced")


SCHEME_MOVES: dict[str, frozenset[str]] = {
    SchemeState.DRAFT: frozenset({SchemeState.FROZEN, SchemeState.SUPERSEDED}),
    SchemeState.FROZEN: frozenset(),
    SchemeState.SUPERSEDED: frozenset(),
}


class MarkingSheetState(models.TextChoices):
    """The states of a marking sheet (评分表), which is for one blind number in one module."""

    BLANK = "blank", _("not started")
    ENTERING = "entering", _("being marked")
    SIGNED = "signed", _("signed")
    LOCKED = "locked", _("locked")
    REOPENED = "reopened", _("reopened")
    FINAL = "final", _("final")
    VOID = "void", pgettext_lazy("marking sheet", "void")


SHEET_MOVES: dict[str, frozenset[str]] = {
    MarkingSheetState.BLANK: frozenset({MarkingSheetState.ENTERING}),
    MarkingSheetState.ENTERING: frozenset({MarkingSheetState.SIGNED}),
    MarkingSheetState.SIGNED: frozenset({MarkingSheetState.LOCKED, MarkingSheetState.REOPENED}),
    MarkingSheetState.LOCKED: frozenset(
        {MarkingSheetState.REOPENED, MarkingSheetState.FINAL, MarkingSheetState.VOID}
    ),
    MarkingSheetState.REOPENED: frozenset({MarkingSheetState.SIGNED}),
    MarkingSheetState.FINAL: frozenset({MarkingSheetState.VOID}),
    # A void sheet counts zero. Only a correction by two people voids one or lets it count again.
    MarkingSheetState.VOID: frozenset({MarkingSheetState.FINAL}),
}
WRITABLE_SHEETS = frozenset(
    {MarkingSheetState.BLANK, MarkingSheetState.ENTERING, MarkingSheetState.REOPENED}
)
LOCKED_SHEETS = frozenset(
    {MarkingSheetState.LOCKED, MarkingSheetState.FINAL, MarkingSheetState.VOID}
)


class RoundState(models.TextChoices):
    """The states of one round of judging one aspect, which is hidden until every judge of the
    sheet has scored.
    """

    COLLECTING = "collecting", _("being scored")
    SETTLED = "settled", _("settled")
    DISPUTED = "disputed", _("scores too far apart")
    SET_ASIDE = "set_aside", _("set aside by the chief judge")


ROUND_MOVES: dict[str, frozenset[str]] = {
    RoundState.COLLECTING: frozenset(
        {RoundState.SETTLED, RoundState.DISPUTED, RoundState.SET_ASIDE}
    ),
    RoundState.SETTLED: frozenset({RoundState.SET_ASIDE}),
    RoundState.DISPUTED: frozenset(),
    RoundState.SET_ASIDE: frozenset(),
}


class CodeState(models.TextChoices):
    """What became of a blind number during the competition. Only those who compete are ranked. The
    others' sheets stay as they are.
    """

    COMPETING = "competing", _("competing")
    ABSENT = "absent", _("absent")
    RETIRED = "retired", pgettext_lazy("competition", "retired")
    DISQUALIFIED = "disqualified", _("disqualified")


CODE_MOVES: dict[str, frozenset[str]] = {
    CodeState.COMPETING: frozenset({CodeState.ABSENT, CodeState.RETIRED, CodeState.DISQUALIFIED}),
    CodeState.ABSENT: frozenset({CodeState.COMPETING, CodeState.DISQUALIFIED}),
    CodeState.RETIRED: frozenset({CodeState.COMPETING, CodeState.DISQUALIFIED}),
    CodeState.DISQUALIFIED: frozenset({CodeState.COMPETING}),
}


class DrawState(models.TextChoices):
    """The state of the blind numbers, sealed or opened (加密)."""

    SEALED = "sealed", _("sealed")
    OPENED = "opened", _("unsealed")


DRAW_MOVES: dict[str, frozenset[str]] = {
    DrawState.SEALED: frozenset({DrawState.OPENED}),
    DrawState.OPENED: frozenset(),
}


class TwoPersonRequestKind(models.TextChoices):
    """The kinds of requests that need a second person."""

    REOPEN_SHEET = "reopen_sheet", _("reopen a locked score sheet")
    UNSEAL = "unseal", _("unseal the blind numbers")
    READ_CODE_BOOK = "read_code_book", _("look up who is behind the blind numbers")
    CORRECT = "correct", _("correct the results")


class CorrectionKind(models.TextChoices):
    """What a correction of results changes. Marks, sheets and earlier versions stay as they are,
    and the correction is applied on top of them.
    """

    CORRECT_MARK = "correct_mark", _("correct a single mark")
    VOID_SHEET = "void_sheet", _("void a score sheet")
    RESTORE_SHEET = "restore_sheet", _("restore a void score sheet")
    CHANGE_NUMBER = "change_number", _("disqualify a blind number, or change its status")
    CORRECT_TOTAL = "correct_total", _("correct an imported total")
    RECOMPUTE = "recompute", _("calculate the results again with today's recusals")
    CANCEL = "cancel", _("cancel the competition and its results")


class TwoPersonRequestState(models.TextChoices):
    """The states of a request to a second person."""

    WAITING = "waiting", _("waiting for a second person to approve")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")


REQUEST_MOVES: dict[str, frozenset[str]] = {
    TwoPersonRequestState.WAITING: frozenset(
        {TwoPersonRequestState.APPROVED, TwoPersonRequestState.REFUSED}
    ),
    TwoPersonRequestState.APPROVED: frozenset(),
    TwoPersonRequestState.REFUSED: frozenset(),
}


class ResultState(models.TextChoices):
    """The states of a version of the results."""

    PROVISIONAL = "provisional", _("provisional")
    CONFIRMED = "confirmed", _("confirmed")
    SUPERSEDED = "superseded", _("replaced")


RESULT_MOVES: dict[str, frozenset[str]] = {
    ResultState.PROVISIONAL: frozenset({ResultState.CONFIRMED, ResultState.SUPERSEDED}),
    ResultState.CONFIRMED: frozenset({ResultState.SUPERSEDED}),
    ResultState.SUPERSEDED: frozenset(),
}


class Scoring(models.TextChoices):
    """How an event gets its totals."""

    SHEETS = "sheets", _("score sheets")
    RAW_TOTALS = "raw_totals", _("totals imported from a workbook")


class AspectKind(models.TextChoices):
    """Measurement (测量分) or judgement (评价分)."""

    MEASUREMENT = "M", _("measurement")
    JUDGEMENT = "J", _("judgement")


class JudgementRule(models.TextChoices):
    """How the scores of several judges are combined into one."""

    MEAN = "mean", _("mean of all judges")
    TRIMMED = "trimmed", _("with five or more judges, leave out the highest and the lowest score")


class AwardRule(models.TextChoices):
    """What awards the ranking gives."""

    MEDALS = "medals", _("medals by scaled score")
    PRIZES = "prizes", _("first, second and third prizes by share of the competitors")
    NONE = "none", _("no awards")


class Award(models.TextChoices):
    """The award one competitor is given."""

    NONE = "", _("no award")
    GOLD = "gold", _("gold medal")
    SILVER = "silver", _("silver medal")
    BRONZE = "bronze", _("bronze medal")
    MEDALLION = "medallion", _("medallion for excellence")
    FIRST = "first", _("first prize")
    SECOND = "second", _("second prize")
    THIRD = "third", _("third prize")


class RecusalGround(models.TextChoices):
    """Why a judge does not mark a competitor (回避)."""

    EMPLOYER = "employer", _("same employer")
    UNION = "union", _("same union")
    DECLARED = "declared", _("declared relationship")
