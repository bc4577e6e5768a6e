"""What can stop a certificate from being printed. Each sentence says what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_noop

from core.characters import is_invisible, is_unwritable
from core.errors import DomainError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _sentence(message: str, **values: Any) -> _StrPromise:
    """Translate *message* when it is read, not when it is raised, because a worker doesn't have
    the reader's language.
    """
    return cast("_StrPromise", lazy(lambda: gettext(message) % values, str)())


class FontsUnavailable(DomainError):
    """The machine lacks a font or a library that every certificate needs."""

    @classmethod
    def no_source(cls) -> FontsUnavailable:
        """Return the error for a machine without a Song (Ming) face with simplified Chinese forms."""
        return cls(
            "no_cjk_font",
            _sentence(
                gettext_noop(
                    "No Chinese serif font was found on this machine. Install Noto Serif CJK (on Debian and Ubuntu: "
                    "apt install fonts-noto-cjk) and try again."
                )
            ),
        )

    @classmethod
    def no_subsetter(cls) -> FontsUnavailable:
        """Return the error for a missing subset library, without which a certificate silently
        takes thirty times as long.
        """
        return cls(
            "no_harfbuzz_subset",
            _sentence(
                gettext_noop(
                    "The library that subsets fonts is missing. Install it (on Debian and "
                    "Ubuntu: apt install libharfbuzz-subset0) and try again."
                )
            ),
        )


class UnsettableText(DomainError):
    """A character has no glyph in our fonts. Issuing stops rather than print an empty box or
    another typeface.

    `data["characters"]` lists what is missing as "䶮 U+4DAE". It never holds the name itself.
    """

    @classmethod
    def characters(cls, missing: Iterable[str]) -> UnsettableText:
        """Return the error that names the characters that can't be set."""
        missing = list(missing)
        listed = [describe_character(c) for c in missing]
        if all(is_invisible(c) or is_unwritable(c) for c in missing):
            return cls(
                "unseen_text",
                _sentence(
                    gettext_noop(
                        "The text contains characters that can't be seen or printed: "
                        "%(characters)s. Other fonts won't help. Correct the name or the "
                        "wording where it is recorded, then issue again."
                    ),
                    characters="、".join(listed),
                ),
                characters=listed,
            )
        return cls(
            "unsettable_text",
            _sentence(
                gettext_noop(
                    "These characters can't be printed with the certificate fonts: "
                    "%(characters)s. Check them against the identity document. If they are "
                    "right, ask the operator for a font that has them."
                ),
                characters="、".join(listed),
            ),
            characters=listed,
        )

    @classmethod
    def foreign_fonts(cls, families: Iterable[str]) -> UnsettableText:
        """Return the error that names the system typefaces that were used instead of ours."""
        listed = sorted(families)
        return cls(
            "foreign_font",
            _sentence(
                gettext_noop(
                    "Part of the text was set in another typeface (%(families)s). The "
                    "certificate was not issued. Tell the operator."
                ),
                families="、".join(listed),
            ),
            families=listed,
        )


class TextTooLong(DomainError):
    """The wording does not fit its place on the one page, even at the smallest size."""

    @classmethod
    def place(cls, place: str) -> TextTooLong:
        """Return the error for the part that must be shortened (`title`, `issuer`, `notes` or
        `wording`).
        """
        return cls(
            f"{place}_too_long",
            _sentence(
                {
                    "title": gettext_noop(
                        "The title of the certificate is too long for the page. Shorten it "
                        "and try again."
                    ),
                    "issuer": gettext_noop(
                        "The name of the issuing body is too long for the space. Shorten it "
                        "and try again."
                    ),
                    "notes": gettext_noop(
                        "The note on verification is too long for the space. Shorten the "
                        "disclaimer and try again."
                    ),
                    "wording": gettext_noop(
                        "The wording of the certificate is too long for one page. Shorten "
                        "it and try again."
                    ),
                }[place]
            ),
        )


class UnreadablePhoto(DomainError):
    """The photo can't be read or printed."""

    @classmethod
    def unreadable(cls) -> UnreadablePhoto:
        """Return the error, which asks for another file."""
        return cls(
            "unreadable_photo",
            _sentence(
                gettext_noop("The photo can't be read. Upload a JPEG or PNG picture and try again.")
            ),
        )


class UnreadablePicture(DomainError):
    """The picture of a seal or a signature can't be read or printed."""

    @classmethod
    def unreadable(cls) -> UnreadablePicture:
        """Return the error, which asks for another file."""
        return cls(
            "unreadable_picture",
            _sentence(
                gettext_noop(
                    "The picture can't be read. Upload a PNG or JPEG picture and try again."
                )
            ),
        )

    @classmethod
    def too_large(cls) -> UnreadablePicture:
        """Return the error, which asks for a smaller file."""
        return cls(
            "picture_too_large",
            _sentence(gettext_noop("The picture is larger than 2 MB. Upload a smaller one.")),
        )


def describe_character(character: str) -> str:
    """Return *character* with its code point. A character without a shape of its own is shown by
    the code point alone.
    """
    code = f"U+{ord(character):04X}"
    return code if unicodedata.category(character)[0] in "CMZ" else f"{character} {code}"
