"""A PDF of A4 portrait pages with lines of text, tables and charts."""

from fpdf import FPDF

from sih.domain.charts import Chart
from sih.pdf.fonts import add_roboto

FRAMES = ((47, 125, 225), (201, 111, 18))  # RGB of the outlines and fills of series 1 and 2
FILLS = ((47, 125, 225), (231, 190, 149))
GAP, LABELS, AMOUNTS = 8.0, 12, 11  # gap in mm; font sizes in units of a chart
FIRST, WIDEST = 30.0, 76.0  # the least and the most of a column of names, in mm
ROW, HEAD, LINE, FOOT = 5.5, 4.0, 5.0, 15.0  # heights in mm: a row, a line of its head, a note, the foot
SIZE = 9  # points, of tables and of titles of charts
Picture = tuple[str, Chart, tuple[str, ...], str]  # title, chart, names of its series, note below it


class Paper(FPDF):
    def __init__(self, title: str, language: str, foot: str, page_of: str) -> None:
        """`foot`: a text on the left of each page's foot; `page_of`: the one on its right, with the places %(page)s and
        %(pages)s."""
        super().__init__(format="A4", unit="mm")
        self._foot, self._page_of = foot, page_of
        self.set_auto_page_break(False)
        self.set_title(title)
        self.set_lang(language)
        add_roboto(self)
        self.add_page()

    def footer(self) -> None:
        """Called by FPDF at the end of each page."""
        self.set_y(-FOOT)
        self.set_font("Roboto", "", 8)
        self.cell(self.epw / 2, 5, self._foot)
        self.cell(0, 5, self._page_of % {"page": self.page_no(), "pages": self.str_alias_nb_pages}, align="R")

    def text_line(self, text: str, height: float, size: float, style: str = "") -> None:
        """A line of text; `height` in mm, `size` in points, `style` "B" for bold."""
        self.set_font("Roboto", style, size)
        self.cell(0, height, text, new_x="LMARGIN", new_y="NEXT")

    def titled_grid(self, title: str, heads: list[str], body: list[list[str]], note: str = "") -> None:
        """A titled grid and a note below it, on a new page if it does not fit on this one."""
        self._go_on(9 + self._head_height(heads, body) + ROW * len(body) + LINE * bool(note))
        self.text_line(title, 9, 12, "B")
        self.grid(heads, body, note)

    def grid(self, heads: list[str], body: list[list[str]], note: str = "") -> None:
        """A table: a column of names, and columns of figures under heads that wrap."""
        first, width = self._widths(heads, body)
        top, height = self.get_y(), self._head_height(heads, body)
        for place, head in enumerate(heads):
            self.set_xy(self.l_margin + (first + (place - 1) * width if place else 0), top)
            self.multi_cell(width if place else first, HEAD, head, align="R" if place else "L")
        self.set_y(top + height)
        self.line(self.l_margin, top + height, self.w - self.r_margin, top + height)
        for name, *figures in body:
            self.set_font("Roboto", "", SIZE)
            self.cell(first, ROW, self._shortened(name, first - 1), border="B")
            for text in figures:
                self._number(text, width)
            self.ln()
        if note:
            self.text_line(note, LINE, 8)
        self.ln(5)

    def _widths(self, heads: list[str], body: list[list[str]]) -> tuple[float, float]:
        """Of the names, and of each other column."""
        self.set_font("Roboto", "B", SIZE)
        longest = max((self.get_string_width(row[0]) for row in [heads, *body]), default=0) + 3
        first = min(max(longest, FIRST), WIDEST)
        return first, (self.epw - first) / (len(heads) - 1)

    def _head_height(self, heads: list[str], body: list[list[str]]) -> float:
        first, width = self._widths(heads, body)
        heights = [
            self.multi_cell(width if place else first, HEAD, head, dry_run=True, output="HEIGHT")
            for place, head in enumerate(heads)
        ]
        return max(float(str(height)) for height in heights) + 1

    def _go_on(self, height: float) -> None:
        """On a new page where so many millimetres are not left of this one."""
        if self.get_y() + height > self.h - FOOT:
            self.add_page()

    def pair(self, *pictures: Picture) -> None:
        """Two charts side by side."""
        width = (self.epw - GAP) / 2
        height = 10 + max(chart.height for _, chart, _, _ in pictures) * width / pictures[0][1].width
        self._go_on(height)
        top = self.get_y()
        for place, picture in enumerate(pictures):
            self._picture(self.l_margin + place * (width + GAP), top, width, *picture)
        self.set_y(top + height + 2)

    def _shortened(self, text: str, room: float) -> str:
        while text and self.get_string_width(text) > room:
            text = text[:-2] + "…" if len(text) > 2 else ""
        return text

    def _number(self, text: str, width: float) -> None:
        """A number in a cell, in a smaller font if needed: a truncated number would be wrong."""
        needed = self.get_string_width(text) or 1
        self.set_font_size(SIZE * min(1, (width - 2) / needed))
        self.cell(width, ROW, text, border="B", align="R")
        self.set_font_size(SIZE)

    def _picture(
        self, left: float, top: float, width: float, title: str, chart: Chart, names: tuple, note: str
    ) -> None:
        self.set_font("Roboto", "B", SIZE)
        self.text(left, top + 3, title)
        self._keys(left + self.get_string_width(title) + 3, top + 3, names)
        scale, top = width / chart.width, top + 5
        for bar in (bar for bar in chart.bars if bar.value):
            self._fill(bar.place, left + bar.x * scale, top + bar.y * scale, bar.width * scale, bar.height * scale)
            self._amount(bar, chart, left, top, scale)
        self._font(LABELS * scale)
        for x, y, label in chart.labels:
            text = self._shortened(label, width)
            back = self.get_string_width(text) / 2 if chart.is_upright else 0
            self.text(left + x * scale - back, top + y * scale, text)
        self.set_font("Roboto", "", 8)
        self.text(left, top + chart.height * scale + 3, note)

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
