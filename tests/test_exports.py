"""Unduh: an exported file can be imported unchanged, and no cell is a formula."""

import csv
import io

import openpyxl
import pytest

from sih.masters import NOUNS
from tests.import_files import bring, dry_run, xlsx

DANGEROUS = ["=1+1", "+62811", "-5", "@SUM(A1)", "'=1"]


@pytest.fixture
def adi(person):
    return person("adi")


def download(adi, noun: str, kind: str, **more) -> bytes:
    query_string = "&".join(f"{name}={value}" for name, value in {"noun": noun, "format": kind, **more}.items())
    response = adi.client.get(f"/exports?{query_string}")
    assert response.status_code == 200
    return response.data


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def sheet_of(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content)).active


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("noun", [noun.name for noun in NOUNS])
def test_importing_an_export_changes_nothing(adi, query, noun, kind):
    one = dry_run(adi, query, noun, download(adi, noun, kind), is_complete="y")
    assert set(one.counts) == {"rows", "active"} and one.counts["rows"] > 0


# noun: what stands in a cell of its file, what is written over it, and where that is to be found.
EDITED = {
    "employee": ("Gita", "Gita W.", "name FROM employee WHERE nik = '20000004'"),
    "store": ("Panakkukang", "Panakkukang Baru", "name FROM store WHERE code = 'T002'"),
    "division": (
        "Aktif",
        "Nonaktif",
        "CASE WHEN is_active THEN '' ELSE 'Nonaktif' END FROM division WHERE name = 'Umum'",
    ),
    "department": ("Aktif", "Nonaktif", "CASE WHEN is_active THEN '' ELSE 'Nonaktif' END FROM department"),
    "category": ("", "Tinggi", "CASE priority WHEN 'high' THEN 'Tinggi' END FROM category WHERE name = 'Jaringan'"),
    "ready_text": (
        "Jawaban",
        "Kembalikan",
        "CASE purpose WHEN 'return' THEN 'Kembalikan' END FROM ready_text WHERE name = 'Salam'",
    ),
    "slang": ("tombol", "sakelar", "meaning FROM slang WHERE name = 'cetrek'"),
    "asset_kind": (
        "Aktif",
        "Nonaktif",
        "CASE WHEN is_active THEN '' ELSE 'Nonaktif' END FROM asset_kind WHERE name = 'AC'",
    ),
    "trouble": (
        "Aktif",
        "Nonaktif",
        "CASE WHEN is_active THEN '' ELSE 'Nonaktif' END FROM trouble WHERE name = 'Tidak dingin'",
    ),
    "asset": ("SN1", "SN-0001", "serial FROM asset WHERE label = 'T001-PRN-01'"),
}
ROW = {"division": "Umum", "category": "Jaringan", "asset_kind": "AC"}


def edited(content: bytes, kind: str, noun: str) -> bytes:
    """The file with one cell of it written over, as a person would in a spreadsheet."""
    old, new, _ = EDITED[noun]
    table = rows(content) if kind == "csv" else [list(r) for r in sheet_of(content).iter_rows(values_only=True)]
    line = next(
        row for row in table[1:] if (old or None) in [cell or None for cell in row] and ROW.get(noun) in (None, row[0])
    )
    line[[cell or "" for cell in line].index(old)] = new
    if kind == "xlsx":
        return xlsx(*table)
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows(table)
    return file.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("noun", list(EDITED))
def test_importing_an_edited_export_changes_the_edited_cells(adi, query, noun, kind):
    one = bring(adi, query, noun, edited(download(adi, noun, kind), kind, noun), is_complete="y")
    assert one.state == "written" and {
        name: one.counts.get(name, 0) for name in ("create", "change", "deactivate")
    } == {
        "create": 0,
        "change": 1,
        "deactivate": 0,
    }
    _, new, where = EDITED[noun]
    assert list(query.one(f"SELECT {where}").values()) == [new]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_text_that_looks_like_a_formula_survives_the_round_trip(adi, query, kind):
    for number, text in enumerate(DANGEROUS):
        query.execute("UPDATE employee SET name = %(t)s WHERE nik = %(n)s", {"t": text, "n": f"2000000{number + 1}"})
    content = download(adi, "employee", kind)
    one = dry_run(adi, query, "employee", content, is_complete="y")
    assert set(one.counts) == {"rows", "active"}
    if kind == "csv":
        assert not [cell for row in rows(content) for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    else:
        cells = [cell for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
        assert set(DANGEROUS[:4]) <= {cell.value for cell in cells}


ODD = ["Kabel, adaptor, stop kontak, dll.", 'Layar 24"', "a;b", "'Abd", "Meja | kursi", "Ruang #1: A/B", "=1;2,3"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_odd_names_survive_the_round_trip(adi, query, kind):
    for name in ODD:
        adi.post("/asset-kinds", name=name, active="yes")
        adi.post("/assets", label=f"X{ODD.index(name)}", kind=name, serial=name, store="T001", active="yes")
    for noun in ("asset_kind", "asset"):
        one = dry_run(adi, query, noun, download(adi, noun, kind), is_complete="y")
        assert set(one.counts) == {"rows", "active"}, one.fault


def test_an_employee_who_matches_twice_is_exported_once(adi, query):
    query.execute(
        """INSERT INTO employee (nik, name, store_id)
           SELECT '7' || lpad(n::text, 7, '0'), 'Siti Sitompul ' || n, 1 FROM generate_series(1, 1200) AS n"""
    )
    niks = [row[0] for row in rows(download(adi, "employee", "csv", q="sit"))[1:]]
    assert len(niks) == len(set(niks)) == 1200


def test_the_csv_has_the_format_of_an_indonesian_excel(adi):
    head, first, *_ = download(adi, "store", "csv").split(b"\r\n")
    assert head == b"\xef\xbb\xbfKode;Nama;Kota;Zona waktu;Telepon;Status"
    assert first == b"T001;Kelapa Gading;Jakarta;WIB;;Aktif"


def test_the_xlsx_has_a_frozen_header_row(adi):
    sheet = openpyxl.load_workbook(io.BytesIO(download(adi, "store", "xlsx"))).active
    assert (sheet.title, sheet.freeze_panes, sheet["A1"].font.b) == ("Toko", "A2", True)


def test_an_export_applies_the_filters_of_the_list(adi):
    assert [row[1] for row in rows(download(adi, "employee", "csv", role="admin"))] == ["Nama", "Adi"]
    assert [row[1] for row in rows(download(adi, "employee", "csv", q="gita"))] == ["Nama", "Gita"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_list_is_exported_completely(adi, query, kind):
    query.execute("INSERT INTO asset_kind (name) SELECT 'Jenis ' || n FROM generate_series(1, 2500) AS n")
    content = download(adi, "asset_kind", kind)
    if kind == "csv":
        assert len(rows(content)) == 2504
    else:
        assert openpyxl.load_workbook(io.BytesIO(content)).active.max_row == 2504


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_template_has_only_the_headings(adi, query, kind):
    content = download(adi, "employee", kind, template="1")
    assert dry_run(adi, query, "employee", content).counts["rows"] == 0


def test_an_unknown_list_is_not_found(adi):
    adi.get("/exports?noun=secret", 404)
