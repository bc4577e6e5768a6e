"""Pictures of seals and signatures as they are stored.

They are small, have a transparent background, and have nothing else that came with the picture.
"""

from __future__ import annotations

import io
import struct
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from certification.rendering.errors import UnreadablePicture
from certification.rules.stamp import MAX_BYTES, MAX_PIXELS, SIDE

_WHITE = 245  # of 255: paper on a scan


def clean_seal_or_signature(data: bytes) -> bytes:
    """Return *data* (PNG or JPEG) as a PNG of at most 700 pixels a side with a transparent
    background.

    A scan on white paper loses the white. A picture that is transparent already stays as it is.
    Raises `UnreadablePicture`.
    """
    if len(data) > MAX_BYTES:
        raise UnreadablePicture.too_large()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(io.BytesIO(data), formats=["PNG", "JPEG"])
            end = b"IEND" if image.format == "PNG" else b"\xff\xd9"
            if (
                end not in data or image.width * image.height > MAX_PIXELS
            ):  # some library may have told Pillow to take torn files
                raise UnreadablePicture.unreadable()
            image = ImageOps.exif_transpose(image).convert("RGBA")
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise UnreadablePicture.unreadable() from error
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        struct.error,
    ) as error:  # what Pillow raises for a broken picture
        raise UnreadablePicture.unreadable() from error
    image.thumbnail((SIDE, SIDE))
    if image.getchannel("A").getextrema()[0] == 255:
        image.putalpha(image.convert("L").point(lambda shade: 0 if shade >= _WHITE else 255))
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()
