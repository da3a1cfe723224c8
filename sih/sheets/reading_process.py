"""Entry point of the process that reads one file (apart.py): the file on standard input, lines of JSON on standard
output."""

import json
import sys
import traceback
from dataclasses import asdict
from itertools import groupby, islice

from sih.sheets import faults
from sih.sheets.child import limit_itself
from sih.sheets.faults import SheetError
from sih.sheets.reading import Column, Row, read_sheet

BATCH, CAUSE = 500, 2000  # rows per line of output; characters for the log


def main(wanted: str, seconds: str, size: str) -> None:
    """`wanted`: columns, chosen and has_cells of reading.read_sheet(), as JSON; `seconds` of processor time and bytes
    of memory. The output ends with a refusal or an end message; if neither comes, the process was killed."""
    limit_itself(int(seconds), int(size))
    try:
        facts = json.loads(wanted)
        facts["columns"] = [Column(**column) for column in facts["columns"]]
        lists = read_sheet(sys.stdin.buffer.read(), **facts)
        _say(sheets=[asdict(sheet) for sheet in lists.sheets], headings=lists.headings)
        for (sheet, *names), rows in groupby(lists.rows, key=lambda row: (row.sheet, *row.facts)):
            while batch := list(islice(rows, BATCH)):
                _say(sheet=sheet, columns=names, rows=[_encode(row) for row in batch])
        _say(end=True)
    except SheetError as error:
        _refuse(error, traceback.format_exc())
    except MemoryError:
        _refuse(faults.too_complex(), "out of memory")


def _encode(row: Row) -> list:
    row_faults = [[fault.text, fault.facts] for fault in row.faults]
    return [row.number, list(row.facts.values()), row_faults, row.is_hidden, _more(row)]


def _more(row: Row) -> dict:
    """The fields that only few rows have."""
    more = {"is_tidied": row.is_tidied, "non_row": row.non_row, "last": row.last, "cells": row.cells}
    return {name: value for name, value in more.items() if value}


def _refuse(error: SheetError, cause: str) -> None:
    _say(refused=error.message, facts=error.facts, cause=cause[-CAUSE:])


def _say(**message) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
