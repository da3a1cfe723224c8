"""Files that are no lists, damaged, or malicious: each is refused with a sentence, at bounded cost."""

import io
import re
import time
import tracemalloc
import zipfile

import pytest

from sih import sheets
from sih.background import imports
from sih.background.imports import columns_of
from sih.domain import clock
from sih.masters.nouns import EMPLOYEE
from sih.sheets.headings import LONGEST
from tests.import_files import csv, dry_run, faults, upload, xlsx
from tests.xlsx_files import HEAD, LINE, SHEET, refusal, replaced, rows, shared, zipped

BOMB = b"<row>" + b"0" * 40_000_000
OTHERS = {
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "Ini berkas Excel lama"),
    "pdf": (b"%PDF-1.7 ...", "Ini berkas PDF, bukan daftar."),
    "png": (b"\x89PNG\r\n\x1a\n....", "Ini gambar, bukan daftar."),
    "word": (zipped(word__document=b"<w/>"), "Ini bukan daftar."),
    "cut zip": (xlsx(HEAD, LINE)[:700], "Berkas ini rusak"),
    "no zip": (b"PK\x03\x04" + b"\x00" * 100, "Berkas ini rusak"),
    "nul": (b"NIK;Nama\n1\x00;x", "Ini bukan daftar."),
    "open quote": (b'NIK;Nama\n0077;"Budi\n0078;Ani\n', "Berkas ini rusak di dekat baris"),
    "half utf-16": ("NIK;Nama".encode("utf-16")[:-1], "Berkas ini rusak"),
}


@pytest.mark.parametrize("what", list(OTHERS))
def test_a_file_that_is_no_list_is_refused_with_advice(what):
    content, sentence = OTHERS[what]
    assert refusal(content).startswith(sentence)


def test_a_zip_bomb_is_not_unpacked():
    made = xlsx(HEAD, LINE)
    bomb = replaced(made, SHEET, lambda _: BOMB)
    assert len(bomb) < 100_000 and refusal(bomb).startswith("Berkas ini terlalu besar setelah dibuka")


def test_expanding_xml_entities_are_refused():
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "x" * 100}">' for n in range(9))
    xml = f'<!DOCTYPE x [{laughs}]><worksheet><sheetData><row r="1"><c><v>&a8;</v></c></row></sheetData></worksheet>'
    assert refusal(replaced(xlsx(HEAD, LINE), SHEET, lambda _: xml.encode())).startswith("Berkas ini rusak")


def test_damaged_xml_is_refused():
    assert refusal(replaced(xlsx(HEAD, LINE), SHEET, lambda xml: xml[:-40])).startswith("Berkas ini rusak")


def test_a_locked_file_is_refused():
    content = bytearray(xlsx(HEAD, LINE))
    for place in range(len(content) - 4):
        if content[place : place + 4] == b"PK\x01\x02":
            content[place + 8] |= 1  # "encrypted"
    assert refusal(bytes(content)).startswith("Berkas ini rusak")


@pytest.fixture
def cheap():
    """What the test does takes little processor time, however busy the machine is."""
    before = time.process_time()
    yield
    assert time.process_time() - before < 10


def with_cells(xml: bytes) -> bytes:
    """A list whose third row holds this."""
    return replaced(xlsx(HEAD, LINE), SHEET, lambda sheet: sheet.replace(b"</sheetData>", xml + b"</sheetData>"))


BUDI = {"nik": "0077", "name": "Budi", "store": "T001"}
TOO_COMPLEX = "Berkas ini terlalu rumit"


def test_unclosed_cells_are_read_once(cheap):
    assert refusal(with_cells(b'<row r="3">' + b'<c r="A1" ' * 300_000)).startswith("Berkas ini rusak")


@pytest.mark.parametrize("wrapped", [b"<!--%s-->", b'<row r="3"><c r="A3" t="str"><v><![CDATA[%s]]></v></c></row>'])
def test_comments_and_cdata_are_not_cells(cheap, wrapped):
    content = with_cells(wrapped % b'<c r="CZZZZZ2"><f>1</f></c>')
    tracemalloc.start()
    assert rows(content)[0] == BUDI
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("reference", [b"XFD3", b"CZZZZZ3", b"GS3", b"CZZZZZ2"])
def test_a_cell_far_to_the_right_is_refused(cheap, reference):
    tracemalloc.start()
    cell = b'<row r="3"><c r="%s"><f>1</f></c><c r="%s"><v>1</v></c></row>' % (reference, reference)
    assert refusal(with_cells(cell)).startswith("Berkas ini terlalu lebar")
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_an_empty_cell_far_to_the_right_is_ignored(cheap):
    assert rows(with_cells(b'<row r="3"><c r="XFD3"/></row>')) == [BUDI]


def test_the_last_possible_row_costs_no_more_than_any_other(cheap):
    assert len(rows(with_cells(b'<row r="1048576"><c r="A1048576"><v>78</v></c></row>'))) == 2


@pytest.mark.parametrize("number", [b"2", b"1048577", b"0", b"9" * 5000, b"x"])
def test_rows_out_of_order_are_refused(number):
    assert refusal(with_cells(b'<row r="%s"><c r="A3"><v>78</v></c></row>' % number)).startswith("Berkas ini rusak")


@pytest.mark.parametrize("token", [b'<row r="3" x="%s"/>', b"<!--%s-->", b"<?x %s?>"])
def test_a_token_of_nine_megabytes_is_refused(cheap, token):
    assert refusal(with_cells(token % (b"x" * 9_000_000))).startswith(TOO_COMPLEX)


