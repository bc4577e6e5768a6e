"""Kinds of messages about competitions."""

from django.utils.translation import gettext_lazy as _

from notify.enums import MessageChannel
from notify.registry import register_message_kind

DETAIL = "/competitions/{event}/"
OFFICE = "/competitions/{event}/office/"
_of_event = {"title": "2026 年焊接项目决赛", "event": "00000000-0000-4000-8000-000000000000"}

ENTRY_QUALIFIED = register_message_kind(
    "competitions.entry_qualified",
    label=_("Your entry is accepted"),
    subject=_("You may compete in “{title}”"),
    text=_(
        "Your entry was checked and accepted. The competition is on {starts:day}. Blind "
        "numbers are drawn before it starts."
    ),
    link=DETAIL,
    audience="worker",
    sample={**_of_event, "starts": "2026-12-05"},
)
ENTRY_REJECTED = register_message_kind(
    "competitions.entry_rejected",
    label=_("Your entry was not accepted"),
    subject=_("Your entry for “{title}” was not accepted"),
    text=_(
        "Reason: {reason} If you think this is wrong, contact the host before registration closes."
    ),
    link=DETAIL,
    mandatory=True,
    audience="worker",
    sample={**_of_event, "reason": "工作年限不足三年。"},
)
ENTERED = register_message_kind(
    "competitions.entered",
    label=_("You were entered for a competition"),
    subject=_("You were entered for “{title}”"),
    text=_(
        "A union officer entered you. You can withdraw the entry on the competition's page "
        "until the blind numbers are drawn."
    ),
    link=DETAIL,
    audience="worker",
    sample=_of_event,
)
CANCELLED = register_message_kind(
    "competitions.cancelled",
    label=_("The competition is cancelled"),
    subject=_("“{title}” is cancelled"),
    text=_("Reason: {reason}"),
    sms=_("The competition “{title}” is cancelled."),
    sms_template="CRAFTPATH_COMPETITION_CANCELLED",
    link=DETAIL,
    channels={MessageChannel.INBOX, MessageChannel.MAIL, MessageChannel.PUSH, MessageChannel.SMS},
    mandatory=True,
    audience="worker",
    sample={**_of_event, "reason": "场地检修。"},
)
STARTS_TOMORROW = register_message_kind(
    "competitions.starts_tomorrow",
    label=_("Your competition is tomorrow"),
    subject=_("Tomorrow: “{title}”"),
    text=_("Be there on time and bring your identity document. Venue: {venue}"),
    link=DETAIL,
    audience="worker",
    sample={**_of_event, "venue": "市总工会实训中心"},
)
PUBLISHED = register_message_kind(
    "competitions.results_published",
    label=_("Results were published"),
    subject=_("The results of “{title}” are published"),
    text=_("The results board shows ranks, marks and awards."),
    link="/competitions/{event}/board/",
    audience="worker",
    sample=_of_event,
)
CORRECTED = register_message_kind(
    "competitions.results_corrected",
    label=_("Published results corrected"),
    subject=_("“{title}”: the results were corrected"),
    text=_(
        "Version {version} of the results is on the results board. Reason: {reason} Your "
        "own marks are on the competition's page."
    ),
    link="/competitions/{event}/mine/",
    mandatory=True,
    audience="worker",
    sample={**_of_event, "version": 2, "reason": "复核后更正一项测量分。"},
)
JUDGE_SEATED = register_message_kind(
    "competitions.judge_seated",
    label=_("You were appointed as a judge"),
    subject=_("You are a judge of “{title}”"),
    text=_(
        "Your seat is {seat}. Modules: {modules}. You see only blind numbers. If you have a "
        "relationship with a competitor, declare a recusal now."
    ),
    link="/judging/",
    mandatory=True,
    audience="judge",
    sample={**_of_event, "seat": 3, "modules": "A、B"},
)
SEATS_VACANT = register_message_kind(
    "competitions.seats_vacant",
    label=_("A judge has left and score sheets need a substitute"),
    subject=_("“{title}”: {sheets} score sheets need a substitute judge"),
    text=_(
        "The role of the judge at seat {seat} has ended. {sheets} unsigned score sheets "
        "were returned. Signed sheets stay valid. Appoint a substitute."
    ),
    link="/competitions/{event}/office/substitutes/",
    urgent=True,
    mandatory=True,
    audience="officer",
    sample={**_of_event, "seat": 3, "sheets": 4},
)
STAFF_CALLED = register_message_kind(
    "competitions.staff_called",
    label=_("You were given a role in a competition"),
    subject=_("“{title}”: you are now {role}"),
    text=_("You were given this role. The competition's page shows what you can do."),
    link=OFFICE,
    mandatory=True,
    audience="judge",
    sample={**_of_event, "role": "裁判长"},
)
REQUEST_WAITS = register_message_kind(
    "competitions.request_waits",
    label=_("A request is waiting for a second person"),
    subject=_("“{title}”: a request is waiting for a second person ({what})"),
    text=_(
        "Reason: {reason} Check the request, then approve or refuse it. The person who "
        "asked can't decide."
    ),
    link="/competitions/{event}/office/requests/{request}/",
    urgent=True,
    mandatory=True,
    audience="officer",
    sample={
        **_of_event,
        "what": "启封密号",
        "reason": "成绩已汇总。",
        "request": "00000000-0000-4000-8000-000000000000",
    },
)
RESULT_WAITS = register_message_kind(
    "competitions.result_waits",
    label=_("Results are waiting for confirmation"),
    subject=_("The results of “{title}” are waiting for a second person to confirm them"),
    text=_(
        "The results are calculated and the blind numbers are unsealed. The person who "
        "calculated the results can't confirm them. Please check and confirm them."
    ),
    link="/competitions/{event}/office/results/",
    mandatory=True,
    audience="officer",
    sample=_of_event,
)
