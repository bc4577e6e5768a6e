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
        from certification import events, grants, indexing, merging, notices, panels, program_events, reminders, tasks  # noqa: F401 - app ready
        from certification.demo import load  # app ready
        from certification.models import Certificate  # app ready
        from certification.paper_record_demo import load as load_papers  # app ready
        from certification.queries import addresses, register, watching  # app ready
        from certification.queries import todos as waiting  # app ready
        from certification.queries.awards import certificates_on_results  # app ready
        from certification.workflows import (
            award,
            bulk,
            completion,
            look_up_log,
            look_up_retention,
            registering,
            reissue,
            sheets,
        )  # app ready
        from certification.workflows.paper_records.ready import register_work  # app ready
        from core import demo, dependents, derived, health, places, todos  # app ready
        from jobs import outcomes, registry, sweeper  # app ready
        from notify import reminders as daily  # app ready

        append_only.expect("certification_statuschange")
        for table in ("entry", "tile", "state", "checkpoint", "check"):
            append_only.expect(f"certification_register{table}")
        derived.register("certification.Certificate", ("holder_key", "number_key"), Certificate.set_keys)
        sweeper.every_sweep("certification.check_register", register.check_due, seconds=6 * 3600)
        health.warn_with("register", register.health_warning)
        health.warn_with("addresses", addresses.warn_of_forgotten_addresses)
        registry.register(completion.JOB, tasks.issue_completion, chunk=tasks.issue_completions, at_once=tasks.AT_ONCE)
        registry.register(award.JOB, tasks.issue_award, chunk=tasks.issue_awards, at_once=tasks.AT_ONCE)
        registry.register("certification.issue_honour", tasks.issue_honour, chunk=tasks.issue_honours, at_once=tasks.AT_ONCE)
        registry.register(registering.JOB, tasks.enter_change, chunk=tasks.enter_changes, at_once=250)
        for kind, one, several in (
            (bulk.JOB, tasks.change_standing, tasks.change_standings),
            (bulk.REISSUE_JOB, tasks.reissue_file, tasks.reissue_files),
        ):
            registry.register(kind, one, chunk=several, at_once=tasks.AT_ONCE, on_finished=bulk.finish_change)
        registry.register(reissue.LOOK_JOB, tasks.look_at_file, chunk=tasks.look_at_files, at_once=reissue.LOOKED_AT_ONCE)
        registry.register(sheets.JOB, tasks.check_sheet_part)
        register_work()
        sweeper.every_sweep("certification.finish_changes", bulk.any_change_is_left, seconds=60)
        sweeper.every_sweep("certification.tell_watchers", watching.anything_to_tell, seconds=1800)
        sweeper.every_sweep("certification.drain_look_ups", look_up_log.waits_too_long, seconds=10)
        sweeper.every_sweep("certification.purge_look_ups", look_up_retention.purge_is_due, seconds=3600)
        outcomes.subscribe("courses.enrolment_passed", completion.JOB, title=_("Certificate of training completion"))
        outcomes.subscribe("competitions.results_published", award.JOB, title=_("Award certificates"))
        daily.register("certification", reminders.provider)
        demo.register("certification", _("Certificates"), load, order=40)
        demo.register("certification.historic", _("Certificates from paper"), load_papers, order=41)
        places.register("wallet", _("My certificates"), url_name="certification:wallet", order=20)
        places.register("register", _("Certificates"), url_name="certification:register", codenames={grants.VIEW}, order=50)
        places.register("bodies", _("Assessment bodies"), url_name="certification:bodies", codenames={grants.MANAGE_BODIES}, order=55)
        places.register("verify_batch", _("Check a spreadsheet"), url_name="certification:batch", codenames={grants.VERIFY_BATCH}, order=60)
        places.register("watch_list", _("Watch-list"), url_name="certification:watch_list", codenames={grants.WATCH}, order=61)
        todos.register("certification.second_person", waiting.of_second_person, codenames={grants.CONFIRM_REVOCATION})
        todos.register("certification.bulk", waiting.of_bulk_decider, codenames={grants.CONFIRM_REVOCATION})
        todos.register("certification.corrections", waiting.of_corrections, codenames={grants.ISSUE})
        todos.register("certification.corrected_awards", waiting.of_corrected_awards, codenames={grants.ISSUE})
        dependents.register_dependents("competitions.result", "certification", certificates_on_results)
        todos.register("certification.historic", waiting.of_comparer, codenames={grants.CONFIRM_HISTORIC})
        todos.register("certification.issuer", waiting.of_issuer, codenames={grants.ISSUE})
