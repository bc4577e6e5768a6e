# ruff: noqa: E501 - texts of the demo stand on one line each
"""Load the demo's courses, classes and lessons, with real content made through the workflows.
Loading twice changes nothing but stale dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.files.images import ImageFile
from django.utils import timezone
from wagtail.images.models import Image

from access import SYSTEM
from access.workflows import assign_role
from core import clock
from core.actors import Actor
from core.demo import World
from courses.demo import bank, content, pictures
from courses.enums import ClassState
from courses.models import ClassSession, Course, Enrolment, Exam, TrainingClass
from courses.pages import CourseIndexPage, CoursePage, LessonPage
from courses.setup import ensure_catalogue
from courses.workflows import course as courses
from courses.workflows import timetable as sessions
from courses.workflows import training_class as classes
from courses.workflows.completion import announce_all_passed
from courses.workflows.enrolment import enrol_person
from occupations.enums import Level
from occupations.models import Occupation
from people.models import Person
from people.workflows.person import record_person

WELDING, ELECTRIC, LATHE = "welding-safety", "lockout", "lathe-first-piece"
TODAY, WEEKEND, EVENING, DAYTIME = (
    "welding-today",
    "welding-weekend",
    "welding-evening",
    "lockout-daytime",
)


@dataclass(frozen=True)
class Loaded:
    """What the demo's walkthrough needs to find again."""

    course: Course
    today: TrainingClass
    weekend: TrainingClass
    evening: TrainingClass
    catalogue: CourseIndexPage


def load_courses_demo(
    *,
    actor: Actor,
    org: Any,
    reviewer: Actor = SYSTEM,
    workers: Sequence[Person] = (),
    class_head: Any = None,
    second_staff: Any = None,
    officer: Any = None,
) -> Loaded:
    """Load the demo. *actor* files and *reviewer* (another account, or SYSTEM) approves. *workers*
    fill the small class and its queue.

    *class_head* and *second_staff* are accounts that get their roles on the classes, *officer* one
    that becomes training officer.
    """
    catalogue = CourseIndexPage.objects.first() or ensure_catalogue()
    if catalogue is None:
        msg = "no default site to put the catalogue on"
        raise LookupError(msg)
    welding = _course(
        actor, org, WELDING, "焊接安全", "给每一位动火的人：一个上午练，四堂短课学，把弧光、火、气、电四样管住。", ("6-18-02-04", "焊工", "电焊工 气焊工 氩弧焊工"),
        Level.FIVE, theory="4", practice="0", online="4",
    )  # fmt: skip
    electric = _course(
        actor, org, ELECTRIC, "低压检修：停电、验电、上锁挂牌", "一堂课讲透检修前的四步，适合维修电工和设备员。", ("6-31-01-03", "电工", "维修电工 低压电工"),
        Level.FOUR, theory="2", practice="4", online="1",
    )  # fmt: skip
    lathe = _course(
        actor, org, LATHE, "数控车床：安全开机与首件检验", "新上机床的第一课：怎么开机，怎么装夹，首件怎么检。", ("6-18-01-01", "车工", "数控车工"),
        Level.FIVE, theory="2", practice="8", online="1",
    )  # fmt: skip
    if not welding.questions.exists():
        for question in bank.WELDING:
            courses.save_question(actor=actor, course=welding, **question)
    _pages(
        actor,
        catalogue,
        welding,
        "welding-safety",
        content.WELDING_LESSONS,
        "cover",
        "焊工戴着面罩在工位施焊，火花四溅，身后是遮光帘",
        "hot-work",
    )
    _pages(
        actor,
        catalogue,
        electric,
        "lockout",
        content.ELECTRIC_LESSON,
        "electric-cover",
        "配电箱上挂着锁和红色警示牌，一名电工站在旁边",
        "",
    )
    _pages(
        actor,
        catalogue,
        lathe,
        "lathe-first-piece",
        content.LATHE_LESSON,
        "lathe-cover",
        "数控车床的卡盘夹着工件，刀具正要靠近",
        "",
    )

    today = _class(
        actor,
        reviewer,
        welding,
        TODAY,
        "今日班",
        capacity=40,
        starts=clock.today(),
        days=1,
        timetable="当天上课，随到随学",
    )
    _keep_today(actor, today)
    weekend = _class(
        actor,
        reviewer,
        welding,
        WEEKEND,
        "周末班",
        capacity=40,
        starts=clock.today() + timedelta(days=12),
        days=2,
        timetable="周六、周日 08:30–11:30",
    )
    evening = _class(
        actor,
        reviewer,
        welding,
        EVENING,
        "晚间班",
        capacity=2,
        starts=clock.today() + timedelta(days=16),
        days=2,
        timetable="18:00–21:00",
    )
    _class(
        actor,
        reviewer,
        electric,
        DAYTIME,
        "脱产班",
        capacity=24,
        starts=clock.today() + timedelta(days=20),
        days=1,
        timetable="08:30–16:00",
        exam=False,
    )
    people = list(workers[:4]) or [
        _person(actor, name) for name in ("陈建国", "𠮷志远", "买买提·艾力", "欧阳秀英")
    ]
    for person in people:
        if not Enrolment.objects.filter(training_class=evening, person=person).exists():
            enrol_person(actor=actor, training_class=evening, person=person)
    _roles((today, weekend, evening), class_head, second_staff)
    if officer is not None:
        assign_role(actor=SYSTEM, user=officer, role="training_officer", scope=org)
    for row in (today, weekend, evening):
        row.refresh_from_db()
    return Loaded(welding, today, weekend, evening, catalogue)


