"""Entry point of the process that converts one photo (apart.py): the file on standard input; on standard output a line
of JSON, then the picture and its thumbnail, both JPEG without metadata."""

import io
import json
import sys
import warnings

from PIL import Image, ImageOps

from sih.photos import faults
from sih.photos.faults import PhotoError
from sih.photos.limits import GOOD_BYTES, MOST_PIXELS, MOST_STORED_BYTES, SIDE, THUMBNAIL_SIDE
from sih.sheets.child import limit_itself

FORMATS = ("JPEG", "PNG", "WEBP")
ATTEMPTS = ((SIDE, 80), (SIDE, 70), (SIDE, 60), (SIDE, 45), (1200, 45), (800, 45))  # pixels, quality of JPEG


def main(seconds: str, size: str) -> None:
    """`seconds` of processor time and bytes of memory. Where no line of JSON comes, the process was killed."""
    limit_itself(int(seconds), int(size))
    warnings.simplefilter("ignore")  # of damaged metadata, which is not kept
    try:
        picture, thumbnail, (width, height) = convert(sys.stdin.buffer)
        facts = {"size": len(picture), "thumbnail_size": len(thumbnail), "width": width, "height": height}
    except PhotoError as error:
        picture = thumbnail = b""
        facts = {"refused": error.sentence}
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + picture + thumbnail)


def convert(file) -> tuple[bytes, bytes, tuple[int, int]]:
    """The picture, its thumbnail, and the size of the picture in pixels. Raises PhotoError."""
    try:
        image = _opened(file)
        if image.width * image.height > MOST_PIXELS:
            raise PhotoError(faults.TOO_MANY_PIXELS)
        if getattr(image, "is_animated", False) and image.format in ("PNG", "WEBP"):
            raise PhotoError(faults.MOVING)
        image.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded at a fraction of its size
        image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        image = _on_white(ImageOps.exif_transpose(image))
    except MemoryError as error:
        raise PhotoError(faults.TOO_COMPLEX) from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, RuntimeError) as error:
        # The decoders raise all of these for damaged files.
        raise PhotoError(faults.DAMAGED) from error
    picture, size = _encoded(image)
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return picture, _jpeg(image, 70), size


def _opened(file) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # convert() knows the limit
    start = file.read(8)
    file.seek(0)
    if start[4:] != b"ftyp":
        return Image.open(file, formats=FORMATS)
    import pi_heif  # noqa: PLC0415 - few photos need it

    pi_heif.register_heif_opener(thumbnails=False)
    return Image.open(file, formats=("HEIF",))


def _on_white(image: Image.Image) -> Image.Image:
    """The pixels alone, and what is transparent in white. A new image has no metadata."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        return white
    bare = Image.new("RGB", image.size)
    bare.paste(image.convert("RGB"))
    return bare


def _encoded(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """About 300 kB: a smaller quality where there is much detail."""
    for side, quality in ATTEMPTS:
        smaller = image.copy()
        smaller.thumbnail((side, side), Image.Resampling.LANCZOS)
        content = _jpeg(smaller, quality)
        if len(content) <= (GOOD_BYTES if quality > ATTEMPTS[2][1] else MOST_STORED_BYTES):
            break
    return content, smaller.size


def _jpeg(image: Image.Image, quality: int) -> bytes:
    made = io.BytesIO()
    image.save(made, "JPEG", quality=quality, optimize=True, progressive=True)
    return made.getvalue()
