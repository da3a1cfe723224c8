"""The fonts of the PDFs. Those of PDF itself hold Latin-1 only."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"  # Apache License 2.0, beside them
ROBOTO, ROBOTO_BOLD = FONTS / "Roboto-Regular.ttf", FONTS / "Roboto-Bold.ttf"


def add_roboto(pdf: "FPDF") -> None:
    """Makes the family "Roboto" known to a PDF, upright and bold."""
    pdf.add_font("Roboto", "", ROBOTO)
    pdf.add_font("Roboto", "B", ROBOTO_BOLD)
