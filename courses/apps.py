"""Django application `courses`."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    """Run training, with its catalogue, classes, lessons and exams."""

    name = "courses"
    verbose_name = _("Training")

    def import_models(self) -> None:
        """Load the Wagtail pages with the models. They are tables too, but belong above the layers
        that models may import.
        """
        super().import_models()
        import_module("courses.pages")

    def ready(self) -> None:
        """Declare audit events, roles, search documents, working places and idle work."""
        from django.db.models.signals import post_migrate  # noqa: TID251 - app ready: the catalogue page follows the migrations

        from core import clock, demo, places, todos  # app ready
        from courses import (  # noqa: F401 - app ready
            audit_kinds,
            grants,
            indexing,
            merging,
            notification_kinds,
            panels,
            reminders,
        )
        from courses.demo import load_world  # app ready
        from courses.queries import completion, enrolment, exam  # app ready
        from courses.queries import todos as waiting  # app ready
        from courses.setup import ensure_catalogue, give_training_officers_rights  # app ready
        from jobs.sweeper import register_sweeper_task  # app ready
        from notify import reminders as daily  # app ready

        post_migrate.connect(ensure_catalogue, sender=self, dispatch_uid="courses.ensure_catalogue")
        post_migrate.connect(give_training_officers_rights, dispatch_uid="courses.let_the_desk_in")

        demo.register_demo("courses", _("Training"), load_world, order=25)
        places.register_place(
            "classes",
            _("Training classes"),
            url_name="courses:classes",
            codenames={grants.MANAGE_CLASS, grants.VIEW_ROSTER, grants.RUN_CHECK_IN},
            order=30,
        )
        # Both lie in Wagtail's admin: who writes courses finds the way there beside the classes.
        places.register_place(
            "courses",
            _("Courses and lessons"),
            url_name="course:index",
            codenames={grants.EDIT_COURSE},
            order=31,
        )
        places.register_place(
            "question_bank",
            _("Question bank"),
            url_name="question:index",
            codenames={grants.EDIT_BANK},
            order=32,
        )
        todos.register_todos("courses.worker", waiting.of_worker)
        todos.register_todos(
            "courses.reviewer", waiting.of_reviewer, codenames={grants.APPROVE_CLASS}
        )
        todos.register_todos(
            "courses.class_desk",
            waiting.of_class_desk,
            codenames={grants.MANAGE_CLASS, grants.MANAGE_PLACES},
        )
        todos.register_todos("courses.staff", waiting.of_staff, codenames={grants.RUN_CHECK_IN})
        todos.register_todos(
            "courses.assessor", waiting.of_assessor, codenames={grants.RECORD_MARK}
        )
        daily.register_reminder_provider("courses", reminders.list_class_reminders)
        register_sweeper_task(
            "courses.lapse_offers", lambda: enrolment.lapsed_offers(clock.now()).exists()
        )
        register_sweeper_task(
            "courses.serve_queues",
            lambda: enrolment.queues_to_serve(clock.now()).exists(),
            seconds=20,
        )
        register_sweeper_task(
            "courses.announce_passed",
            lambda: completion.passed_unannounced(clock.now()).exists(),
            seconds=30,
        )
        register_sweeper_task("courses.collect_overdue", lambda: exam.has_work(clock.now()))
