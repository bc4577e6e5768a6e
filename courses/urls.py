"""Route the addresses of training that are not pages of the catalogue."""

from __future__ import annotations

from django.urls import path

from courses.views import (
    enrol,
    exam,
    exam_staff,
    learn,
    lesson,
    places,
    sessions,
    spot_check,
    staff,
)

app_name = "courses"

urlpatterns = [
    path("classes/", learn.list_own_classes, name="classes"),
    path("classes/choose/", enrol.lead_to_enrolment, name="choose"),
    path("classes/sittings/worker.js", exam.sitting_worker, name="sitting_worker"),
    path("classes/sittings/<uuid:attempt_id>/", exam.show_sitting, name="sitting"),
    path("classes/sittings/<uuid:attempt_id>/answers/", exam.take_answers, name="answers"),
    path("classes/sittings/<uuid:attempt_id>/hand-in/", exam.submit_paper, name="submit"),
    path("classes/sittings/<uuid:attempt_id>/result/", exam.show_exam_result, name="result"),
    path("classes/sittings/<uuid:attempt_id>/receipt.json", exam.hand_out_receipt, name="receipt"),
    path("classes/spot-check/", spot_check.show_asked_check, name="spot_check"),
    path(
        "classes/spot-check/<uuid:check_id>/", spot_check.take_spot_answer, name="answer_spot_check"
    ),
    path("classes/<uuid:class_id>/", learn.show_own_class, name="class"),
    path("classes/<uuid:class_id>/enrol/", enrol.confirm_enrolment, name="enrol"),
    path("classes/<uuid:class_id>/withdraw/", enrol.give_place_back, name="withdraw"),
    path("classes/<uuid:class_id>/leave/", enrol.leave_class, name="leave"),
    path("classes/<uuid:class_id>/accept/", enrol.accept_freed_seat, name="accept"),
    path("classes/<uuid:class_id>/check-in/", learn.take_check_in, name="check_in"),
    path("classes/<uuid:class_id>/lessons/<int:number>/", lesson.show_lesson, name="lesson"),
    path("classes/<uuid:class_id>/lessons/<int:number>/beat/", lesson.take_report, name="beat"),
    path("classes/<uuid:class_id>/exams/<uuid:exam_id>/", exam.show_exam_start, name="exam"),
    path(
        "classes/<uuid:class_id>/exams/<uuid:exam_id>/sittings/",
        exam_staff.list_sittings,
        name="exam_sittings",
    ),
    path(
        "classes/<uuid:class_id>/late/<uuid:attempt_id>/",
        exam_staff.show_late_answers,
        name="exam_late",
    ),
    path("classes/<uuid:class_id>/roster/", staff.show_roster, name="roster"),
    path("classes/<uuid:class_id>/roster.xlsx", staff.download_roster, name="roster_xlsx"),
    path(
        "classes/<uuid:class_id>/roster/<uuid:enrolment_id>/present/",
        staff.enter_presence,
        name="present",
    ),
    path("classes/<uuid:class_id>/roster/<uuid:enrolment_id>/mark/", staff.enter_mark, name="mark"),
    path(
        "classes/<uuid:class_id>/roster/<uuid:enrolment_id>/place/<slug:act>/",
        places.decide_place,
        name="place",
    ),
    path("classes/<uuid:class_id>/queue/", places.offer_free_seats, name="serve_queue"),
    path(
        "classes/<uuid:class_id>/presence/<uuid:attendance_id>/confirm/",
        staff.confirm_presence,
        name="confirm",
    ),
    path("classes/<uuid:class_id>/move/<slug:to>/", staff.move_class, name="move"),
    path(
        "classes/<uuid:class_id>/sessions/<uuid:session_id>/cancel/",
        sessions.cancel_session_view,
        name="cancel_session",
    ),
    path("classes/<uuid:class_id>/sessions/new/", sessions.add_session_view, name="new_session"),
    path(
        "classes/<uuid:class_id>/sessions/<uuid:session_id>/change/",
        sessions.change_session_view,
        name="change_session",
    ),
    path(
        "classes/<uuid:class_id>/sessions/<uuid:session_id>/spot-checks/",
        spot_check.show_spot_checks,
        name="spot_checks",
    ),
    path(
        "classes/<uuid:class_id>/sessions/<uuid:session_id>/spot-checks/now/",
        spot_check.show_spot_check_part,
        name="spot_checks_now",
    ),
    path(
        "classes/<uuid:class_id>/sessions/<uuid:session_id>/code/",
        staff.show_code_wall,
        name="wall",
    ),
    path(
        "classes/<uuid:class_id>/sessions/<uuid:session_id>/code/now/",
        staff.show_code_wall_part,
        name="wall_now",
    ),
]
