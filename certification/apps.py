"""Django application `certification`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificationConfig(AppConfig):
    """Certificates with their numbers and verification, and honours."""

    name = "certification"
    verbose_name = _("Certificates")

    def ready(self) -> None:
        """Register audit events, roles, search documents, background work, workplaces and to-dos.

        It also subscribes to the outcomes of the lower domains.
        """
        from audit import append_only  # app ready
        from certification import (  # noqa: F401 - app ready
            audit_kinds,
            grants,
            indexing,
            merging,
            notification_kinds,
            panels,
            program_events,
            reminders,
            tasks,
        )
        from certification.demo import load_certificates_demo  # app ready
        from certification.models import Certificate  # app ready
        from certification.paper_record_demo import load as load_papers  # app ready
        from certification.queries import addresses, register, watching  # app ready
        from certification.queries import todos as waiting  # app ready
        from certification.queries.awards import list_result_dependents  # app ready
        from certification.workflows import (
            award,
            bulk,
            completion,
            log_entries,
            look_up_log,
            look_up_retention,
            reissue,
            sheets,
        )  # app ready
        from certification.workflows.paper_records.ready import register_work  # app ready
        from core import demo, dependents, derived, health, places, todos  # app ready
        from jobs import outcomes, registry, sweeper  # app ready
        from notify import reminders as daily  # app ready

        append_only.expect_append_only("certification_statuschange")
        for table in ("entry", "tile", "state", "checkpoint", "check"):
            append_only.expect_append_only(f"certification_register{table}")
        derived.register_derived(
            "certification.Certificate", ("holder_key", "number_key"), Certificate.set_keys
        )
        sweeper.register_sweeper_task(
            "certification.check_register", register.is_register_check_due, seconds=6 * 3600
        )
        health.warn_with("register", register.warn_of_register_fault)
        health.warn_with("addresses", addresses.warn_of_forgotten_addresses)
        registry.register_job_kind(
            completion.JOB,
            tasks.issue_completion,
            chunk=tasks.issue_completions,
            at_once=tasks.AT_ONCE,
        )
        registry.register_job_kind(
            award.JOB, tasks.issue_award, chunk=tasks.issue_awards, at_once=tasks.AT_ONCE
        )
        registry.register_job_kind(
            "certification.issue_honour",
            tasks.issue_honour,
            chunk=tasks.issue_honours,
            at_once=tasks.AT_ONCE,
        )
        registry.register_job_kind(
            log_entries.JOB, tasks.enter_change, chunk=tasks.enter_changes, at_once=250
        )
        for kind, one, several in (
            (bulk.JOB, tasks.change_standing, tasks.change_standings),
            (bulk.REISSUE_JOB, tasks.reissue_file, tasks.reissue_files),
        ):
            registry.register_job_kind(
                kind, one, chunk=several, at_once=tasks.AT_ONCE, on_finished=bulk.finish_bulk_change
            )
        registry.register_job_kind(
            reissue.LOOK_JOB,
            tasks.look_at_file,
            chunk=tasks.look_at_files,
            at_once=reissue.LOOKED_AT_ONCE,
        )
        registry.register_job_kind(sheets.JOB, tasks.check_sheet_part)
        register_work()
        sweeper.register_sweeper_task(
            "certification.finish_changes", bulk.has_unfinished_bulk_changes, seconds=60
        )
        sweeper.register_sweeper_task(
            "certification.tell_watchers", watching.has_watches_to_notify, seconds=1800
        )
        sweeper.register_sweeper_task(
            "certification.drain_look_ups", look_up_log.has_overdue_look_ups, seconds=10
        )
        sweeper.register_sweeper_task(
            "certification.purge_look_ups", look_up_retention.is_look_up_purge_due, seconds=3600
        )
        outcomes.subscribe_to_outcome(
            "courses.enrolment_passed",
            completion.JOB,
            title=_("Certificate of training completion"),
        )
        outcomes.subscribe_to_outcome(
            "competitions.results_published", award.JOB, title=_("Award certificates")
        )
        daily.register_reminder_provider("certification", reminders.list_expiry_reminders)
        demo.register_demo("certification", _("Certificates"), load_certificates_demo, order=40)
        demo.register_demo("certification.historic", _("Paper certificates"), load_papers, order=41)
        places.register_place(
            "wallet", _("My certificates"), url_name="certification:wallet", order=20
        )
        places.register_place(
            "register",
            _("Certificates"),
            url_name="certification:register",
            codenames={grants.VIEW},
            order=50,
        )
        places.register_place(
            "bodies",
            _("Assessment bodies"),
            url_name="certification:bodies",
            codenames={grants.MANAGE_BODIES},
            order=55,
        )
        places.register_place(
            "verify_batch",
            _("Check a spreadsheet"),
            url_name="certification:batch",
            codenames={grants.VERIFY_BATCH},
            order=60,
        )
        places.register_place(
            "watch_list",
            _("Watch-list"),
            url_name="certification:watch_list",
            codenames={grants.WATCH},
            order=61,
        )
        todos.register_todos(
            "certification.second_person",
            waiting.list_revocations_to_confirm,
            codenames={grants.CONFIRM_REVOCATION},
        )
        todos.register_todos(
            "certification.bulk",
            waiting.list_bulk_changes_to_confirm,
            codenames={grants.CONFIRM_REVOCATION},
        )
        todos.register_todos(
            "certification.corrections",
            waiting.list_corrections_to_decide,
            codenames={grants.ISSUE},
        )
        todos.register_todos(
            "certification.corrected_awards",
            waiting.list_corrected_award_todos,
            codenames={grants.ISSUE},
        )
        dependents.register_dependents(
            "competitions.result", "certification", list_result_dependents
        )
        todos.register_todos(
            "certification.historic",
            waiting.list_papers_to_compare,
            codenames={grants.CONFIRM_HISTORIC},
        )
        todos.register_todos(
            "certification.issuer", waiting.list_failed_batches, codenames={grants.ISSUE}
        )
