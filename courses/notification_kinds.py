"""Kinds of messages about training."""

from django.utils.translation import gettext_lazy as _

from notify.enums import MessageChannel
from notify.registry import register_message_kind

CLASS = "/classes/{class}/"
ROSTER = "/classes/{class}/roster/"
WITH_SMS = {MessageChannel.INBOX, MessageChannel.MAIL, MessageChannel.PUSH, MessageChannel.SMS}
_of_class = {
    "course": "焊接安全",
    "name": "2026 秋季一班",
    "class": "00000000-0000-4000-8000-000000000000",
}

PLACE_OFFERED = register_message_kind(
    "courses.place_offered",
    label=_("A place became free for you"),
    subject=_("A place in “{course}” is kept for you"),
    text=_(
        "You are next in the queue of “{name}”. Accept the place by {until:moment}; then it goes to the next."
    ),
    sms=_("A place in “{course}” is kept for you until {until:moment}. Accept it on the site."),
    sms_template="CRAFTPATH_PLACE_OFFERED",
    link=CLASS,
    channels=WITH_SMS,
    audience="worker",
    sample={**_of_class, "until": "2026-11-24T10:00:00+08:00"},
)
OFFER_LAPSED = register_message_kind(
    "courses.offer_lapsed",
    label=_("A kept place went to the next"),
    subject=_("The place in “{course}” went to the next in the queue"),
    text=_(
        "It was kept for you in “{name}”, but not accepted in time. You can enrol again while enrolment is open."
    ),
    link=CLASS,
    audience="worker",
    sample=_of_class,
)
PLACE_GIVEN = register_message_kind(
    "courses.place_given",
    label=_("You were enrolled"),
    subject=_("You have a place in “{course}”"),
    text=_(
        "You were enrolled in “{name}”, which starts on {starts:day} at {venue}. If you can't come, give the place back on the page."
    ),
    link=CLASS,
    audience="worker",
    sample={**_of_class, "starts": "2026-12-05", "venue": "工匠学院 204 室"},
)
WAITLISTED = register_message_kind(
    "courses.waitlisted",
    label=_("You were put in the queue"),
    subject=_("You are in the queue for “{course}”"),
    text=_(
        "“{name}” is full; you were put in the queue at place {number}. We tell you as soon as a place is free."
    ),
    link=CLASS,
    audience="worker",
    sample={**_of_class, "number": 3},
)
PASSED_OVER = register_message_kind(
    "courses.passed_over",
    label=_("A free place was offered to the next, since you are in another class"),
    subject=_("A place in “{course}” went to the next in the queue"),
    text=_(
        "You are in another class at the time of “{name}”, or of the same course, so the place was offered to the next. You keep your "
        "place in the queue: give the other class up, and the next free place is yours."
    ),
    link=CLASS,
    audience="worker",
    sample=_of_class,
)
QUEUE_CLOSED = register_message_kind(
    "courses.queue_closed",
    label=_("A class began while you waited for a place"),
    subject=_("“{course}” has begun, no place became free for you"),
    text=_(
        "The queue of “{name}” is closed, since the class has begun. Look for another class of the course."
    ),
    link=CLASS,
    audience="worker",
    sample=_of_class,
)
APPLICATION_REFUSED = register_message_kind(
    "courses.refused",
    label=_("Your application for a class was refused"),
    subject=_("Your application for “{course}” was refused"),
    text=_("“{name}”: {reason} Ask the class head if something is wrong."),
    link=CLASS,
    audience="worker",
    mandatory=True,
    sample={**_of_class, "reason": "本班只收焊工岗位职工。"},
)
PLACE_TAKEN_AWAY = register_message_kind(
    "courses.place_taken_away",
    label=_("You were taken off a class list"),
    subject=_("You are no longer on the list of “{course}”"),
    text=_(
        "The class head took you off the list of “{name}”. Reason: {reason} Talk to the class head if something is wrong."
    ),
    link=CLASS,
    audience="worker",
    mandatory=True,
    sample={**_of_class, "reason": "连续三次缺课。"},
)
CLASS_CHANGED = register_message_kind(
    "courses.class_changed",
    label=_("Your class changes"),
    subject=_("“{course}”: something changes"),
    text=_("“{name}”: {notice} Look at the page for time and place as they are now."),
    sms=_("“{name}” changes: {notice}"),
    sms_template="CRAFTPATH_CLASS_CHANGED",
    link=CLASS,
    channels=WITH_SMS,
    mandatory=True,
    audience="worker",
    sample={**_of_class, "notice": "12 月 5 日改在 301 教室。"},
)
SESSION_ADDED = register_message_kind(
    "courses.session_added",
    label=_("A session was added"),
    subject=_("A new session on {on:moment}"),
    text=_(
        "“{name}”: {title}, {venue}. Keep the time free; if you can't come, talk to the class head."
    ),
    link=CLASS,
    channels=WITH_SMS,
    mandatory=True,
    audience="worker",
    sms=_("“{name}”: a new session on {on:moment}, {venue}."),
    sms_template="CRAFTPATH_SESSION_ADDED",
    sample={
        **_of_class,
        "on": "2026-12-05T08:30:00+08:00",
        "title": "第 3 讲",
        "venue": "工匠学院 204 室",
    },
)
SESSION_CHANGED = register_message_kind(
    "courses.session_changed",
    label=_("A session has a new time or place"),
    subject=_("New time or place: {on:moment}"),
    text=_(
        "“{name}”: {title} is now on {on:moment} at {venue}. If you can't come, talk to the class head."
    ),
    link=CLASS,
    channels=WITH_SMS,
    mandatory=True,
    urgent=True,
    audience="worker",
    sms=_("“{name}”: {title} is now on {on:moment}, {venue}."),
    sms_template="CRAFTPATH_SESSION_CHANGED",
    sample={
        **_of_class,
        "on": "2026-12-05T08:30:00+08:00",
        "title": "第 3 讲",
        "venue": "工匠学院 301 室",
    },
)
SESSION_CANCELLED = register_message_kind(
    "courses.session_cancelled",
    label=_("A session is cancelled"),
    subject=_("The session on {on:moment} is cancelled"),
    text=_("“{name}”: {title}. Reason: {reason} It counts for nobody; you lose nothing."),
    sms=_("“{name}”: the session on {on:moment} is cancelled."),
    sms_template="CRAFTPATH_SESSION_CANCELLED",
    link=CLASS,
    channels=WITH_SMS,
    mandatory=True,
    urgent=True,
    audience="worker",
    sample={
        **_of_class,
        "on": "2026-12-05T08:30:00+08:00",
        "title": "第 3 讲",
        "reason": "教师因病请假。",
    },
)
CLASS_CANCELLED = register_message_kind(
    "courses.class_cancelled",
    label=_("A class is cancelled"),
    subject=_("“{course}” is cancelled"),
    text=_(
        "“{name}” doesn't take place. Reason: {reason} Your place is given back; look for another class of the course."
    ),
    sms=_("“{name}” doesn't take place."),
    sms_template="CRAFTPATH_CLASS_CANCELLED",
    link=CLASS,
    channels=WITH_SMS,
    mandatory=True,
    audience="worker",
    sample={**_of_class, "reason": "报名人数不足。"},
)
CLASS_SUSPENDED = register_message_kind(
    "courses.class_suspended",
    label=_("A class is suspended"),
    subject=_("“{course}” is suspended"),
    text=_(
        "“{name}” stops for now. Reason: {reason} You keep your place; you are told when it goes on."
    ),
    sms=_("“{name}” is suspended; you are told when it goes on."),
    sms_template="CRAFTPATH_CLASS_SUSPENDED",
    link=CLASS,
    channels=WITH_SMS,
    mandatory=True,
    urgent=True,
    audience="worker",
    sample={**_of_class, "reason": "实训设备检查整改。"},
)
CLASS_RESUMED = register_message_kind(
    "courses.class_resumed",
    label=_("A suspended class goes on"),
    subject=_("“{course}” goes on"),
    text=_("“{name}” goes on. Look at the page for the sessions as they are now."),
    sms=_("“{name}” goes on. Look at the site for the sessions."),
    sms_template="CRAFTPATH_CLASS_RESUMED",
    link=CLASS,
    channels=WITH_SMS,
    mandatory=True,
    audience="worker",
    sample=_of_class,
)
PASS_OPEN_AGAIN = register_message_kind(
    "courses.pass_open_again",
    label=_("A training you had completed is open again"),
    subject=_("“{course}”: something is missing again"),
    text=_(
        "What counts in “{name}” has changed, as when a session you attended was cancelled. The page says what is missing now."
    ),
    link=CLASS,
    mandatory=True,
    audience="worker",
    sample=_of_class,
)
PASSED = register_message_kind(
    "courses.passed",
    label=_("You have completed a training"),
    subject=_("You have completed “{course}”"),
    text=_(
        "All parts of “{name}” are met. Your certificate follows, at the latest when the last session of the class is over; "
        "you get a message when it is there."
    ),
    link=CLASS,
    audience="worker",
    sample=_of_class,
)
NOT_PASSED = register_message_kind(
    "courses.not_passed",
    label=_("A training ended without a certificate"),
    subject=_("“{course}” has ended without a certificate for you"),
    text=_(
        "“{name}” is over. The page says what was missing. Talk to the class head if something is wrong."
    ),
    link=CLASS,
    audience="worker",
    mandatory=True,
    sample=_of_class,
)
EXAM_OPENS = register_message_kind(
    "courses.exam_opens",
    label=_("An exam opens"),
    subject=_("The exam of “{course}” opens on {opens:moment}"),
    text=_("“{name}”: the exam “{title}” is open from {opens:moment} to {closes:moment}."),
    link=CLASS,
    audience="worker",
    sample={
        **_of_class,
        "title": "理论考试",
        "opens": "2026-12-06T09:00:00+08:00",
        "closes": "2026-12-06T17:00:00+08:00",
    },
)
SESSION_TOMORROW = register_message_kind(
    "courses.session_tomorrow",
    label=_("Tomorrow's session"),
    subject=_("Tomorrow {at:clock}: {title}"),
    text=_("“{name}”, {venue}. Bring your phone: you check in with the code on the wall."),
    link=CLASS,
    audience="worker",
    sample={
        **_of_class,
        "at": "2026-12-05T08:30:00+08:00",
        "title": "第 3 讲",
        "venue": "工匠学院 204 室",
    },
)
OFFER_ENDS = register_message_kind(
    "courses.offer_ends",
    label=_("A kept place is about to lapse"),
    subject=_("Accept your place in “{course}” by {until:moment}"),
    text=_("“{name}”: the place kept for you goes to the next in the queue at {until:moment}."),
    link=CLASS,
    audience="worker",
    sample={**_of_class, "until": "2026-11-24T10:00:00+08:00"},
)
CLASS_FILED = register_message_kind(
    "courses.class_filed",
    label=_("A class waits for approval"),
    subject=_("“{name}” waits for your approval"),
    text=_(
        "The class of “{course}” was filed. Look at it and approve it, or send it back with what to put right."
    ),
    link=ROSTER,
    audience="officer",
    sample=_of_class,
)
CLASS_ANSWERED = register_message_kind(
    "courses.class_answered",
    label=_("Your filed class was decided"),
    subject=_("“{name}”: {word}"),
    text=_("The class of “{course}” was looked at. {reason}"),
    link=ROSTER,
    audience="trainer",
    sample={**_of_class, "word": "已批准", "reason": ""},
)
LATE_ANSWERS_DECIDED = register_message_kind(
    "courses.late_answers_decided",
    label=_("Your late answers were decided"),
    subject=_("“{course}”: your late answers in “{title}” were decided"),
    text=_(
        "Answers of yours arrived after the end of “{title}” and were looked at. The result page says whether they count, and why."
    ),
    link=CLASS,
    audience="worker",
    sample={**_of_class, "title": "理论考试"},
)
