"""Activation sheets as a PDF of A4 pages with a slip for each person, to be cut apart; each store begins a new page.

The PDF is generated page by page while it is sent, without fpdf2, which keeps a whole file in memory: 150,000 people
need 25,000 pages.

Source: ISO 32000-1, 7.5 (objects, cross-reference table), 9.7 (fonts whose codes are glyph numbers)."""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

from sih.domain import pins
from sih.pdf.fonts import ROBOTO, ROBOTO_BOLD

WIDTH, HEIGHT, EDGE, HEAD = 595.28, 841.89, 36.0, 40.0  # points
COLUMNS, ROWS = 2, 7  # slips of a page
SLIP_WIDTH, SLIP_HEIGHT = (WIDTH - 2 * EDGE) / COLUMNS, (HEIGHT - 2 * EDGE - HEAD) / ROWS
FONTS = {"F1": ROBOTO, "F2": ROBOTO_BOLD}
CATALOG, PAGES = 1, 2  # object numbers; both objects are written last, when all pages are known


def pdf(slips: Iterable[tuple[dict, str]], public_url: str, days: int) -> Iterator[bytes]:
    """Yields the parts of the file. `slips`: (person, code), ordered by store; person has nik, name, store, store_name
    and city. `days`: validity of the codes."""
    file = _File()
    yield b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"
    resources = []
    for name, path in FONTS.items():
        yield from _font_objects(file, path)
        resources.append(f"/{name} {file.last} 0 R")
    pages = []
    for content in _pages(slips, public_url, days):
        yield file.stream(file.new(), content)
        body = f"/Type /Page /Parent {PAGES} 0 R /Contents {file.last} 0 R"
        yield file.object(file.new(), f"<< {body} >>".encode())
        pages.append(file.last)
    kids = " ".join(f"{number} 0 R" for number in pages)
    box = f"/MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << /Font << {' '.join(resources)} >> >>"
    yield file.object(PAGES, f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] {box} >>".encode())
    yield file.object(CATALOG, f"<< /Type /Catalog /Pages {PAGES} 0 R >>".encode())
    yield file.end()


class _File:
    """Serializes the objects of a PDF and records their byte offsets for the cross-reference table."""

    def __init__(self) -> None:
        self._places, self._size, self.last = {}, 15, PAGES

    def new(self) -> int:
        self.last += 1
        return self.last

    def object(self, number: int, body: bytes) -> bytes:
        content = b"%d 0 obj\n%s\nendobj\n" % (number, body)
        self._places[number] = self._size
        self._size += len(content)
        return content

    def stream(self, number: int, content: bytes, more: str = "") -> bytes:
        packed = zlib.compress(content, 1)
        head = f"<< /Length {len(packed)} /Filter /FlateDecode {more}>>".encode()
        return self.object(number, b"%s\nstream\n%s\nendstream" % (head, packed))

    def end(self) -> bytes:
        entries = b"".join(b"%010d 00000 n \n" % self._places[number] for number in range(1, self.last + 1))
        table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (self.last + 1, entries)
        trailer = b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        return table + trailer % (self.last + 1, CATALOG, self._size)


class _Font:
    def __init__(self, path) -> None:
        from fontTools.ttLib import TTFont  # noqa: PLC0415 - heavy, and few processes need it

        font = TTFont(path)
        self.content = Path(path).read_bytes()
        self.scale = 1000 / font["head"].__dict__["unitsPerEm"]
        self.name = font["name"].getDebugName(6)
        self.box = [round(font["head"].__dict__[side] * self.scale) for side in ("xMin", "yMin", "xMax", "yMax")]
        self.ascent, self.descent = (round(font["hhea"].__dict__[way] * self.scale) for way in ("ascent", "descent"))
        self.glyphs = {letter: font.getGlyphID(name) for letter, name in (font.getBestCmap() or {}).items()}
        self._codes = defaultdict(lambda: "0000", {letter: f"{glyph:04X}" for letter, glyph in self.glyphs.items()})
        widths = font["hmtx"].metrics
        self.widths = [round(widths[name][0] * self.scale) for name in font.getGlyphOrder()]

    @lru_cache(200)  # noqa: B019 - the two fonts live as long as the process; most lines repeat on every slip
    def show(self, text: str, room: float, size: float) -> tuple[str, float]:
        """The glyph numbers in hexadecimal, and the font size, reduced to fit into `room` points."""
        width = sum(self.widths[self.glyphs.get(ord(letter), 0)] for letter in text) * size / 1000
        return text.translate(self._codes), size * min(1, room / (width or 1))


