"""A PDF of A4 portrait pages with lines of text, tables and charts."""

from fpdf import FPDF

from sih.domain.charts import Chart
from sih.pdf.fonts import add_roboto

FRAMES = ((47, 125, 225), (201, 111, 18))  # RGB of the outlines and fills of series 1 and 2
FILLS = ((47, 125, 225), (231, 190, 149))
FIRST, GAP, LABELS, AMOUNTS = 49.0, 8.0, 12, 11  # first column and gap in mm; font sizes in units of a chart
SIZE = 9  # points, of tables and of titles of charts
Picture = tuple[str, Chart, tuple[str, ...]]  # title, chart, names of its series


class Paper(FPDF):
    def __init__(self, title: str) -> None:
        super().__init__(format="A4", unit="mm")
        self.set_auto_page_break(False)
        self.set_title(title)
        add_roboto(self)
        self.add_page()

    def text_line(self, text: str, height: float, size: float, style: str = "") -> None:
        """A line of text; `height` in mm, `size` in points, `style` "B" for bold."""
        self.set_font("Roboto", style, size)
        self.cell(0, height, text, new_x="LMARGIN", new_y="NEXT")

    def grid(self, heads: list[str], body: list[list[str]]) -> None:
        """A table: the first column contains names, the others right-aligned figures."""
        width = (self.epw - FIRST) / (len(heads) - 1)
        for place, (name, *figures) in enumerate([heads, *body]):
            self.set_font("Roboto", "" if place else "B", SIZE)
            self.cell(FIRST, 6, self._cut(name, FIRST - 1), border="B")
            for text in figures:
                self._number(text, width)
            self.ln()
        self.ln(5)

    def pair(self, *pictures: Picture) -> None:
        """Two charts side by side."""
        top, width = self.get_y(), (self.epw - GAP) / 2
        for place, picture in enumerate(pictures):
            self._picture(self.l_margin + place * (width + GAP), top, width, *picture)
        self.set_y(top + 12 + max(chart.height for _, chart, _ in pictures) * width / pictures[0][1].width)

    def _cut(self, text: str, room: float) -> str:
        while text and self.get_string_width(text) > room:
            text = text[:-2] + "…" if len(text) > 2 else ""
        return text

    def _number(self, text: str, width: float) -> None:
        """A number in a cell, in a smaller font if needed: a truncated number would be wrong."""
        needed = self.get_string_width(text) or 1
        self.set_font_size(SIZE * min(1, (width - 2) / needed))
        self.cell(width, 6, text, border="B", align="R")
        self.set_font_size(SIZE)

    def _picture(self, left: float, top: float, width: float, title: str, chart: Chart, names: tuple) -> None:
        self.set_font("Roboto", "B", SIZE)
        self.text(left, top + 3, title)
        self._keys(left + self.get_string_width(title) + 3, top + 3, names)
        scale, top = width / chart.width, top + 5
        for bar in (bar for bar in chart.bars if bar.value):
            self._fill(bar.place, left + bar.x * scale, top + bar.y * scale, bar.width * scale, bar.height * scale)
            self._amount(bar, chart, left, top, scale)
        self._font(LABELS * scale)
        for x, y, label in chart.labels:
            text = self._cut(label, width)
            back = self.get_string_width(text) / 2 if chart.is_upright else 0
            self.text(left + x * scale - back, top + y * scale, text)

    def _keys(self, left: float, base: float, names: tuple) -> None:
        self.set_font("Roboto", "", 7)
        for place, name in enumerate(names):
            self._fill(place, left, base - 2, 2, 2)
            self.text(left + 3, base, name)
            left += self.get_string_width(name) + 5

    def _fill(self, place: int, *box: float) -> None:
        self.set_fill_color(*FILLS[place])
        self.set_draw_color(*FRAMES[place])
        self.rect(*box, style="DF")
        self.set_draw_color(0)

    def _amount(self, bar, chart: Chart, left: float, top: float, scale: float) -> None:
        """The value of a bar: beside a horizontal bar, above a vertical one; rotated if the chart says so."""
        self._font(AMOUNTS * scale)
        x, y = left + (bar.x + bar.width / 2) * scale, top + (bar.y - 3) * scale
        if chart.is_turned:
            with self.rotation(90, x, y):
                self.text(x, y + 3.5 * scale, bar.text)
        elif chart.is_upright:
            self.text(x - self.get_string_width(bar.text) / 2, y, bar.text)
        else:
            self.text(left + (bar.x + bar.width + 4) * scale, top + (bar.y + 10) * scale, bar.text)

    def _font(self, millimetres: float) -> None:
        self.set_font("Roboto", "", millimetres * 72 / 25.4)
