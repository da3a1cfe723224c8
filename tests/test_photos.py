"""Photos are made anew in a process of their own: upright, at most 1600 pixels, without place or camera."""

import io

import exifread
import pytest
from PIL import Image

from sih.photos import PhotoError, apart, convert, faults
from tests import photos
from tests.photos import BLUE, RED, photo


def stored(content: bytes):
    return convert(io.BytesIO(content))


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def is_about(pixel, colour) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(pixel, colour, strict=True))


def sentence(content: bytes) -> str:
    with pytest.raises(PhotoError) as refused:
        stored(content)
    return refused.value.sentence


def test_a_photo_of_12_megapixels_lying_on_its_side_is_stored_upright_and_small():
    """Orientation 6: the camera was turned, so what the sensor has at the left belongs to the top."""
    image = Image.new("RGB", (4032, 3024), BLUE)
    image.paste(RED, (0, 0, 2016, 3024))
    made = stored(photo(image=image, quality=95, exif=photos.exif(orientation=6)))
    assert (made.format, made.width, made.height) == ("jpeg", 1200, 1600)
    picture = opened(made.content)
    assert picture.size == (1200, 1600)
    assert is_about(picture.getpixel((600, 100)), RED) and is_about(picture.getpixel((600, 1500)), BLUE)
    assert max(opened(made.thumbnail).size) == 240


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC"])
def test_what_is_stored_tells_neither_place_nor_camera(kind):
    """Read back with another library than the one that wrote it."""
    content = photos.heic() if kind == "HEIC" else photo(kind, exif=photos.exif())
    assert b"Telepon 7" in content
    made = stored(content)
    for part in (made.content, made.thumbnail):
        assert exifread.process_file(io.BytesIO(part)) == {}
        assert not any(word in part for word in (b"Exif", b"GPS", b"Telepon", b"http"))
        assert opened(part).format == "JPEG" and not opened(part).getexif()
    assert is_about(opened(made.content).getpixel((50, 20)), RED)


def test_a_photo_full_of_detail_stays_below_a_megabyte():
    noise = Image.effect_noise((1700, 1700), 90)
    made = stored(photo(image=Image.merge("RGB", (noise, noise.rotate(90), noise.rotate(180))), quality=90))
    assert 100_000 < len(made.content) < 1_000_000


def test_what_is_transparent_becomes_white():
    made = stored(photo("PNG", Image.new("RGBA", (100, 100), (0, 0, 0, 0))))
    assert is_about(opened(made.content).getpixel((50, 50)), (255, 255, 255))


def test_a_small_photo_is_not_enlarged():
    made = stored(photo("PNG", photos.picture(30, 20)))
    assert (made.width, made.height) == (30, 20)


def test_the_same_photo_is_stored_as_the_same_bytes():
    assert stored(photo()) == stored(photo())


def test_a_pdf_is_kept_as_it_is():
    made = stored(photos.pdf())
    assert (made.format, made.content, made.thumbnail) == ("pdf", photos.pdf(), None)


def test_what_is_hidden_behind_a_photo_is_not_stored():
    made = stored(photo(comment=b"<script>alert(1)</script>") + b"<html><script>alert(1)</script></html>")
    assert b"script" not in made.content + made.thumbnail


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", faults.EMPTY),
        (b"\xff\xd8\xff" + bytes(40_000_000), faults.TOO_LARGE),
        (photos.pdf(bytes(5_000_000)), faults.TOO_LARGE),
        (photos.SVG, faults.UNKNOWN),
        (b"MZ" + bytes(1000), faults.UNKNOWN),
        (photo("GIF"), faults.UNKNOWN),
        (b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(100), faults.UNKNOWN),
        (photo()[:1500], faults.DAMAGED),
        (photo("PNG")[:200], faults.DAMAGED),
        (photos.heic()[:600], faults.DAMAGED),
        (photos.pdf()[:40], faults.DAMAGED),
        (photos.bomb(), faults.TOO_MANY_PIXELS),
        (photos.bomb(1, 2**31 - 1), faults.TOO_MANY_PIXELS),
        (photos.moving("PNG"), faults.MOVING),
        (photos.moving("WEBP"), faults.MOVING),
        (photo() + photos.archive(), faults.SEVERAL_IN_ONE),
        (photos.pdf() + photos.archive(), faults.SEVERAL_IN_ONE),
        (photo(comment=photos.pdf()), faults.SEVERAL_IN_ONE),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:25],
)
def test_what_is_not_taken_is_said_in_a_sentence(content, why):
    assert sentence(content) == why


@pytest.mark.skipif(not apart.KERNEL_LIMITS, reason="limits of the kernel")
def test_a_photo_that_takes_too_much_memory_or_time_harms_only_its_process(monkeypatch):
    monkeypatch.setattr(apart, "BYTES", 120_000_000)
    large = photo("PNG", Image.new("RGB", (7000, 7000)))
    assert sentence(large) == faults.TOO_COMPLEX
    monkeypatch.undo()
    monkeypatch.setattr(apart, "WAIT_SECONDS", 0.01)
    assert sentence(photo()) == faults.TOO_COMPLEX


def test_where_all_turns_are_taken_a_photo_waits_and_is_then_refused(monkeypatch):
    monkeypatch.setattr(apart, "TURN_SECONDS", 0.05)
    for _ in range(apart.AT_ONCE):
        apart._turns.acquire()
    try:
        assert sentence(photo()) == faults.BUSY
    finally:
        for _ in range(apart.AT_ONCE):
            apart._turns.release()
    assert stored(photo()).format == "jpeg"
