"""Define the StreamField blocks for every page of the project. A change to a block ships with a
data migration.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

RICH_TEXT = [
    "h3",
    "bold",
    "italic",
    "ol",
    "ul",
    "link",
    "document-link",
    "superscript",
    "subscript",
]


class PictureBlock(blocks.StructBlock):
    """A picture that is described for those who can't see it."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("Description of the picture"),
        max_length=200,
        help_text=_(
            "Read aloud to people who can't see the picture. Describe the important points."
        ),
    )
    caption = blocks.CharBlock(label=_("Caption"), max_length=200, required=False)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "cms/blocks/picture.html"


class NoteBlock(blocks.StructBlock):
    """A note, a warning, a danger."""

    kind = blocks.ChoiceBlock(
        label=_("Kind"),
        default="info",
        choices=[
            ("info", pgettext_lazy("block", "Note")),
            ("ok", _("Done correctly")),
            ("warn", _("Caution")),
            ("bad", _("Danger")),
        ],
    )
    title = blocks.CharBlock(label=_("Title"), max_length=80, required=False)
    text = blocks.RichTextBlock(
        label=pgettext_lazy("block", "Text"), features=["bold", "link", "ul", "ol"]
    )

    class Meta:
        icon = "warning"
        label = pgettext_lazy("block", "Note")
        template = "cms/blocks/note.html"


class StepBlock(blocks.StructBlock):
    """One step of a procedure."""

    title = blocks.CharBlock(label=pgettext_lazy("steps", "What to do"), max_length=120)
    text = blocks.RichTextBlock(label=_("How"), features=["bold", "link", "ul"], required=False)


class StepsBlock(blocks.StructBlock):
    """A procedure, step by step."""

    steps = blocks.ListBlock(StepBlock(), label=_("Steps"), min_num=2)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "cms/blocks/steps.html"


class AnswerBlock(blocks.StructBlock):
    """One possible answer."""

    text = blocks.CharBlock(label=_("Answer"), max_length=200)
    correct = blocks.BooleanBlock(label=_("Correct answer"), required=False)


class QuizBlock(blocks.StructBlock):
    """A question to check oneself. Nothing is recorded or marked (exams have their own questions)."""

    question = blocks.CharBlock(label=_("Question"), max_length=300)
    answers = blocks.ListBlock(AnswerBlock(), label=_("Answers"), min_num=2, max_num=6)
    explanation = blocks.RichTextBlock(
        label=_("Why"), features=["bold", "link", "ul"], required=False
    )

    class Meta:
        icon = "help"
        label = _("Self-test question")
        template = "cms/blocks/quiz.html"

    def clean(self, value: Any) -> Any:
        """Require at least one right answer."""
        cleaned = super().clean(value)
        if not any(answer["correct"] for answer in cleaned["answers"]):
            raise blocks.StructBlockValidationError(
                block_errors={"answers": ValidationError(_("Mark at least one answer as correct."))}
            )
        return cleaned

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Say whether one or several answers may be ticked."""
        context = super().get_context(value, parent_context=parent_context)
        context["several"] = sum(bool(answer["correct"]) for answer in value["answers"]) > 1
        return context


class DownloadBlock(blocks.StructBlock):
    """A document to download."""

    document = DocumentChooserBlock(label=pgettext_lazy("block", "Document"))
    title = blocks.CharBlock(label=pgettext_lazy("thing", "Name"), max_length=120, required=False)
    note = blocks.CharBlock(label=_("Purpose"), max_length=200, required=False)

    class Meta:
        icon = "download"
        label = _("Download")
        template = "cms/blocks/download.html"


class TableBlock(blocks.StructBlock):
    """A table with a caption, which scrolls sideways on a phone."""

    caption = blocks.CharBlock(label=_("Caption"), max_length=150)
    table = TypedTableBlock(
        [
            ("text", blocks.CharBlock(required=False)),
            ("number", blocks.DecimalBlock(required=False)),
        ],
        label=_("Table"),
    )

    class Meta:
        icon = "table"
        label = _("Table")
        template = "cms/blocks/table.html"


class BodyBlock(blocks.StreamBlock):
    """The body of an article, a course or a lesson."""

    heading = blocks.CharBlock(
        label=_("Heading"), max_length=80, icon="title", template="cms/blocks/heading.html"
    )
    text = blocks.RichTextBlock(
        label=pgettext_lazy("block", "Text"),
        features=RICH_TEXT,
        icon="pilcrow",
        template="cms/blocks/text.html",
    )
    picture = PictureBlock()
    note = NoteBlock()
    steps = StepsBlock()
    quiz = QuizBlock()
    table = TableBlock()
    download = DownloadBlock()

    class Meta:
        template = "cms/blocks/body.html"
