"""XLSX files built by hand, and what `sih.sheets` reads from them."""

import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

from sih import sheets
from sih.background.imports import columns_of
from sih.masters.nouns import EMPLOYEE
from sih.sheets import SheetError

HEAD = ["NIK", "Nama", "Toko"]
LINE = ["0077", "Budi", "T001"]
SHEET = "xl/worksheets/sheet1.xml"


def rows(content: bytes) -> list[dict[str, str]]:
    return [row.facts for row in sheets.read_sheet(content, columns_of(EMPLOYEE)).rows if not row.non_row]


def refusal(content: bytes) -> str:
    with pytest.raises(SheetError) as error:
        rows(content)
    return error.value.message % error.value.facts


def faults(content: bytes) -> dict[int, str]:
    found = sheets.read_sheet(content, columns_of(EMPLOYEE)).rows
    return {row.number: row.faults[0].text % row.faults[0].facts for row in found if row.faults}


def book(*lines: list, title: str = "Daftar") -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.active.title = title
    for line in lines:
        made.active.append(line)
    return made


def shared(*lines: list) -> bytes:
    """A workbook that keeps its texts in one table, as Excel does."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as made:
        sheet = made.add_worksheet("Daftar")
        for place, line in enumerate(lines):
            sheet.write_row(place, 0, line)
    return file.getvalue()


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def replaced(content: bytes, name: str, change) -> bytes:
    """The same zip with one member changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        members = {member: file.read(member) for member in file.namelist()}
    return zipped(**(members | {name: change(members[name])}))
