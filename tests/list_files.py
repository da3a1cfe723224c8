"""Files as offices send them, built for the tests: workbooks of several sheets, headings of several rows, and what is
no workbook."""

import io
import re
import zipfile

import openpyxl

from tests.import_files import saved
from tests.xlsx_files import replaced, zipped

HEAD = ["NIK", "Nama", "Kode Toko"]
WORKBOOK = "xl/workbook.xml"


def workbook(**sheets: list[list]) -> openpyxl.Workbook:
    """A sheet for each name, with these rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def sheets(**rows: list[list]) -> bytes:
    return saved(workbook(**rows))


def with_hidden(content: openpyxl.Workbook, state: str, *names: str) -> bytes:
    for name in names:
        content[name].sheet_state = state
    return saved(content)


def merged(rows: list[list], *ranges: str) -> bytes:
    """One sheet with these cells merged."""
    book = workbook(Daftar=rows)
    for one in ranges:
        book["Daftar"].merge_cells(one)
    return saved(book)


def coloured(content: bytes, columns: int) -> bytes:
    """With so many empty coloured cells at the end of each row; the last holds a blank."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row in range(1, book.active.max_row + 1):
        for column in range(4, 4 + columns):
            book.active.cell(row, column).fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
        book.active.cell(row, 3 + columns).value = " "
    return saved(book)


def renamed(content: bytes, names: dict[str, str]) -> bytes:
    """With parts of other names, which the parts that name them know."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    changed = {}
    for name, member in members.items():
        for old, new in names.items():
            member = member.replace(old.rpartition("/")[2].encode(), new.rpartition("/")[2].encode())
        rels = re.sub(r"_rels/(.*)\.rels", r"\1", name)
        changed[names.get(name) or (name if rels not in names else _rels(names[rels]))] = member
    return zipped(**changed)


def _rels(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}


def strict(content: bytes) -> bytes:
    """As "Strict Open XML" of Excel: other namespaces, and a date as its text."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    for name in members:
        for old, new in STRICT.items():
            members[name] = members[name].replace(old, new)
    return zipped(**members)


def with_main_part(content: bytes, change) -> bytes:
    return replaced(content, WORKBOOK, change)


def ole(*streams: str) -> bytes:
    """The beginning of a compound file, and the names of its streams as a directory holds them (MS-CFB 2.6.1)."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + b"".join(one.encode("utf-16-le") for one in streams)


JAWA, BALI = ["0050001", "Jaka", "T001"], ["0050002", "Bagus", "T002"]
TWO = sheets(Jawa=[HEAD, JAWA], Petunjuk=[["Isi semua"]], Bali=[["Kode Toko", "NIK", "Nama"], ["T002", *BALI[:2]]])
HTML = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8"></head><body>'
    "<table><tr><th>NIK</th><th>Nama</th></tr><tr><td>00771</td><td>Budi</td></tr></table></body></html>"
)
XML_2003 = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:html="http://www.w3.org/TR/REC-html40">'
    '<Styles><Style ss:ID="a"/></Styles><Worksheet ss:Name="Daftar"><Table><Row><Cell><Data ss:Type="String">NIK</Data>'
    "</Cell></Row></Table></Worksheet></Workbook>"
)


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def package(main: str) -> dict[str, bytes]:
    """The parts of a document whose main part has this name."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="{main}"/></Relationships>'
    )
    return {"_rels/.rels": relations.encode(), main: b"<x/>"}
