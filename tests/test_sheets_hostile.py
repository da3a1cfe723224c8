"""Files that are no lists, damaged, or made to do harm: each is refused with a sentence, and nothing else happens."""

import pytest

from sih import clock, imports
from tests.awkward import HEAD, LINE, SHEET, replaced, told, zipped
from tests.brought import upload, xlsx

BOMB = b"<row>" + b"0" * 40_000_000
OTHERS = {
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "Ini berkas Excel lama"),
    "pdf": (b"%PDF-1.7 ...", "Ini bukan daftar."),
    "png": (b"\x89PNG\r\n\x1a\n....", "Ini bukan daftar."),
    "word": (zipped(word__document=b"<w/>"), "Ini bukan daftar."),
    "cut zip": (xlsx(HEAD, LINE)[:700], "Berkas ini rusak"),
    "no zip": (b"PK\x03\x04" + b"\x00" * 100, "Berkas ini rusak"),
    "nul": (b"NIK;Nama\n1\x00;x", "Ini bukan daftar."),
    "open quote": (b'NIK;Nama\n0077;"Budi\n0078;Ani\n', "Berkas ini rusak di dekat baris"),
    "half utf-16": ("NIK;Nama".encode("utf-16")[:-1], "Berkas ini rusak"),
}


@pytest.mark.parametrize("what", list(OTHERS))
def test_what_is_no_list_says_what_to_do(what):
    content, sentence = OTHERS[what]
    assert told(content).startswith(sentence)


def test_a_bomb_is_not_unpacked():
    made = xlsx(HEAD, LINE)
    bomb = replaced(made, SHEET, lambda _: BOMB)
    assert len(bomb) < 100_000 and told(bomb).startswith("Berkas ini terlalu besar setelah dibuka")


def test_entities_that_swell_are_refused():
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "x" * 100}">' for n in range(9))
    xml = f'<!DOCTYPE x [{laughs}]><worksheet><sheetData><row r="1"><c><v>&a8;</v></c></row></sheetData></worksheet>'
    assert told(replaced(xlsx(HEAD, LINE), SHEET, lambda _: xml.encode())).startswith("Berkas ini rusak")


def test_damaged_xml_is_refused():
    assert told(replaced(xlsx(HEAD, LINE), SHEET, lambda xml: xml[:-40])).startswith("Berkas ini rusak")


def test_a_locked_file_is_refused():
    content = bytearray(xlsx(HEAD, LINE))
    for place in range(len(content) - 4):
        if content[place : place + 4] == b"PK\x01\x02":
            content[place + 8] |= 1  # "encrypted"
    assert told(bytes(content)).startswith("Berkas ini rusak")


def test_such_a_file_is_a_page_with_its_sentence(person, query):
    adi = person("adi")
    number = upload(adi, "employee", OTHERS["pdf"][0])
    imports.check(query, number, clock.now(), lambda *_: None)
    assert "Ini bukan daftar. Unggah berkas XLSX atau CSV." in adi.get(f"/imports/{number}").main.text
