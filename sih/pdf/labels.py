"""Labels of assets: a QR code (ISO/IEC 18004) that opens the report form for the asset; alone or on an A4 sheet."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from sih.masters.records import Asset
from sih.pdf.fonts import add_roboto

if TYPE_CHECKING:
    from fpdf import FPDF

COLUMNS, ROWS = 3, 8  # of a commercial A4 sheet with labels of 70 x 37 mm
WIDTH, HEIGHT = 70.0, 37.0  # millimetres
CODE, EDGE, TEXT_LEFT = 27.0, 4.0, 35.0  # leave four white modules between code and text
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


def _label(pdf: "FPDF", left: float, top: float, leads_to: str, asset: Asset) -> None:
    _code(pdf, left + EDGE, top + EDGE, leads_to)
    pdf.set_xy(left + TEXT_LEFT, top + EDGE + 2)
    for size, style, text in ((11, "B", asset.label), (9, "", asset.kind), (7, "", asset.store), (7, "", asset.serial)):
        pdf.set_x(left + TEXT_LEFT)
        pdf.set_font("Roboto", style, _fitting(pdf, text, style, size))
        pdf.multi_cell(WIDTH - TEXT_LEFT - 2, size * 0.45, text, align="L", max_line_height=size * 0.45)
    pdf.set_font("Roboto", "", 6)
    pdf.text(left + TEXT_LEFT + 1, top + HEIGHT - 5, "Rusak? Pindai kode ini.")


def _fitting(pdf: "FPDF", text: str, style: str, size: float) -> float:
    """A font size in points, reduced so that the text needs at most two lines."""
    pdf.set_font("Roboto", style, size)
    room = 2 * (WIDTH - TEXT_LEFT - 4)
    return size if pdf.get_string_width(text) <= room else max(4.0, size * room / pdf.get_string_width(text))


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
