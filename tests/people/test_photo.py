"""Photos: what is refused, and that nothing but pixels is kept."""

import io
import random

import pytest
from PIL import Image

import access
from core.errors import InvalidInput
from people.rules.photo import PhotoError, read_photo
from people.workflows.person import PHOTO_SENTENCES, remove_photo, set_photo
from tests.factories.ground import PersonFactory


def picture(width=295, height=413, kind="JPEG", *, noise=True, colour=(200, 30, 30), **save):
    image = Image.new("RGB", (width, height), colour)
    if noise:
        random.seed(1)
        blocks = Image.new("RGB", (16, 22))
        blocks.putdata(
            [
                (random.randrange(256), random.randrange(256), random.randrange(256))
                for _ in range(16 * 22)
            ]
        )
        image = blocks.resize((width, height))
    out = io.BytesIO()
    image.save(out, kind, **save)
    return out.getvalue()


def with_place(data):
    image = Image.open(io.BytesIO(data))
    exif = image.getexif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "PhoneMaker"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_good_photo_is_kept_as_jpeg(kind):
    kept = Image.open(io.BytesIO(read_photo(picture(kind=kind))))
    assert (kept.format, kept.size, kept.mode) == ("JPEG", (295, 413), "RGB")


def test_photo_is_turned_upright_and_loses_what_the_camera_wrote():
    kept = Image.open(io.BytesIO(read_photo(with_place(picture(413, 295)))))
    assert (kept.size, dict(kept.getexif()), kept.info.get("exif")) == ((295, 413), {}, None)


def test_large_photo_is_made_smaller_and_keeps_its_sides():
    assert Image.open(io.BytesIO(read_photo(picture(2950, 4130)))).size == (720, 1008)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "form"),
        (b"GIF89a", "form"),
        (picture()[:500], "form"),
        (picture(200, 280), "small"),
        (picture(413, 413), "sides"),
        (picture(600, 430), "sides"),
        (picture(noise=False), "blank"),
        (picture(noise=False, colour=(255, 255, 255)), "blank"),
        (b"\xff\xd8" + b"0" * (5 * 1024 * 1024 + 1), "too_large"),
    ],
)
def test_photo_that_will_not_do_says_why(data, code):
    with pytest.raises(PhotoError) as fault:
        read_photo(data)
    assert fault.value.code == code
    assert PHOTO_SENTENCES[code]


def test_picture_bomb_is_refused_before_it_is_unpacked():
    bomb = io.BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")
    with pytest.raises(PhotoError) as fault:
        read_photo(bomb.getvalue())
    assert fault.value.code == "pixels"


@pytest.mark.django_db(transaction=True)
def test_replaced_photo_is_deleted_after_the_commit():
    person = set_photo(actor=access.SYSTEM, person=PersonFactory(), data=picture())
    storage, first = person.photo.storage, person.photo.name
    person = set_photo(actor=access.SYSTEM, person=person, data=picture(413, 579))
    second = person.photo.name
    assert (first != second, storage.exists(first), storage.exists(second)) == (True, False, True)
    with pytest.raises(InvalidInput):
        set_photo(actor=access.SYSTEM, person=person, data=b"")
    remove_photo(actor=access.SYSTEM, person=person)
    assert not storage.exists(second)
