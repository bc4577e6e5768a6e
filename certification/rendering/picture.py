"""Pictures as PDF image objects. The holder's photo and the QR code are ready before WeasyPrint is
called.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Any

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from certification.rendering.errors import UnreadablePhoto
from certification.rendering.finder_patterns import has_false_corner
from certification.rendering.sheet import QR_VERSION

PHOTO_PIXELS = (709, 992)  # 30 by 42 mm at 600 dpi: more is weight, not sharpness
MAX_PIXELS = 60_000_000
MODULE_PIXELS = 3
_MASKS = (3, 0, 1, 2, 4, 5, 6, 7)  # of ISO/IEC 18004, 7.8.2, in the order they are tried
_KEPT_SEGMENTS = frozenset({0xE0, 0xEE})  # JFIF, and Adobe's note on the colour transform
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class PdfImage:
    """One image XObject, with the entries of its dictionary and its encoded bytes."""

    width: int
    height: int
    entries: bytes
    data: bytes

    def dictionary(self) -> bytes:
        """Return the entries of the object's dictionary, without its length."""
        return (
            b"/Type/XObject/Subtype/Image/Width %d/Height %d" % (self.width, self.height)
            + self.entries
        )


def make_photo_image(data: bytes) -> PdfImage:
    """Return the photo as a JPEG image object.

    A plain JPEG of fitting size keeps its pixels and loses its metadata (place, camera, date).
    Anything else is turned upright, put on white, made smaller if need be and encoded again. Raises
    `UnreadablePhoto`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(io.BytesIO(data), formats=["JPEG", "PNG"])
            if (
                b"IEND" if image.format == "PNG" else b"\xff\xd9"
            ) not in data:  # some library may have told Pillow to take torn files
                raise UnreadablePhoto.unreadable()
            if image.width * image.height > MAX_PIXELS:
                raise UnreadablePhoto.unreadable()
            small = image.width <= PHOTO_PIXELS[0] * 1.2 and image.height <= PHOTO_PIXELS[1] * 1.2
            if (
                image.format == "JPEG"
                and image.mode in {"RGB", "L"}
                and small
                and image.getexif().get(_ORIENTATION, 1) == 1
            ):
                size, mode = image.size, image.mode
                image.draft(
                    "L", (size[0] // 8, size[1] // 8)
                )  # an eighth of the work, and still every byte is decoded
                image.load()
                jpeg = strip_jpeg_metadata(data)
            else:
                image = ImageOps.exif_transpose(image)
                upright = image.convert("RGBA")
                flat = Image.new("RGB", upright.size, "white")
                flat.paste(upright, mask=upright.getchannel("A"))
                flat.thumbnail(PHOTO_PIXELS)
                target = io.BytesIO()
                flat.save(target, "JPEG", quality=90)
                jpeg, size, mode = target.getvalue(), flat.size, "RGB"
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise UnreadablePhoto.unreadable() from error
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        struct.error,
    ) as error:  # what Pillow raises for a broken picture
        raise UnreadablePhoto.unreadable() from error
    space = b"/DeviceGray" if mode == "L" else b"/DeviceRGB"
    return PdfImage(*size, b"/ColorSpace " + space + b"/BitsPerComponent 8/Filter/DCTDecode", jpeg)


def strip_jpeg_metadata(jpeg: bytes) -> bytes:
    """Return *jpeg* without EXIF, XMP, colour profiles and comments, because a phone writes the
    place of the photo into them.

    Raises `UnreadablePhoto` for a broken file.
    """
    kept = [jpeg[:2]]
    position = 2
    while position + 4 <= len(jpeg):
        marker, kind, length = struct.unpack_from(">BBH", jpeg, position)
        if marker != 0xFF:
            raise UnreadablePhoto.unreadable()
        if kind == 0xFF:  # a fill byte before a marker
            position += 1
            continue
        if kind == 0xDA:  # the scan: from here on pixels, up to the mark of the end
            if b"\xff\xd9" not in jpeg[position:]:
                raise UnreadablePhoto.unreadable()
            kept.append(jpeg[position:])
            break
        end = position + 2 + length
        if kind in _KEPT_SEGMENTS or not (0xE0 <= kind <= 0xEF or kind == 0xFE):
            kept.append(jpeg[position:end])
        position = end
    return b"".join(kept)


def qr_pixels(payload: str) -> tuple[int, bytes]:
    """Return the QR code of *payload* for a screen, with its quiet zone.

    The result is the pixels on a side, and one byte for each pixel (0 dark, 255 light).
    """
    image = _enlarged(_modules(payload, quiet_zone=True, data_mask=_MASKS[0]))
    return image.width, image.convert("L").tobytes()


def printed_qr_pixels(payload: str) -> tuple[int, bytes]:
    """Return what `qr_pixels` does for the printed code, which has no quiet zone because the paper
    around it is empty.
    """
    image = _printed_qr(payload)
    return image.width, image.convert("L").tobytes()


def make_qr_image(payload: str) -> PdfImage:
    """Return the printed QR code as an image of one bit per pixel. As a drawing it would need some
    600 path segments more.
    """
    image = _printed_qr(payload)
    return PdfImage(
        image.width,
        image.height,
        b"/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/FlateDecode",
        zlib.compress(image.tobytes(), 1),
    )


def _printed_qr(payload: str) -> Image.Image:
    """Draw the code with as many modules as `sheet.QR_MODULES`, so that each is three whole pixels
    at 100 dpi.

    The first mask is used that leaves no place which reads like a fourth corner. Nine of ten codes
    need no second one (ADR 44). A payload that needs more modules gets them, a little smaller.
    """
    for mask in _MASKS:
        modules = _printed_modules(payload, mask)
        if not has_false_corner(modules):
            return _enlarged(modules)
    return _enlarged(_printed_modules(payload, _MASKS[0]))


def _printed_modules(payload: str, mask: int) -> Image.Image:
    try:
        return _modules(payload, quiet_zone=False, data_mask=mask, version=QR_VERSION)
    except ValueError:  # it doesn't fit
        return _modules(payload, quiet_zone=False, data_mask=mask)


def _modules(payload: str, *, quiet_zone: bool, **options: Any) -> Image.Image:
    """Draw the code with one pixel for each module, dark ones 0.

    It has level L, the least redundancy, because on paper that isn't torn larger modules are worth
    more than repeated ones. The mask is given, because trying all eight as the standard does takes
    five times as long, and no reader gains.
    """
    code = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.QRCode, ec_level="L", **options)
    modules: Any = zxingcpp.write_barcode_to_image(
        code, scale=1, add_quiet_zones=quiet_zone
    )  # its buffer isn't in its type
    side = modules.shape[0]
    return Image.frombytes("L", (side, side), bytes(memoryview(modules)))


def _enlarged(modules: Image.Image) -> Image.Image:
    """Make each module three pixels wide, so that a page at 100 dpi shows the pixels of the
    picture itself.

    poppler rounds an image's place outwards, and one that it has to shrink loses its even modules.
    """
    side = modules.width * MODULE_PIXELS
    return modules.convert("1", dither=Image.Dither.NONE).resize(
        (side, side), Image.Resampling.NEAREST
    )
