"""Print certificates by layout class, each class compared with the full rendering before its first
use.

A class is print data with placeholders (`PlaceholderTable`), rendered once as a `PageTemplate`. The
first certificate of a class is printed both ways and the two are compared (`compare_pages`). Later
every five hundredth is read back. Whatever is rare, unknown or unexpected is rendered in full, and
the result says so and why. Printing may be slow, but it must not be wrong.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, Protocol

from certification.rendering import page_template as moulds
from certification.rendering import proof
from certification.rendering.font_subsets import SubsetFont
from certification.rendering.fonts import REGULAR
from certification.rendering.page_template import COMMON, PageTemplate, UnexpectedPdf
from certification.rendering.pdf import Attached, Renderer
from certification.rendering.placeholders import Key, NoPlaceholder, PlaceholderTable
from certification.rendering.print_data import PrintData
from certification.signing.pades import DocumentSigner, PadesSigner, SignedPdf
from core.errors import DomainError

PAYS_FROM = (
    8  # certificates: making and proving a class costs about as much as printing six the public way
)
READ_BACK_EVERY = 500
MEMORY = 48 << 20  # bytes of moulds kept
_COUNTS_KEPT = 50_000
logger = logging.getLogger(__name__)

Way = Literal["class", "full"]


class TimestampSigner(Protocol):
    """Signs with a timestamp of a service, as `signing.stamped` does."""

    def stamp(self, pdf: bytes, *, at: datetime) -> SignedPdf:
        """Return *pdf* signed. Raises `TimestampServiceDown` if the service doesn't answer."""


@dataclasses.dataclass(frozen=True, slots=True)
class PrintedCertificate:
    """A finished certificate.

    `unsigned_sha256` is the fingerprint of all but the signature. It is the same at every printing
    of the same print data with the same attachments at the same moment by the same way. `level` is
    that of the signature ("" for none), `why` the reason for a full rendering.
    """

    pdf: bytes
    sha256: str
    unsigned_sha256: str
    way: Way
    level: Literal["B", "LT", ""]
    why: str = ""