def _course(
    actor: Actor,
    org: Any,
    code: str,
    title: str,
    summary: str,
    occupation: tuple[str, str, str],
    level: Level,
    *,
    theory: str,
    practice: str,
    online: str,
) -> Course:
    held = Course.objects.filter(code=code).first()
    if held:
        return held
    number, name, aliases = occupation
    found = Occupation.objects.filter(code=number).order_by(
        "-edition"
    ).first() or Occupation.objects.create(code=number, name=name, aliases=aliases)
    course = courses.save_course(
        actor=actor,
        org=org,
        code=code,
        title=title,
        summary=summary,
        occupation=found,
        level=level,
        hours_theory=Decimal(theory),
        hours_practice=Decimal(practice),
        hours_online=Decimal(online),
        contact="市职工学校教务处，0571-0000 0000，工作日 8:30–17:00",
    )
    courses.add_rule(
        actor=actor,
        course=course,
        attendance_share=Decimal("0.8"),
        lesson_hours=Decimal(online),
        pass_marks={"theory": "60"} if code == WELDING else {},
        valid_from=date(2026, 1, 1),
        source="市总工会职工技能培训管理办法（示例）",
        certificate_early=code
        == WELDING,  # the tour ends at the certificate, and the session of today lasts for hours
    )
    return course


def _image(name: str) -> Image:
    title = pictures.PICTURES[name][0]
    held = Image.objects.filter(title=f"示例 · {title}").first()
    if held:
        return held
    image = Image(
        title=f"示例 · {title}",
        file=ImageFile(BytesIO(pictures.draw_png(name)), name=f"demo-{name}.png"),
    )
    image.save()
    return image


def _body(blocks: list[content.Block]) -> list[tuple[str, Any]]:
    return [
        (kind, {**value, "image": _image(value["image"])} if kind == "picture" else value)
        for kind, value in blocks
    ]


def _pages(
    actor: Actor,
    catalogue: CourseIndexPage,
    course: Course,
    slug: str,
    lessons: list[dict[str, Any]],
    cover: str,
    cover_alt: str,
    share: str,
) -> CoursePage:
    page = CoursePage.objects.filter(course=course).first()
    if page is None:
        page = CoursePage(
            title=course.title,
            slug=slug,
            summary=course.summary,
            course=course,
            cover=_image(cover),
            cover_alt=cover_alt,
            social_image=_image(share) if share else None,
            result="出勤满八成、课程全部读完、理论满 60 分，扫码可查。不是职业技能等级证书。"
            if course.code == WELDING
            else "出勤满八成、课程读完即发，扫码可查。",
            counts_for=[
                ("training", {"text": f"记 {course.hours.normalize():f} 学时，发合格证书"}),
                ("mentoring", {"text": "可与教员结为师徒"}),
                ("contest", {"text": "安全规范在比赛中单独计分"}),
                ("level", {"text": "学时计入晋级申报"}),
                ("honour", {"text": "年度安全标兵评选参考"}),
            ],
            questions=[
                (
                    "item",
                    {
                        "question": "学完就能上岗焊接吗？",
                        "answer": "还不能。焊接与热切割是特种作业，上岗要有应急管理部门发的特种作业操作证。这门课帮您把安全学扎实。",
                    },
                ),
                (
                    "item",
                    {
                        "question": "厂里临时加班，缺课怎么办？",
                        "answer": "出勤满八成就行；再缺可以改报下一个班，读过的课不用重读。",
                    },
                ),
                (
                    "item",
                    {
                        "question": "考试没过怎么办？",
                        "answer": "有两次机会，取最好的一次。再不过，可以报下一个班补考。",
                    },
                ),
                ("item", {"question": "要自带面罩和手套吗？", "answer": "不用，学校都备好了。"}),
            ],
        )
        catalogue.add_child(instance=page)
        page.save_revision().publish()
    for number, lesson in enumerate(lessons, start=1):
        row = course.lessons.filter(number=number).first() or courses.save_lesson(
            actor=actor,
            course=course,
            number=number,
            title=lesson["title"],
            hours=Decimal(lesson["hours"]),
            min_seconds=20,
        )
        if not LessonPage.objects.filter(lesson=row).exists():
            lesson_page = LessonPage(
                title=lesson["title"],
                slug=f"lesson-{number}",
                summary=lesson["summary"],
                lesson=row,
                body=_body(lesson["body"]),
            )
            page.add_child(instance=lesson_page)
            lesson_page.save_revision().publish()
    return page


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def _class(
    actor: Actor,
    reviewer: Actor,
    course: Course,
    code: str,
    name: str,
    *,
    capacity: int,
    starts: date,
    days: int,
    timetable: str,
    exam: bool = True,
) -> TrainingClass:
    held = TrainingClass.objects.filter(code=code).first()
    if held:
        return held
    now = clock.now()
    row = classes.save_class(
        actor=actor,
        course=course,
        code=code,
        name=name,
        capacity=capacity,
        enrol_opens_at=now - timedelta(hours=1),
        enrol_closes_at=_at(starts, 20) if code != TODAY else now + timedelta(days=30),
        starts_on=starts,
        ends_on=starts + timedelta(days=days - 1) if code != TODAY else starts + timedelta(days=30),
        timetable=timetable,
        venue="市职工学校 3 号楼 108 焊接实训室"
        if course.code == WELDING
        else "市职工学校 2 号楼 204",
        teacher="林师傅（高级技师）",
    )
    if code != TODAY:
        hour = 18 if code == EVENING else 8
        titles = ("动火现场与气瓶：实物讲解", "防触电、防中毒：演练与答疑")
        for n in range(days):
            begin = _at(starts + timedelta(days=n), hour, 0 if hour == 18 else 30)
            sessions.add_session(
                actor=actor,
                training_class=row,
                title=titles[n % 2],
                starts_at=begin,
                ends_at=begin + timedelta(hours=3),
                hours=Decimal(4) / days,
            )
    if exam:
        _exam(actor, row)
    if code == TODAY:
        _session_today(actor, row)
    classes.file_class(actor=actor, training_class=row)
    classes.approve_class(actor=reviewer, training_class=row)
    return classes.open_class(actor=actor, training_class=row)


