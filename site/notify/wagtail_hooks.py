"""Message texts in the administration.

Those who may change them see every kind, its shipped texts, its placeholders and a preview.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

import audit
from notify import registry
from notify.models import Template


class MessageTemplateForm(WagtailAdminModelForm):
    """The form for a message text, which offers the kinds by their labels."""

    kind = forms.ChoiceField(label=gettext_lazy("kind"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (kind.key, f"{kind.label} ({kind.key})") for kind in registry.list_message_kinds()
        ]


class ShippedText(HelpPanel):
    """A panel that shows the shipped texts of the kinds and the placeholders of each."""

    class BoundPanel(HelpPanel.BoundPanel):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.content = describe_shipped_text(
                getattr(self.instance, "kind", ""), getattr(self.instance, "language", "")
            )


def describe_shipped_text(key: str, language: str) -> SafeString:
    """Return the shipped texts of the kind *key* as HTML. If there is no such kind, return the
    placeholders of all kinds.
    """
    kind = registry.find_message_kind(key)
    if kind is None:
        rows = (
            (str(one.label), " ".join(f"{{{name}}}" for name in sorted(one.names)) or "—")
            for one in registry.list_message_kinds()
        )
        return format_html(
            "<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd><code>{}</code></dd>", rows)
        )
    with override(language or settings.LANGUAGE_CODE):
        subject, text, short = str(kind.subject), str(kind.text), str(kind.sms)
    return format_html(
        "<p><b>{}</b></p><p>{}</p><p>{}</p><p>{}: <code>{}</code></p><p>{}</p>",
        subject,
        text,
        short,
        _("Placeholders"),
        " ".join(f"{{{name}}}" for name in sorted(kind.names)),
        _(
            "Write dates as {name:day}, {name:moment} or {name:clock}. Delete this text to "
            "restore the default."
        ),
    )


class TemplateViewSet(SnippetViewSet):
    """Edit the texts that replace shipped ones. Wagtail keeps their history."""

    model = Template
    icon = "mail"
    menu_label = gettext_lazy("Message texts")
    menu_name = "message-texts"
    menu_order = 700
    add_to_settings_menu = True
    add_to_admin_menu = False
    list_display = ["__str__", "subject", "updated_at"]
    list_filter = ["kind", "language", "channel"]
    search_fields = ["subject", "text", "kind"]
    panels = [
        FieldPanel("kind"),
        FieldPanel("language"),
        FieldPanel("channel"),
        FieldPanel("subject"),
        FieldPanel("text"),
        ShippedText(heading=gettext_lazy("Default text and placeholders")),
    ]


Template.base_form_class = MessageTemplateForm
register_snippet(TemplateViewSet)


def _record(kind: str, request: HttpRequest, template: Template) -> None:
    with transaction.atomic():
        audit.record(
            kind,
            actor=request.user,
            target=template,
            after={
                "kind": template.kind,
                "language": template.language,
                "channel": template.channel,
            },
        )


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def record_change(request: HttpRequest, instance: Any) -> None:
    """Record in the audit log who changed a text."""
    if isinstance(instance, Template):
        _record("notify.template_changed", request, instance)


@hooks.register("before_delete_snippet")
def record_reset(request: HttpRequest, instances: Any) -> None:
    """Record in the audit log who went back to the shipped text."""
    if request.method == "POST":
        for instance in instances:
            if isinstance(instance, Template):
                _record("notify.template_reset", request, instance)
