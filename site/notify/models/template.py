"""Texts that replace the shipped texts of a kind, edited in the administration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from wagtail.models import PreviewableMixin, RevisionMixin

from core.models import Stamped
from notify import registry
from notify.enums import MessageChannel
from notify.rules import placeholders

ALL = ""
TEMPLATE_CHANNELS = [
    (ALL, pgettext_lazy("template", "all channels")),
    *[(c.value, c.label) for c in MessageChannel],
]


class Template(RevisionMixin, PreviewableMixin, Stamped):
    """A text of one kind in one language, for one channel or all of them.

    It can hold placeholders only, and neither code nor other data.
    """

    kind = models.CharField(_("kind"), max_length=80)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    channel = models.CharField(
        _("channel"), max_length=10, choices=TEMPLATE_CHANNELS, blank=True, default=ALL
    )
    subject = models.CharField(
        pgettext_lazy("message", "subject"),
        max_length=200,
        help_text=_("SMS uses only the text, not the subject."),
    )
    text = models.TextField(_("text"))
    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="notify_template")

    class Meta:
        verbose_name = _("message text")
        verbose_name_plural = _("message texts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "channel"],
                name="template_once",
                violation_error_message=_(
                    "A text for this kind, language and channel already exists. Change that one."
                ),
            )
        ]

    def __str__(self) -> str:
        kind = registry.find_message_kind(self.kind)
        return f"{kind.label if kind else self.kind} · {self.get_language_display()} · {self.get_channel_display()}"

    @property
    def revisions(self) -> Any:
        """Return the history, which Wagtail asks for."""
        return self._revisions

    def clean(self) -> None:
        """Refuse an unknown kind, and placeholders that will get no value."""
        kind = registry.find_message_kind(self.kind)
        if kind is None:
            raise ValidationError(
                {"kind": _("This kind of message doesn't exist. Choose one from the list.")}
            )
        found = {
            name: says
            for name in ("subject", "text")
            if (says := _complaint(getattr(self, name), kind))
        }
        if found:
            raise ValidationError(found)

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        """Return the page on which Wagtail shows the text with sample values."""
        return "notify/template_preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        """Return the text filled with the kind's sample."""
        from notify.rendering import fill_message_text  # slow import

        kind = registry.find_message_kind(self.kind)
        sample = kind.sample if kind else {}
        return {
            "object": self,
            "kind": kind,
            "subject": fill_message_text(
                self.subject, _with_names(sample, self.subject), self.language
            ),
            "text": fill_message_text(self.text, _with_names(sample, self.text), self.language),
        }


def _with_names(sample: Any, text: str) -> dict[str, Any]:
    return {name: sample.get(name, f"〔{name}〕") for name in placeholders.list_placeholders(text)}


def _complaint(text: str, kind: registry.MessageKind) -> str:
    if bad := placeholders.find_unknown_placeholders(text, kind.names):
        return ngettext(
            "%(bad)s isn't a placeholder of this message. Available: %(known)s.",
            "%(bad)s aren't placeholders of this message. Available: %(known)s.",
            len(bad),
        ) % {
            "bad": ", ".join(f"{{{name}}}" for name in bad),
            "known": ", ".join(f"{{{name}}}" for name in sorted(kind.names)),
        }
    if bad := placeholders.find_unknown_forms(text):
        return _("The format “%(form)s” doesn't exist. Available: %(known)s.") % {
            "form": bad[0],
            "known": ", ".join(f":{form}" for form in placeholders.FORMS),
        }
    if placeholders.has_stray_brace(text):
        return str(
            _(
                "A brace doesn't belong to a placeholder. Write placeholders as {name} and "
                "use braces for nothing else."
            )
        )
    return ""
