"""Finds the heading rows of a sheet and the column that each heading names.

A heading has one to three rows: "Penempatan" above "Kode Toko" and "Divisi". The texts above a cell are joined from the
top down; a group heading covers the empty cells to its right, as a merged cell does."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sih.sheets.faults import Fault

ROWS = 20  # rows that are searched: titles and notes may precede the headings
DEPTH = 3  # rows of a heading at most
LONGEST = 100  # characters; longer headings are truncated

Numbered = tuple[int, Sequence[str | Fault]]  # the number of a row, and the row


@dataclass
class Headings:
    """`places`: the cell index of each column; `unused`: headings that name no column; `width`: the number of cells;
    `depth`: the number of rows; `end`: the index after the last of them, `last`: its row number; `twice`: a heading
    that occurs more than once."""

    places: dict[str, int]
    unused: list[str]
    width: int
    depth: int
    end: int
    last: int
    twice: str = ""
    texts: list[str] = field(default_factory=list)  # the joined heading of each cell
    lines: list[list[str]] = field(default_factory=list)  # the texts of each heading row

    def name_bare(self, rows: list[Sequence[str | Fault]]) -> None:
        """Adds the columns without a heading in which these rows have something to `unused`, by their letters."""
        for place, text in enumerate(self.texts):
            if not text and any(row[place] for row in rows if place < len(row)):
                self.unused.append(f"[{letters(place)}]")

    def has(self, names: list[str]) -> bool:
        return not self.twice and all(name in self.places for name in names)


def find(rows: list[Numbered], names: dict[str, str], required: list[str]) -> Headings | None:
    """Of the first rows of a sheet, those that name most columns; None for a sheet without rows. `names`: the column
    of each heading in its plain() form."""
    best, best_score = None, ()
    for start in range(min(len(rows), ROWS)):
        for depth in range(1, DEPTH + 1):
            found = _read(rows, start, depth, names)
            if found is None:
                break
            # If no column is found, the row with most texts is most likely meant as the headings.
            texts = 0 if found.places else len(list(filter(None, found.texts)))
            score = (found.has(required), len(found.places), texts, depth if found.twice else -depth)
            if best is None or score > best_score:
                best, best_score = found, score
    return _with_what_follows(rows, best, names) if best else None


def letters(place: int) -> str:
    """The letters of a column in a spreadsheet program, for its index below 702: 0 is "A", 26 is "AA"."""
    high, low = divmod(place, 26)
    return (chr(64 + high) if high else "") + chr(65 + low)


def plain(heading: str) -> str:
    """The form in which headings are compared: lower-case letters and digits; "NIK *" becomes "nik"."""
    return re.sub(r"[^0-9a-z]+", "", heading.lower())


def _with_what_follows(rows: list[Numbered], found: Headings, names: dict[str, str]) -> Headings:
    """Adds the rows below that name no further column and are no data: their cells are below unknown headings, or are
    the same headings in the other language."""
    while found.places and found.depth < DEPTH:
        longer = _read(rows, found.end - found.depth, found.depth + 1, names)
        if longer is None or longer.places != found.places:
            return found
        found = longer
    return found


def _read(rows: list[Numbered], start: int, depth: int, names: dict[str, str]) -> Headings | None:
    """These rows as headings; None if they cannot be headings."""
    part = rows[start : start + depth]
    if len(part) < depth or part[-1][0] - part[0][0] != depth - 1:  # an empty row is between them
        return None
    width = max(len(row) for _, row in part)
    lines = [[_text(row[place]) if place < len(row) else "" for place in range(width)] for _, row in part]
    if any(_is_data(lines, place, names) for place in range(width)):
        return None
    columns = list[tuple[str, ...]](zip(*_spread(lines), strict=True))
    joined: list[str] = [" ".join(filter(None, texts))[: LONGEST + 1] for texts in columns]
    places, twice = _places(columns, joined, names)
    used = set(places.values())
    unused = [text for place, text in enumerate(joined) if text and place not in used]
    return Headings(places, unused, width, depth, start + depth, part[-1][0], twice, joined, lines)


def _text(cell: str | Fault) -> str:
    return cell[: LONGEST + 1] if isinstance(cell, str) else ""


def _is_data(lines: list[list[str]], place: int, names: dict[str, str]) -> bool:
    """Whether a text that is no heading is below a known heading."""
    texts = [line[place] for line in lines if line[place]]
    return any(
        plain(above) in names and not _named([above, below], names) and plain(below) not in names
        for above, below in zip(texts, texts[1:], strict=False)
    )


def _spread(lines: list[list[str]]) -> list[list[str]]:
    """Repeats each group heading above every column that it covers."""
    spread = [list(line) for line in lines]
    for level in range(len(lines) - 1):
        group = ""
        for place in range(len(lines[level])):
            has_text_above = any(line[place] for line in lines[:level])
            has_text_below = any(line[place] for line in lines[level + 1 :])
            if lines[level][place] or has_text_above:
                group = lines[level][place] if has_text_below else ""
            elif has_text_below:
                spread[level][place] = group
    return spread


def _places(
    columns: Sequence[tuple[str, ...]], joined: Sequence[str], names: dict[str, str]
) -> tuple[dict[str, int], str]:
    """The cell index of each column, and a heading that occurs more than once, or "". Headings are compared with their
    groups first: of "Karyawan: Nama" and "Atasan: Nama" the first is "Nama Karyawan"."""
    places: dict[str, int] = {}
    for name_of in (_named, _named_below):
        found = [name_of(list(filter(None, texts)), names) for texts in columns]
        amounts = Counter(name for name in found if name and name not in places)
        for place, name in enumerate(found):
            if name in amounts and amounts[name] > 1:
                return places, joined[place]
        places |= {name: place for place, name in enumerate(found) if name in amounts}
    return places, ""


def _named(texts: list[str], names: dict[str, str]) -> str | None:
    """The column that these texts name when joined in either order, or that each of them names."""
    parts = [plain(text) for text in texts]
    for one in (parts, parts[::-1], parts[-2:], parts[-2:][::-1]):
        if name := names.get("".join(one)):
            return name
    each = {names.get(part) for part in parts}
    return each.pop() if len(each) == 1 else None


def _named_below(texts: list[str], names: dict[str, str]) -> str | None:
    """The column that the last text names, unless its group names another one, as in "Nama" below "Toko"."""
    if len(texts) < 2:
        return None
    name = names.get(plain(texts[-1]))
    groups = {names.get(plain(word)) for text in texts[:-1] for word in text.split()} - {None}
    return name if not groups or name in groups else None
