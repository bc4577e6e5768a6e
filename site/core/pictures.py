"""Open pictures that people send within bounds, turn them upright, and write them again without
metadata. Django isn't used here.
"""

from __future__ import annotations

import io

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 40_000_000


class PictureError(ValueError):
    """The data can't be taken as a picture. `code` is one of too_large, form, pixels."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def open_picture(data: bytes, *, max_bytes: int) -> Image.Image:
    """Return *data* (JPEG or PNG, at most *max_bytes* and 40 million pixels) upright and in RGB.
    Raises `PictureError`.
    """
    if len(data) > max_bytes:
        raise PictureError("too_large")
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as raw:
            if raw.width * raw.height > MAX_PIXELS:
                raise PictureError("pixels")
            return _flatten(ImageOps.exif_transpose(raw))
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
    ) as error:
        if isinstance(error, PictureError):
            raise
        raise PictureError("form") from error


def write_clean_jpeg(picture: Image.Image, *, within: tuple[int, int], quality: int = 88) -> bytes:
    """Return *picture* (RGB) as a JPEG no larger than *within*. It holds the pixels alone, without
    place, device or hidden previews.
    """
    picture.thumbnail(within)
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _flatten(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "P"}:
        rgba = picture.convert("RGBA")
        white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, rgba).convert("RGB")
    return picture.convert("RGB")
