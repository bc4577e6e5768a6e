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
    label=_("A place is available for you"),
    subject=_("A place in “{course}” is kept for you"),
    text=_(
        "A place in “{name}” is now available for you. Accept it by {until:moment}, or it "
        "is offered to the next person on the waiting list."
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
    label=_("The place kept for you was offered to the next person"),
    subject=_("The place in “{course}” was offered to the next person on the waiting list"),
    text=_(
        "A place in “{name}” was kept for you, but you didn't accept it in time. You can "
        "enrol again while enrolment is open."
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
        "You were enrolled in “{name}”, which starts on {starts:day} at {venue}. If you "
        "can't attend, give up your place on the class page."
    ),
    link=CLASS,
    audience="worker",
    sample={**_of_class, "starts": "2026-12-05", "venue": "工匠学院 204 室"},
)
WAITLISTED = register_message_kind(
    "courses.waitlisted",
    label=_("You were added to the waiting list"),
    subject=_("You are on the waiting list for “{course}”"),
    text=_(
        "“{name}” is full, and you are number {number} on the waiting list. We will notify "
        "you as soon as a place is free."
    ),
    link=CLASS,
    audience="worker",
    sample={**_of_class, "number": 3},
)
PASSED_OVER = register_message_kind(
    "courses.passed_over",
    label=_("A free place was offered to the next person because you are in another class"),
    subject=_("A place in “{course}” was offered to the next person on the waiting list"),
    text=_(
        "You are in another class of the same course, or in one at the same time as "
        "“{name}”, so the place was offered to the next person. You keep your position on "
        "the waiting list. Leave the other class to get the next free place."
    ),
    link=CLASS,
    audience="worker",
    sample=_of_class,
)
QUEUE_CLOSED = register_message_kind(
    "courses.queue_closed",
    label=_("A class started while you were on the waiting list"),
    subject=_("“{course}” has started and no place became free for you"),
    text=_(
        "“{name}” has started, so its waiting list is closed. You can choose another class "
        "of this course."
    ),
    link=CLASS,
    audience="worker",
    sample=_of_class,
)
APPLICATION_REFUSED = register_message_kind(
    "courses.refused",
    label=_("Your application for a class was refused"),
    subject=_("Your application for “{course}” was refused"),
    text=_("“{name}”: {reason} If you think this is wrong, contact the class head."),
    link=CLASS,
    audience="worker",
    mandatory=True,
    sample={**_of_class, "reason": "本班只收焊工岗位职工。"},
)
PLACE_TAKEN_AWAY = register_message_kind(
    "courses.place_taken_away",
    label=_("You were removed from a class list"),
    subject=_("You are no longer on the list of “{course}”"),
    text=_(
        "The class head removed you from the list of “{name}”. Reason: {reason} If you "
        "think this is wrong, contact the class head."
    ),
    link=CLASS,
    audience="worker",
    mandatory=True,
    sample={**_of_class, "reason": "连续三次缺课。"},
)
CLASS_CHANGED = register_message_kind(
    "courses.class_changed",
    label=_("Your class has changed"),
    subject=_("“{course}” has changed"),
    text=_("“{name}”: {notice} The class page shows the current time and venue."),
    sms=_("“{name}” has changed: {notice}"),
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
        "“{name}”: {title}, {venue}. Please keep this time free. If you can't attend, "
        "contact the class head."
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
    label=_("The time or venue of a session has changed"),
    subject=_("New time or venue: {on:moment}"),
    text=_(
        "“{name}”: {title} is now on {on:moment} at {venue}. If you can't attend, contact "
        "the class head."
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
    text=_(
        "“{name}”: {title}. Reason: {reason} The session doesn't count towards attendance, "
        "so this doesn't affect you."
    ),
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
        "“{name}” won't take place. Reason: {reason} Your place is released. You can choose "
        "another class of this course."
    ),
    sms=_("“{name}” won't take place."),
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
        "“{name}” is suspended. Reason: {reason} You keep your place, and we will notify "
        "you when the class resumes."
    ),
    sms=_("“{name}” is suspended. We will notify you when it resumes."),
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
    label=_("A suspended class has resumed"),
    subject=_("“{course}” has resumed"),
    text=_("“{name}” has resumed. The class page shows the current sessions."),
    sms=_("“{name}” has resumed. See the website for the sessions."),
    sms_template="CRAFTPATH_CLASS_RESUMED",
    link=CLASS,
    channels=WITH_SMS,
    mandatory=True,
    audience="worker",
    sample=_of_class,
)
PASS_OPEN_AGAIN = register_message_kind(
    "courses.pass_open_again",
    label=_("A completed training course needs more work"),
    subject=_("“{course}”: a requirement is no longer met"),
    text=_(
        "What counts towards “{name}” has changed, for example because a session you "
        "attended was cancelled. The class page shows what is missing now."
    ),
    link=CLASS,
    mandatory=True,
    audience="worker",
    sample=_of_class,
)
PASSED = register_message_kind(
    "courses.passed",
    label=_("You have completed your training"),
    subject=_("You have completed “{course}”"),
    text=_(
        "You have met all the requirements of “{name}”. Your certificate is issued after "
        "the last session of the class at the latest. We will notify you when it is issued."
    ),
    link=CLASS,
    audience="worker",
    sample=_of_class,
)
NOT_PASSED = register_message_kind(
    "courses.not_passed",
    label=_("A training ended without a certificate"),
    subject=_("“{course}” has ended and you don't receive a certificate"),
    text=_(
        "“{name}” has ended. The class page shows which requirements weren't met. If you "
        "think this is wrong, contact the class head."
    ),
    link=CLASS,
    audience="worker",
    mandatory=True,
    sample=_of_class,
)
EXAM_OPENS = register_message_kind(
    "courses.exam_opens",
    label=_("An exam is opening"),
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
    text=_(
        "“{name}”, {venue}. Bring your phone, because you check in by scanning the code on "
        "the wall."
    ),
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
    label=_("The place kept for you is about to expire"),
    subject=_("Accept your place in “{course}” by {until:moment}"),
    text=_(
        "“{name}”: if you don't accept the place kept for you, it is offered to the next "
        "person on the waiting list at {until:moment}."
    ),
    link=CLASS,
    audience="worker",
    sample={**_of_class, "until": "2026-11-24T10:00:00+08:00"},
)
CLASS_FILED = register_message_kind(
    "courses.class_filed",
    label=_("A class is waiting for approval"),
    subject=_("“{name}” is waiting for your approval"),
    text=_(
        "A class of “{course}” was submitted. Review it and approve it, or return it with "
        "your comments."
    ),
    link=ROSTER,
    audience="officer",
    sample=_of_class,
)
CLASS_ANSWERED = register_message_kind(
    "courses.class_answered",
    label=_("The class you submitted was reviewed"),
    subject=_("“{name}”: {word}"),
    text=_("Your class of “{course}” was reviewed. {reason}"),
    link=ROSTER,
    audience="trainer",
    sample={**_of_class, "word": "已批准", "reason": ""},
)
LATE_ANSWERS_DECIDED = register_message_kind(
    "courses.late_answers_decided",
    label=_("A decision was made on your late answers"),
    subject=_("“{course}”: a decision was made on your late answers in “{title}”"),
    text=_(
        "Some of your answers arrived after the end of “{title}” and have been reviewed. "
        "The result page shows whether they count, and why."
    ),
    link=CLASS,
    audience="worker",
    sample={**_of_class, "title": "理论考试"},
)
