"""LibreOffice opens the spreadsheets, and finds numbers and dates where they are meant."""

import csv
import os
import shutil
import subprocess
from datetime import UTC, datetime

import pytest

from sih.background.worker import Worker
from sih.domain import clock
from sih.domain.vocabulary import DIMENSIONS, FIGURES
from sih.recap.problem_rows import COLUMNS
from tests.histories import lives

pytestmark = [pytest.mark.long, pytest.mark.filled(by=lives(50, seed=3))]
NOW = datetime(2025, 3, 10, tzinfo=UTC)
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,true,false,false,-1"  # ; " UTF-8, as shown


@pytest.fixture
def soffice() -> str:
    if shutil.which("soffice") is None:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("There is no LibreOffice here; tests/setup/needs.sh libreoffice installs one.")
    return shutil.which("soffice")


@pytest.fixture
def opened(soffice, tmp_path):
    """opened(content) is what LibreOffice shows: rows of texts, by the name of the sheet."""

    def open_it(content: bytes) -> dict[str, list[list[str]]]:
        (tmp_path / "x.xlsx").write_bytes(content)
        command = [soffice, f"-env:UserInstallation=file://{tmp_path}/home", "--headless"]
        command += ["--convert-to", EVERY_SHEET, "--outdir", str(tmp_path), str(tmp_path / "x.xlsx")]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return {path.stem.removeprefix("x-"): _rows(path) for path in tmp_path.glob("x-*.csv")}

    return open_it


def _rows(path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


@pytest.fixture
def susi(person, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return person("susi")


def test_libreoffice_opens_a_recap(susi, opened):
    susi.get("/recap-files?period=2024-12&format=xlsx")
    sheets = opened(susi.response.data)
    assert set(sheets) == {"Ringkasan", "Bulan", *DIMENSIONS.values()}
    assert sheets["Ringkasan"][0][0] == "Rekap Desember 2024"
    head, *months = sheets["Bulan"][:13]  # its notes follow
    assert head[:7] == ["Bulan", *FIGURES.values()]
    assert all(text.isdecimal() for month in months for text in month[1:7])
    assert months[11][0].endswith("2024") and not months[11][0].isdecimal()  # a date, in the words of its reader


def test_libreoffice_opens_a_list(susi, opened, pool):
    susi.post("/problem-exports", filters="year=2024", format="xlsx")
    place = susi.response.headers["Location"]
    while Worker(pool).step():
        pass
    susi.get(f"{place}?file=1")
    head, *rows = opened(susi.response.data)["Kendala"]
    assert head == COLUMNS and len(rows) > 5
    assert all(row[0].isdecimal() and datetime.strptime(row[1], "%d/%m/%Y %H:%M").year == 2024 for row in rows)
