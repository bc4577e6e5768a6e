"""Django application `cms`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate  # noqa: TID251 - rights follow each migrate, no workflow does
from django.utils.translation import gettext_lazy as _

EDIT = "cms.edit"


class CmsConfig(AppConfig):
    """Provide shared page parts, and give the editors' group its Wagtail rights after each
    migrate.
    """

    name = "cms"
    verbose_name = _("Pages")

    def ready(self) -> None:
        """Keep the editors' rights in step with what Wagtail offers, register the editors' working
        place, and list what waits for them.
        """
        from cms.queries import has_scheduled_due, of_editor  # app ready
        from cms.setup import give_editors_their_rights  # app ready
        from core import places, todos  # app ready
        from jobs.sweeper import register_sweeper_task  # app ready

        post_migrate.connect(give_editors_their_rights, sender=self, dispatch_uid="cms.editors")
        places.register_place(
            "pages", _("Pages and news"), url_name="wagtailadmin_home", codenames={EDIT}, order=35
        )
        todos.register_todos("cms.editor", of_editor, codenames={EDIT})
        register_sweeper_task("cms.publish_scheduled", has_scheduled_due, seconds=30)
