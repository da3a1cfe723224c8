"""Photos and files as phones and bad people make them, small ones where the size does not matter."""

import io
import struct
import zipfile
import zlib

import pillow_heif
from PIL import Image

RED, BLUE = (200, 30, 30), (30, 30, 200)
PLACE = {1: "S", 2: (6.0, 12.0, 30.0), 3: "E", 4: (106.0, 49.0, 0.0)}  # of EXIF: a store in Jakarta
GPS, ORIENTATION, CAMERA = 0x8825, 0x0112, 0x0110


def picture(width: int = 400, height: int = 300) -> Image.Image:
    """Red above, blue below."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width, height // 2))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    """With the place where the photo was taken."""
    facts = Image.Exif()
    facts[ORIENTATION], facts[CAMERA], facts[GPS] = orientation, "Telepon 7", PLACE
    return facts


def photo(kind: str = "JPEG", image: Image.Image | None = None, **more) -> bytes:
    made = io.BytesIO()
    (image or picture()).save(made, kind, **more)
    return made.getvalue()


def heic(width: int = 320, height: int = 240) -> bytes:
    made = io.BytesIO()
    pillow_heif.from_pillow(picture(width, height)).save(made, exif=exif().tobytes(), quality=50)
    return made.getvalue()


def pdf(words: bytes = b"") -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + words + b"\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def archive(name: str = "a.html") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as files:
        files.writestr(name, "<script>alert(1)</script>")
    return made.getvalue()


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it has this many pixels."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(99)))]
    chunks = [
        struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in [*parts, (b"IEND", b"")]
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def moving(kind: str = "PNG") -> bytes:
    return photo(kind, picture(), save_all=True, append_images=[Image.new("RGB", (400, 300), BLUE)] * 3)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def sent(*files: bytes | tuple[bytes, str], name: str = "files") -> dict[str, list]:
    """Files as a form without scripts sends them."""
    named = [one if isinstance(one, tuple) else (one, "foto.jpg") for one in files]
    return {name: [(io.BytesIO(content), called) for content, called in named]}
