"""Rules for photos on certificates and passes, as far as a program can judge them. No Django here.

People judge whether the photo shows one face. The program judges format, size, proportions and
emptiness.
"""

from __future__ import annotations

from PIL import Image, ImageStat

from core.pictures import PictureError, open_picture, write_clean_jpeg

MAX_BYTES = 5 * 1024 * 1024
MIN_WIDTH, MIN_HEIGHT = 260, 360  # an inch photo at 260 dpi; 295×413 is the usual one
NARROWEST, WIDEST = 0.66, 0.84  # width to height; 295×413 = 0.71, 3:4 = 0.75, 413×531 = 0.78
KEPT = (720, 1008)
DULL = 6.0  # standard deviation of brightness (0 to 255) below which nothing can be seen
ONE_COLOUR = 0.92  # share of one colour (of 64) above which it is a blank sheet


class PhotoError(ValueError):
    """The picture can't be a photo for a certificate.

    `code` is one of too_large, form, pixels, small, sides, blank.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_photo(data: bytes) -> bytes:
    """Return *data* (JPEG or PNG) as an upright JPEG without metadata, at most 720×1008, or raise
    `PhotoError`.
    """
    try:
        picture = open_picture(data, max_bytes=MAX_BYTES)
    except PictureError as error:
        raise PhotoError(error.code) from error
    if picture.width < MIN_WIDTH or picture.height < MIN_HEIGHT:
        raise PhotoError("small")
    if not NARROWEST <= picture.width / picture.height <= WIDEST:
        raise PhotoError("sides")
    if _is_empty(picture):
        raise PhotoError("blank")
    return write_clean_jpeg(picture, within=KEPT)


def _is_empty(picture: Image.Image) -> bool:
    small = picture.resize((60, 80))
    if ImageStat.Stat(small.convert("L")).stddev[0] < DULL:
        return True
    coarse = small.quantize(64).getcolors(64) or []
    return bool(coarse) and max(count for count, _colour in coarse) / (60 * 80) > ONE_COLOUR
