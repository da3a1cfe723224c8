"""Labels of assets: a QR code (ISO/IEC 18004) that opens the report form for the asset; alone or on an A4 sheet."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from sih.masters.records import Asset
from sih.pdf.fonts import add_roboto, roboto_characters

if TYPE_CHECKING:
    from fpdf import FPDF

COLUMNS, ROWS = 3, 8  # of a commercial A4 sheet with labels of 70 x 37 mm
WIDTH, HEIGHT = 70.0, 37.0  # millimetres
CODE, EDGE, TEXT_LEFT = 27.0, 4.0, 35.0  # leave four white modules between code and text
TEXT_WIDTH = WIDTH - TEXT_LEFT - 2
LINE, ASCENT = 0.47, 0.34  # millimetres of a line, and above its base, for each point of its letters
LABEL_SIZES = (11.0, 8.0)  # points: of one line at best and at least
SIZES = ((9.0, 7.0), (7.0, 6.0), (7.0, 6.0))  # of kind, store and serial number
HINT, MOST_LINES = 6.0, 2
PIECE = re.compile(r"[^\s/._-]*[/._-]+|[^\s/._-]+|\s+")
CONTROLS = ("Cc", "Cf")  # joiners, too; Unicode's categories
FORMLESS = (*CONTROLS, "Mn", "Me")  # and marks: where the font lacks them, nothing is lost
QUIET = 4  # white modules around a code, which scanners need


def address(public_url: str, label: str) -> str:
    """The URL in the code: the report form with this asset filled in."""
    return f"{public_url}/problems/new?asset={quote(label, safe='')}"


def code(public_url: str, label: str) -> str:
    """The QR code as an SVG data URI."""
    import segno  # noqa: PLC0415 - heavy, and few processes need it

    return segno.make(address(public_url, label), error="m", micro=False).svg_data_uri(scale=4, border=QUIET)


def sheet(public_url: str, assets: Iterable[Asset]) -> bytes:
    """A PDF of A4 pages with a label for each asset."""
    from fpdf import FPDF  # noqa: PLC0415 - heavy, and few processes need it

    pdf = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(False)
    pdf.set_title("Label inventaris")
    add_roboto(pdf)
    for place, asset in enumerate(assets):
        if place % (COLUMNS * ROWS) == 0:
            pdf.add_page()
        row, column = divmod(place % (COLUMNS * ROWS), COLUMNS)
        _label(pdf, column * WIDTH, row * HEIGHT + 0.5, address(public_url, asset.label), asset)
    return bytes(pdf.output())


def missing_characters(assets: Iterable[Asset]) -> list[str]:
    """What the font of the labels lacks, sorted, each character once; the labels show "\ufffd" there."""
    texts = {text for asset in assets for text in _texts(asset)}
    return sorted({character for text in texts for character in text if not _is_drawn(character)})


def _texts(asset: Asset) -> tuple[str, ...]:
    """The label and what stands below it; characters without a form of their own are left out."""
    texts = (asset.label, asset.kind, asset.store, asset.serial)
    return tuple(
        "".join(
            character
            for character in unicodedata.normalize("NFC", " ".join(text.split()))
            if unicodedata.category(character) not in (CONTROLS if _is_drawn(character) else FORMLESS)
        )
        for text in texts
    )


def _is_drawn(character: str) -> bool:
    return ord(character) in roboto_characters()


def _label(pdf: "FPDF", left: float, top: float, leads_to: str, asset: Asset) -> None:
    _code(pdf, left + EDGE, top + EDGE, leads_to)
    base = top + EDGE
    for style, size, line in _lines(pdf, asset):
        pdf.set_font("Roboto", style, size)
        pdf.text(left + TEXT_LEFT, base + size * ASCENT, line)
        base += size * LINE
    pdf.set_font("Roboto", "", HINT)
    pdf.text(left + TEXT_LEFT, top + HEIGHT - EDGE - HINT * (LINE - ASCENT), "Rusak? Pindai kode ini.")


def _lines(pdf: "FPDF", asset: Asset) -> list[tuple[str, float, str]]:
    """(style, size in points, text) of each line beside the code. All fit above the hint; the label is never cut."""
    label, *others = ("".join(c if _is_drawn(c) else "\ufffd" for c in text) for text in _texts(asset))
    room = HEIGHT - 2 * EDGE - HINT * LINE
    below = [(size, least, text) for (size, least), text in zip(SIZES, others, strict=True) if text]
    kept = sum(least * LINE for _, least, _ in below)
    lines = _whole(pdf, label, room - kept) if label else []
    room -= sum(size * LINE for _, size, _ in lines)
    for size, least, text in below:
        kept -= least * LINE
        added = _shortened(pdf, text, size, least, min(MOST_LINES, int((room - kept) / (least * LINE))))
        room -= sum(size * LINE for _, size, _ in added)
        lines += added
    return lines


def _whole(pdf: "FPDF", text: str, room: float) -> list[tuple[str, float, str]]:
    """One line while its letters stay legible, else as many smaller ones as fit into `room` millimetres."""
    size, least = LABEL_SIZES
    fitting = _size_of_one_line(pdf, "B", text, size)
    if fitting >= least:
        return [("B", fitting, text)]
    size = least
    while len(lines := _wrapped(pdf, "B", text, size)) * size * LINE > room:
        size -= 0.5
    return [("B", size, line.rstrip()) for line in lines]


def _shortened(pdf: "FPDF", text: str, size: float, least: float, most: int) -> list[tuple[str, float, str]]:
    """One line, smaller down to `least`; then up to `most` lines, the last with an ellipsis where the text goes on."""
    fitting = _size_of_one_line(pdf, "", text, size)
    if fitting >= least:
        return [("", fitting, text)]
    lines = _wrapped(pdf, "", text, least)
    if len(lines) > most:
        last = "".join(lines[most - 1 :])
        while pdf.get_string_width(last + "…") > TEXT_WIDTH:
            last = last[:-1].rstrip()
        lines = [*lines[: most - 1], last + "…"]
    return [("", least, line.rstrip()) for line in lines]


def _size_of_one_line(pdf: "FPDF", style: str, text: str, size: float) -> float:
    """[points]: `size`, or less where the text is wider than its place; a width grows with the size."""
    pdf.set_font("Roboto", style, size)
    return min(size, size * TEXT_WIDTH / max(pdf.get_string_width(text), 0.1))


def _wrapped(pdf: "FPDF", style: str, text: str, size: float) -> list[str]:
    """Lines no wider than their place but for the blanks at their ends; broken after blanks and separators, or within
    a word that is wider. Joined they are the text."""
    pdf.set_font("Roboto", style, size)
    lines = [""]
    for piece in PIECE.findall(text):
        if lines[-1] and pdf.get_string_width((lines[-1] + piece).rstrip()) > TEXT_WIDTH:
            lines.append("")
        for character in piece:
            if lines[-1] and pdf.get_string_width(lines[-1] + character) > TEXT_WIDTH and character != " ":
                lines.append("")
            lines[-1] += character
    return lines


def _code(pdf: "FPDF", left: float, top: float, leads_to: str) -> None:
    import segno  # noqa: PLC0415 - heavy, and few processes need it

    matrix = list(segno.make(leads_to, error="m", micro=False).matrix)
    module = CODE / len(matrix)
    pdf.set_fill_color(0)
    for row, modules in enumerate(matrix):
        start = None
        for column, dark in enumerate([*modules, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                width = (column - start) * module
                pdf.rect(left + start * module, top + row * module, width, module, style="F")
                start = None
