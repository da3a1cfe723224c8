"""Import and export files: XLSX and CSV, read and written row by row."""

from sih.sheets.apart import read_apart, stop_reading
from sih.sheets.faults import Fault, SheetError
from sih.sheets.reading import Column, Lists, Row, Sheet, read_sheet
from sih.sheets.writing import hours_and_minutes, write_csv, write_xlsx

__all__ = [
    "Column",
    "Fault",
    "Lists",
    "Row",
    "Sheet",
    "SheetError",
    "hours_and_minutes",
    "read_apart",
    "read_sheet",
    "stop_reading",
    "write_csv",
    "write_xlsx",
]
