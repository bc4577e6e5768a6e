"""Django application `cms`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate  # noqa: TID251 - rights follow each migrate, no workflow does
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    """Shared page parts; gives the editors' group its Wagtail rights after each migrate."""

    name = "cms"
    verbose_name = _("Pages")

    def ready(self) -> None:
        """Keep the editors' rights in step with what Wagtail offers."""
        from cms.setup import give_editors_their_rights  # app ready

        post_migrate.connect(give_editors_their_rights, sender=self, dispatch_uid="cms.editors")
