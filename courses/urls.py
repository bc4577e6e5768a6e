"""Route the addresses of training that are not pages of the catalogue."""

from __future__ import annotations

from django.urls import path

from courses.views import enrol, exam, exam_staff, learn, lesson, places, sessions, spot_check, staff

app_name = "courses"

urlpatterns = [
    path("classes/", learn.classes, name="classes"),
    path("classes/choose/", enrol.choose, name="choose"),
    path("classes/sittings/worker.js", exam.sitting_worker, name="sitting_worker"),
    path("classes/sittings/<uuid:attempt_id>/", exam.sitting, name="sitting"),
    path("classes/sittings/<uuid:attempt_id>/answers/", exam.answers, name="answers"),
    path("classes/sittings/<uuid:attempt_id>/hand-in/", exam.submit, name="submit"),
    path("classes/sittings/<uuid:attempt_id>/result/", exam.result, name="result"),
    path("classes/sittings/<uuid:attempt_id>/receipt.json", exam.hand_out_receipt, name="receipt"),
    path("classes/spot-check/", spot_check.show_asked_check, name="spot_check"),
    path("classes/spot-check/<uuid:check_id>/", spot_check.take_spot_answer, name="answer_spot_check"),
    path("classes/<uuid:class_id>/", learn.show, name="class"),
    path("classes/<uuid:class_id>/enrol/", enrol.enrol, name="enrol"),
    path("classes/<uuid:class_id>/withdraw/", enrol.withdraw, name="withdraw"),
    path("classes/<uuid:class_id>/leave/", enrol.leave_class, name="leave"),
    path("classes/<uuid:class_id>/accept/", enrol.accept, name="accept"),
    path("classes/<uuid:class_id>/check-in/", learn.check_in, name="check_in"),
    path("classes/<uuid:class_id>/lessons/<int:number>/", lesson.show_lesson, name="lesson"),
    path("classes/<uuid:class_id>/lessons/<int:number>/beat/", lesson.take_report, name="beat"),
    path("classes/<uuid:class_id>/exams/<uuid:exam_id>/", exam.door, name="exam"),
    path("classes/<uuid:class_id>/exams/<uuid:exam_id>/sittings/", exam_staff.list_sittings, name="exam_sittings"),
    path("classes/<uuid:class_id>/late/<uuid:attempt_id>/", exam_staff.show_late_answers, name="exam_late"),
    path("classes/<uuid:class_id>/roster/", staff.show, name="roster"),
    path("classes/<uuid:class_id>/roster.xlsx", staff.export, name="roster_xlsx"),
    path("classes/<uuid:class_id>/roster/<uuid:enrolment_id>/present/", staff.present, name="present"),
    path("classes/<uuid:class_id>/roster/<uuid:enrolment_id>/mark/", staff.mark, name="mark"),
    path("classes/<uuid:class_id>/roster/<uuid:enrolment_id>/place/<slug:act>/", places.decide_place, name="place"),
    path("classes/<uuid:class_id>/queue/", places.serve_queue, name="serve_queue"),
    path("classes/<uuid:class_id>/presence/<uuid:attendance_id>/confirm/", staff.confirm, name="confirm"),
    path("classes/<uuid:class_id>/move/<slug:to>/", staff.move, name="move"),
    path("classes/<uuid:class_id>/sessions/<uuid:session_id>/cancel/", sessions.cancel_session, name="cancel_session"),
    path("classes/<uuid:class_id>/sessions/new/", sessions.add_session, name="new_session"),
    path("classes/<uuid:class_id>/sessions/<uuid:session_id>/change/", sessions.change_session, name="change_session"),
    path("classes/<uuid:class_id>/sessions/<uuid:session_id>/spot-checks/", spot_check.show_spot_checks, name="spot_checks"),
    path("classes/<uuid:class_id>/sessions/<uuid:session_id>/spot-checks/now/", spot_check.staff_now, name="spot_checks_now"),
    path("classes/<uuid:class_id>/sessions/<uuid:session_id>/code/", staff.wall, name="wall"),
    path("classes/<uuid:class_id>/sessions/<uuid:session_id>/code/now/", staff.wall_now, name="wall_now"),
]
