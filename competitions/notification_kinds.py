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
        "Your entry was checked and accepted. The competition is on {starts:day}. Your number is drawn beforehand."
    ),
    link=DETAIL,
    audience="worker",
    sample={**_of_event, "starts": "2026-12-05"},
)
ENTRY_REJECTED = register_message_kind(
    "competitions.entry_rejected",
    label=_("Your entry is not accepted"),
    subject=_("Your entry for “{title}” was not accepted"),
    text=_(
        "Reason: {reason} If you think this is wrong, talk to the host before registration ends."
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
        "Somebody of your union entered you. You can take the entry back on the page until the numbers are drawn."
    ),
    link=DETAIL,
    audience="worker",
    sample=_of_event,
)
CANCELLED = register_message_kind(
    "competitions.cancelled",
    label=_("A competition is cancelled"),
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
    label=_("A competition is tomorrow"),
    subject=_("Tomorrow: “{title}”"),
    text=_("Be there in time, with your identity document. Place: {venue}"),
    link=DETAIL,
    audience="worker",
    sample={**_of_event, "venue": "市总工会实训中心"},
)
PUBLISHED = register_message_kind(
    "competitions.results_published",
    label=_("Results are published"),
    subject=_("The results of “{title}” are published"),
    text=_("You find ranks, marks and awards on the board."),
    link="/competitions/{event}/board/",
    audience="worker",
    sample=_of_event,
)
CORRECTED = register_message_kind(
    "competitions.results_corrected",
    label=_("Published results are corrected"),
    subject=_("“{title}”: the results were corrected"),
    text=_(
        "Version {version} of the results is on the board. Reason: {reason} Your own marks are on the competition's page."
    ),
    link="/competitions/{event}/mine/",
    mandatory=True,
    audience="worker",
    sample={**_of_event, "version": 2, "reason": "复核后更正一项测量分。"},
)
JUDGE_SEATED = register_message_kind(
    "competitions.judge_seated",
    label=_("You were called as a judge"),
    subject=_("You are a judge of “{title}”"),
    text=_(
        "Your seat is {seat}; modules: {modules}. You see numbers only. Say now if you know a competitor well."
    ),
    link="/judging/",
    mandatory=True,
    audience="judge",
    sample={**_of_event, "seat": 3, "modules": "A、B"},
)
SEATS_VACANT = register_message_kind(
    "competitions.seats_vacant",
    label=_("A judge has gone, sheets wait for a substitute"),
    subject=_("“{title}”: a substitute is needed for {sheets} sheets"),
    text=_(
        "The role of the judge at seat {seat} has ended. {sheets} unsigned sheets came back; signed ones stay. Name a substitute."
    ),
    link="/competitions/{event}/office/substitutes/",
    urgent=True,
    mandatory=True,
    audience="officer",
    sample={**_of_event, "seat": 3, "sheets": 4},
)
STAFF_CALLED = register_message_kind(
    "competitions.staff_called",
    label=_("You were given an office in a competition"),
    subject=_("“{title}”: you are {role}"),
    text=_("You were given this office. What it lets you do is on the competition's page."),
    link=OFFICE,
    mandatory=True,
    audience="judge",
    sample={**_of_event, "role": "裁判长"},
)
REQUEST_WAITS = register_message_kind(
    "competitions.request_waits",
    label=_("A request waits for a second person"),
    subject=_("“{title}”: {what} waits for a second person"),
    text=_("Reason given: {reason} Look at it and approve or refuse; whoever asked can't decide."),
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
    label=_("Results wait for confirmation"),
    subject=_("The results of “{title}” wait for a second person"),
    text=_(
        "They are worked out and the numbers are open. Whoever worked them out can't confirm them: look at them and confirm."
    ),
    link="/competitions/{event}/office/results/",
    mandatory=True,
    audience="officer",
    sample=_of_event,
)