def _exam(actor: Actor, row: TrainingClass) -> Exam:
    opens = clock.now() - timedelta(minutes=1) if row.code == TODAY else _at(row.ends_on, 8)
    return classes.save_exam(
        actor=actor,
        training_class=row,
        title="焊接安全 · 结业考试",
        question_count=10,
        per_topic={bank.PPE: 2, bank.FIRE: 2, bank.GAS: 2, bank.ELECTRIC: 2, bank.AIR: 2},
        points_each=Decimal(10),
        minutes=30,
        opens_at=opens,
        closes_at=opens + timedelta(days=30),
        attempts_allowed=2,
    )


def _session_today(actor: Actor, row: TrainingClass) -> ClassSession:
    begin = clock.now().replace(second=0, microsecond=0) - timedelta(minutes=10)
    return sessions.add_session(
        actor=actor,
        training_class=row,
        title="动火现场与气瓶：实物讲解",
        starts_at=begin,
        ends_at=begin + timedelta(hours=8),
        hours=Decimal(4),
        minutes_after=480,
    )


def _keep_today(actor: Actor, row: TrainingClass) -> None:
    """Move a session to today, so that a demo opened days later still has a session to check in
    to. The old one is cancelled, as a real class would do, and held again today.
    """
    row.refresh_from_db()
    now = clock.now()
    if (
        row.state != ClassState.ENROLLING
        or row.sessions.filter(state="planned", ends_at__gt=now).exists()
    ):
        return
    announce_all_passed()  # whoever passed by the session of that day has it on the certificate
    for session in row.sessions.filter(state="planned"):
        sessions.cancel_session(actor=actor, session=session, reason="示例数据：改到今天上课")
    classes.save_class(
        actor=actor,
        course=row.course,
        training_class=row,
        enrol_closes_at=now + timedelta(days=30),
        ends_on=clock.today() + timedelta(days=30),
        change_notice="今天照常上课，报名延长。",
    )
    _session_today(actor, row)
    if not row.exams.filter(closes_at__gt=now).exists():
        _exam(actor, row)


def _person(actor: Actor, name: str) -> Person:
    return Person.objects.filter(name=name, user=None).first() or record_person(
        actor=actor, name=name
    )


def _roles(rows: Sequence[TrainingClass], class_head: Any, second_staff: Any) -> None:
    for row in rows:
        for user, role in ((class_head, "class_head"), (second_staff, "trainer")):
            if user is not None:
                assign_role(actor=SYSTEM, user=user, role=role, scope=row)


def load_world(world: World) -> None:
    """Load the demo with the people of `access.demo`."""
    load_courses_demo(
        actor=world.users["demo-officer"],
        org=world.units["330900"],
        reviewer=world.users["demo-reviewer"],
        workers=world.persons[1:5],
        class_head=world.users["demo-trainer"],
        second_staff=world.users["demo-assessor"],
    )


__all__ = ["Loaded", "load_courses_demo", "load_world"]