def test_a_long_namespace_is_refused_before_names_are_expanded(cheap):
    cells = b'<x xmlns="%s">%s</x>' % (b"n" * 200_000, b"<y/>" * 2_000_000)
    assert refusal(with_cells(cells)).startswith(TOO_COMPLEX)


def test_a_long_text_that_stands_in_every_row_is_not_kept(cheap):
    long = "x" * 32_000
    content = shared([*HEAD, long], *([["0077", long, "T001"]] * 2000))
    with sheets.read_apart(content, columns_of(EMPLOYEE)) as sheet:
        assert len(sheet.unused[0]) == LONGEST + 1
        found = list(sheet.rows)
    assert len(found) == 2000 and not any(row.facts["name"] for row in found)
    assert {fault.facts["over"] for row in found for fault in row.faults} == {"31900"}


def test_a_name_over_the_limit_is_an_error_and_not_truncated(person, query):
    content = csv(";".join(HEAD), f"0077;{'x' * 100} yz;T001")
    assert faults(query, dry_run(person("adi"), query, "employee", content)) == {
        2: ["Nama terlalu panjang: paling banyak 100 karakter, kelebihan 3."]
    }


def test_deeply_nested_xml_is_refused(cheap):
    assert refusal(with_cells(b"<x>" * 300_000)).startswith(TOO_COMPLEX)


def test_sixty_thousand_zip_members_are_refused(cheap):
    buffer = io.BytesIO(xlsx(HEAD, LINE))
    with zipfile.ZipFile(buffer, "a") as file:
        for number in range(60_000):
            file.writestr(f"{number}", b"")
    before = time.process_time()
    assert refusal(buffer.getvalue()).startswith("Berkas ini terlalu rumit: bagiannya terlalu banyak")
    assert time.process_time() - before < 1


def added(name: str, content: bytes, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO(xlsx(HEAD, LINE))
    with zipfile.ZipFile(buffer, "a", kind) as file:
        file.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_duplicate_zip_member_is_refused():
    assert refusal(added(SHEET, b"<worksheet/>")).startswith("Berkas ini rusak")


@pytest.mark.parametrize("kind", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_unusual_compression_method_is_refused(kind):
    assert refusal(added("xl/media/a.png", b"x", kind)).startswith("Berkas ini rusak")


def test_a_wrong_declared_size_is_refused():
    content = bytearray(xlsx(HEAD, LINE))
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = (400_000_000).to_bytes(4, "little")
    assert refusal(bytes(content)).startswith("Berkas ini terlalu besar setelah dibuka")


@pytest.mark.parametrize("index", [b"-1", b"99", b"9" * 5000])
def test_a_missing_shared_string_is_refused(index):
    cell = b'<row r="3"><c r="A3" t="s"><v>%s</v></c></row></sheetData>' % index
    content = replaced(shared(HEAD, LINE), SHEET, lambda xml: xml.replace(b"</sheetData>", cell))
    assert refusal(content).startswith("Berkas ini rusak")


LONG = "x" * 32_768
TOO_LONG = "Baris 3 berisi sel yang terlalu panjang"
INLINE = f'<row r="3"><c r="A3" t="inlineStr"><is><t>{LONG}</t></is></c></row>'


def test_a_cell_longer_than_a_spreadsheet_keeps_is_refused(cheap):
    assert refusal(with_cells(INLINE.encode())).startswith(TOO_LONG)
    table = shared(HEAD, LINE, ["78", "lang", "T001"])
    swollen = replaced(table, "xl/sharedStrings.xml", lambda xml: xml.replace(b"lang", LONG.encode()))
    assert refusal(swollen).startswith(TOO_LONG)
    assert refusal(f"NIK;Nama\n1;x\n2;{LONG}".encode()).startswith(TOO_LONG)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"NIK;Nama\n" + b";" * 2_000_000, "Berkas ini rusak: di dekat baris 2 ada baris yang terlalu panjang"),
        (b"NIK;Nama\n" + b"x" * 9_000_000, "Berkas ini rusak: di dekat baris 2 ada baris yang terlalu panjang"),
        (b'NIK;Nama\n1;"' + b"\n" * 9_000_000, "Berkas ini rusak di dekat baris"),
        (b"NIK;Nama\n" + b";" * 900_000, "Berkas ini terlalu lebar"),
    ],
)
def test_an_endless_row_is_refused_while_reading(cheap, content, sentence):
    tracemalloc.start()
    assert refusal(content).startswith(sentence)
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()


def test_a_text_of_nothing_but_line_breaks_is_refused(cheap):
    assert refusal(b"NIK;Nama\n1;x\n" + b"\n" * 9_000_000).startswith("Berkas ini terlalu panjang")


def test_a_workbook_may_not_name_a_sheet_twice():
    def twice(xml: bytes) -> bytes:
        return re.sub(rb"(<sheet [^>]*/>)", rb"\1\1", xml)

    assert rows(replaced(xlsx(HEAD, LINE), "xl/workbook.xml", twice)) == [BUDI]


def test_a_refused_file_is_answered_with_a_page(person, query):
    adi = person("adi")
    number = upload(adi, "employee", OTHERS["pdf"][0])
    imports.check(query, number, clock.now(), lambda *_: None)
    assert "Ini berkas PDF, bukan daftar." in adi.get(f"/imports/{number}").main.text