class CertificatePrinter:
    """Prints certificates as PDF/A-3u, signed if there is a signer or a stamper.

    There is one per process and batch. Threads may share it.
    """

    def __init__(
        self,
        renderer: Renderer,
        *,
        signer: DocumentSigner | None = None,
        stamper: TimestampSigner | None = None,
        pays_from: int = PAYS_FROM,
        read_back_every: int = READ_BACK_EVERY,
        memory: int = MEMORY,
    ) -> None:
        """Keep *renderer*, which makes the reference.

        With a *stamper* it makes the signatures, of level LT. With only a *signer* they are of
        level B.
        """
        self._renderer = renderer
        self._seal = PadesSigner(signer) if signer is not None and stamper is None else None
        self._stamper = stamper
        self._pays_from, self._every, self._memory = pays_from, read_back_every, memory
        self._ins = PlaceholderTable(renderer.fonts)
        self._counts: Counter[Key] = Counter()
        self._moulds: OrderedDict[Key, PageTemplate] = OrderedDict()
        self._refused: dict[Key, str] = {}
        self._shared_cut: SubsetFont | None = None
        self._kept = self._cast = 0
        self._lock = threading.RLock()
        self._able = "" if moulds.is_supported_weasyprint() else "other WeasyPrint"

    def plan(self, faces: Iterable[PrintData]) -> list[Key | None]:
        """Count the classes of a batch ahead, and return the class of each face.

        A class with too few members is not worth making.
        """
        keys: list[Key | None] = []
        for face in faces:
            try:
                key = self._ins.key(face)
            except NoPlaceholder:
                keys.append(None)
                continue
            keys.append(key)
            with self._lock:
                self._count(key)
        return keys

    def print(
        self,
        face: PrintData,
        attachments: Sequence[Attached] = (),
        *,
        at: datetime,
        key: Key | None = None,
    ) -> PrintedCertificate:
        """Return the certificate of *face* with *attachments*, signed at the moment *at* (with a
        time zone).

        *key* is its class, if `plan` returned it. The QR code and the picture of a photo don't
        belong to the class. Raises what the full rendering raises, which is `UnsettableText`,
        `TextTooLong` and `UnreadablePhoto`, and with a stamper `TimestampServiceDown`.
        """
        try:
            key = self._ins.key(face) if key is None else key
        except NoPlaceholder:
            return self._full(face, attachments, at, "rare character")
        with self._lock:
            why = self._able or self._refused.get(key, "")
            found = None if why else self._moulds.get(key)
            if found is not None:
                self._moulds.move_to_end(key)
            elif not why:
                if self._counts[key] < self._pays_from:
                    self._count(key)
                    why = "rare class"
                else:
                    return self._first(key, face, attachments, at)
        if found is None:
            return self._full(face, attachments, at, why)
        return self._of_class(key, found, face, attachments, at)

    def _count(self, key: Key) -> None:
        if len(self._counts) >= _COUNTS_KEPT:
            self._counts = Counter(dict(self._counts.most_common(_COUNTS_KEPT // 2)))
        self._counts[key] += 1

    def _of_class(
        self,
        key: Key,
        mould: PageTemplate,
        face: PrintData,
        attachments: Sequence[Attached],
        at: datetime,
    ) -> PrintedCertificate:
        try:
            made = mould.cast(face, attachments, at=at)
        except LookupError:
            return self._full(face, attachments, at, "characters of one glyph")
        with self._lock:
            self._cast += 1
            sampled = self._cast % self._every == 0
            watcher = proof.get_page_reader() if sampled else None
            if watcher is not None and proof.lacks_name_or_number(watcher.read(made[0]), face):
                self._refuse(key, "read back wrong")
                return self._full(face, attachments, at, "read back wrong")
        return self._stamped(made, at, "class")

    def _first(
        self, key: Key, face: PrintData, attachments: Sequence[Attached], at: datetime
    ) -> PrintedCertificate:
        """Make the page template of a class, print *face* both ways and compare.

        If both are the same, the certificate returned is the one made from the template.
        """
        try:
            mould = PageTemplate(
                self._renderer,
                self._ins,
                self._shared(),
                key,
                seal=self._seal,
                field=self._stamper is not None,
            )
            made = mould.cast(face, attachments, at=at)
        except DomainError:
            return self._full(
                face, attachments, at, "rare class"
            )  # raises the same about the real texts, if it is in them
        except (
            UnexpectedPdf,
            LookupError,
            AttributeError,
            TypeError,
            IndexError,
            ValueError,
        ) as error:
            # What WeasyPrint changes inside shows itself in any of these: the public path has
            # nothing to do with it.
            return self._refused_full(
                key,
                face,
                attachments,
                at,
                f"unexpected: {error}" if isinstance(error, UnexpectedPdf) else "unexpected",
            )
        reference = self._renderer.render(face, variant="pdf/a-3u", attachments=attachments)
        differs = proof.compare_pages(made[0], reference.pdf, face)
        if differs:
            return self._refused_full(key, face, attachments, at, differs)
        self._moulds[key] = mould
        self._kept += mould.weight
        while self._kept > self._memory and len(self._moulds) > 1:
            self._kept -= self._moulds.popitem(last=False)[1].weight
        return self._stamped(made, at, "class")

    def _refused_full(
        self, key: Key, face: PrintData, attachments: Sequence[Attached], at: datetime, why: str
    ) -> PrintedCertificate:
        self._refuse(key, why)
        return self._full(face, attachments, at, why)

    def _refuse(self, key: Key, why: str) -> None:
        logger.error("a layout class is not used: %s", why)
        gone = self._moulds.pop(key, None)
        self._kept -= gone.weight if gone is not None else 0
        if len(self._refused) >= _COUNTS_KEPT:
            self._refused.clear()
        self._refused[key] = why

    def _full(
        self, face: PrintData, attachments: Sequence[Attached], at: datetime, why: str
    ) -> PrintedCertificate:
        field = self._stamper is not None
        made = self._renderer.render(
            face, variant="pdf/a-3u", attachments=attachments, seal=self._seal, at=at, field=field
        )
        return self._stamped((made.pdf, made.sha256, made.unsigned_sha256), at, "full", why)

    def _stamped(
        self, made: tuple[bytes, str, str], at: datetime, way: Way, why: str = ""
    ) -> PrintedCertificate:
        if self._stamper is None:
            return PrintedCertificate(*made, way, "" if self._seal is None else "B", why)
        signed = self._stamper.stamp(made[0], at=at)
        return PrintedCertificate(signed.pdf, signed.sha256, made[2], way, "LT", why)

    def _shared(self) -> SubsetFont:
        if self._shared_cut is None:
            self._shared_cut = self._ins.knives[REGULAR].cut(COMMON, level=9)
        return self._shared_cut
