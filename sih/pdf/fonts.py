"""The fonts of the PDFs, since the standard fonts of PDF cover Latin-1 only."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"  # Apache License 2.0, in the same folder
ROBOTO, ROBOTO_BOLD = FONTS / "Roboto-Regular.ttf", FONTS / "Roboto-Bold.ttf"


def add_roboto(pdf: "FPDF") -> None:
    """Adds the font family "Roboto", regular and bold, to a PDF."""
    pdf.add_font("Roboto", "", ROBOTO)
    pdf.add_font("Roboto", "B", ROBOTO_BOLD)


@functools.cache
def roboto_characters() -> frozenset[int]:
    """The code points that Roboto draws, upright and bold."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - heavy, and few processes need it

    return frozenset.intersection(*(frozenset(TTFont(path).getBestCmap() or {}) for path in (ROBOTO, ROBOTO_BOLD)))