@cache
def _font(name: str) -> _Font:
    return _Font(FONTS[name])


def _font_objects(file: _File, path) -> Iterator[bytes]:
    """Yields the objects of a font; file.last is then the number of the font object."""
    font = next(_font(name) for name in FONTS if FONTS[name] == path)
    data = file.new()
    yield file.stream(data, font.content, f"/Length1 {len(font.content)} ")
    facts = (
        f"/FontBBox {font.box} /ItalicAngle 0 /Ascent {font.ascent} /Descent {font.descent} /CapHeight 711 /StemV 80"
    )
    descriptor = file.new()
    body = f"<< /Type /FontDescriptor /FontName /{font.name} /Flags 4 {facts} /FontFile2 {data} 0 R >>".replace(",", "")
    yield file.object(descriptor, body.encode())
    inner = file.new()
    system = "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /CIDToGIDMap /Identity"
    widths = f"/DW 500 /W [0 [{' '.join(map(str, font.widths))}]]"
    body = f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{font.name} {system} {widths}"
    yield file.object(inner, f"{body} /FontDescriptor {descriptor} 0 R >>".encode())
    letters = file.new()
    yield file.stream(letters, _letters(font))
    outer = file.new()
    body = f"<< /Type /Font /Subtype /Type0 /BaseFont /{font.name} /Encoding /Identity-H /DescendantFonts [{inner} 0 R]"
    yield file.object(outer, f"{body} /ToUnicode {letters} 0 R >>".encode())


def _letters(font: _Font) -> bytes:
    """The ToUnicode map of the font, which allows searching and copying text (9.10.3)."""
    pairs = [(glyph, letter) for letter, glyph in font.glyphs.items() if letter < 0x10000]
    lines = ["/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Letters def /CMapType 2 def"]
    lines.append("1 begincodespacerange <0000> <FFFF> endcodespacerange")
    for first in range(0, len(pairs), 100):
        some = pairs[first : first + 100]
        lines += [f"{len(some)} beginbfchar", *(f"<{glyph:04X}> <{letter:04X}>" for glyph, letter in some), "endbfchar"]
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode()


def _pages(slips: Iterable[tuple[dict, str]], public_url: str, days: int) -> Iterator[bytes]:
    """Yields the content stream of each page. Without slips there is one page that says so."""
    store, place, lines = None, 0, []
    for person, code in slips:
        if person["store"] != store or place == COLUMNS * ROWS:
            if lines:
                yield "\n".join(lines).encode()
            store, place, lines = person["store"], 0, [_head(person)]
        lines += _slip(place, person, code, public_url, days)
        place += 1
    yield "\n".join(lines or [_text("F1", 11, EDGE, HEIGHT - EDGE - 12, "Tidak ada yang memerlukan kode.")]).encode()


def _head(person: dict) -> str:
    text = f"{person['store']} {person['store_name']}, {person['city']}"
    return _text("F2", 14, EDGE, HEIGHT - EDGE - 14, text, WIDTH - 2 * EDGE)


def _slip(place: int, person: dict, code: str, public_url: str, days: int) -> list[str]:
    row, column = divmod(place, COLUMNS)
    left, top = EDGE + column * SLIP_WIDTH, HEIGHT - EDGE - HEAD - row * SLIP_HEIGHT
    frame = f"0.6 G {left:.2f} {top - SLIP_HEIGHT:.2f} {SLIP_WIDTH:.2f} {SLIP_HEIGHT:.2f} re S"
    lines = (
        ("F2", 11, 18, person["name"]),
        ("F1", 9, 31, f"{person['nik']}, {person['store']} {person['store_name']}"),
        ("F2", 17, 54, pins.format_code(code)),
        ("F1", 8, 70, f"Buka {public_url}/activations/new,"),
        ("F1", 8, 80, f"masukkan NIK dan kode ini, lalu pilih PIN Anda. Berlaku {days} hari."),
    )
    room = SLIP_WIDTH - 20
    return [frame, *(_text(font, size, left + 10, top - down, text, room) for font, size, down, text in lines)]


def _text(font: str, size: float, x: float, y: float, text: str, room: float = WIDTH) -> str:
    glyphs, size = _font(font).show(text, room, size)
    return f"BT /{font} {size:.2f} Tf {x:.2f} {y:.2f} Td <{glyphs}> Tj ET"
