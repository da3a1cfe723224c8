"""Label inventaris: a sheet whose codes, read by another decoder, lead to the form with that good filled in."""

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp

from sih.dao.assets import Assets
from sih.masters.records import Asset
from sih.pdf import labels
from tests.company import PIN
from tests.facts import value

DOTS = 300 / 72  # 300 dpi, as a cheap printer prints


def store_id(query, code: str) -> int:
    return query.one("SELECT id FROM store WHERE code = %(code)s", {"code": code})["id"]


def asset_id(query, label: str) -> int:
    return query.one("SELECT id FROM asset WHERE label = %(label)s", {"label": label})["id"]


def codes(pdf: bytes) -> list[list[str]]:
    """What an independent decoder reads from each page, in no order."""
    document = pypdfium2.PdfDocument(pdf)
    return [[found.text for found in zxingcpp.read_barcodes(page.render(scale=DOTS).to_pil())] for page in document]


def path(address: str) -> str:
    place = urlsplit(address)
    return f"{place.path}?{place.query}"


@pytest.fixture
def sheet(person, query):
    adi = person("adi")
    adi.get(f"/stores/{store_id(query, 'T001')}/labels")
    assert adi.response.mimetype == "application/pdf"
    return adi.response.data


def test_each_active_good_has_a_label(sheet):
    assert codes(sheet) == [["http://localhost:8080/problems/new?asset=T001-PRN-01"]]  # and none for what is retired


def test_a_code_leads_to_the_form_with_that_good_filled_in(sheet, person, query):
    [[address]] = codes(sheet)
    page = person("rini").get(path(address))
    assert value(page, "good") == f"asset:{asset_id(query, 'T001-PRN-01')}"


def test_a_visitor_reaches_the_form_after_signing_in(sheet, app, person, employees):

    [[address]] = codes(sheet)
    nobody = person(None)
    sign_in_url = nobody.client.get(path(address)).location
    page = nobody.get(sign_in_url)
    fields = {"nik": employees["rini"].nik, "pin": PIN, "next": page.select_one("main [name=next]")["value"]}
    token = page.select_one("main [name=csrf_token]")["value"]
    answer = nobody.client.post("/login", data={**fields, "csrf_token": token})
    assert answer.location == path(address)


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("T001-PRN-00", "Barang T001-PRN-00 sudah tidak dipakai lagi. Pilih barang lain di bawah."),
        ("T999-XX-99", "Label T999-XX-99 tidak dikenal. Pilih barangnya di bawah."),
        ("T002-AC-01", "Barang T002-AC-01 tercatat di toko lain: T002 Panakkukang."),
        ("%00%1b", "tidak dikenal"),
    ],
)
def test_an_unknown_code_says_so(person, label, sentence):
    page = person("rini").get(f"/problems/new?asset={label}")
    assert sentence in page.select_one("main [role=alert]").text and value(page, "good") is None


def test_a_label_in_small_letters_is_the_same_label(person, query):
    page = person("rini").get("/problems/new?asset=t001-prn-01")
    assert value(page, "good") == f"asset:{asset_id(query, 'T001-PRN-01')}"


def test_many_labels_take_several_sheets(query):
    [asset] = Assets(query).of_store(store_id(query, "T001"))
    pages = codes(labels.sheet("https://helpdesk.example.com", [asset] * 25))
    assert [len(page) for page in pages] == [24, 1]


def test_the_page_is_a4(sheet):
    width, height = pypdfium2.PdfDocument(sheet)[0].get_size()
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (210, 297)


def test_a_code_with_any_characters_can_be_scanned(query):

    [asset] = Assets(query).of_store(store_id(query, "T001"))
    odd = replace(asset, label="Ä&?#/%+ 9", kind="Pendingin-ruangan-yang-panjang-sekali " * 3, store="T001 Łódź")
    assert codes(labels.sheet("http://x", [odd])) == [["http://x/problems/new?asset=%C3%84%26%3F%23%2F%25%2B%209"]]


def good(label="INV-00123", kind="Printer kasir", store="T002 Kelapa Gading", serial="EPS17B251900") -> Asset:
    return Asset(1, label, kind, serial, None, False, 1, store)


def boxes(pdf: bytes) -> dict[tuple[int, int, int], tuple[list, list]]:
    """Of each sticker, by page, row and column: what is drawn, the parts of the code and the lines of text, each as
    (left, top, right, bottom) in millimetres from the sticker's corner."""
    found = defaultdict(lambda: ([], []))
    for number, page in enumerate(pypdfium2.PdfDocument(pdf)):
        for drawn in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH, pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
            left, bottom, right, top = (side / 72 * 25.4 for side in drawn.get_bounds())
            row, column = int((297 - top - 0.5) // 37), int(left // 70)
            box = (left - column * 70, 296.5 - top - row * 37, right - column * 70, 296.5 - bottom - row * 37)
            found[number, row, column][drawn.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT].append(box)
    return found


def assert_inside(*assets: Asset) -> None:
    stickers = boxes(labels.sheet("http://x", assets))
    assert len(stickers) == len(assets)
    for sticker, (code, lines) in stickers.items():
        assert code and lines
        for left, top, right, bottom in [*code, *lines]:
            assert 2 < left < right < 70 - 1.5 and 2 < top < bottom < 37 - 2, sticker
        assert max(right for _, _, right, _ in code) + 3 < min(left for left, _, _, _ in lines)
        lines.sort(key=lambda line: line[1])
        for (_, _, _, bottom), (_, top, _, _) in pairwise(lines):
            assert bottom < top + 0.2, sticker  # "\ufffd" is as high as a line; "Ž" below "g" touches


LENGTHS = [1, 2, 12, 13, 17, 18, 19, 25, 33, 34, 35, 36, 40, 60, 61, 100, 199, 200]
MADE_OF = {
    "words": "Plaza Kelapa Gading ",
    "no blanks": "x",
    "wide": "W",
    "widest": "\u2167",
    "narrow": "i",
    "high and low": "Ǻg",
    "separators": "-/._",
    "a code": "KPG/ELK-SHC.2024_",
    "combined": "a\u0301\u0323",
    "Chinese": "漢字",
    "emoji": "😀👨\u200d👩\u200d👧",
    "Arabic": "مرحبا بكم ",
    "invisible": "\u200b\ufeff",
    "blanks": "   a",
}


@pytest.mark.parametrize("made_of", MADE_OF.values(), ids=MADE_OF)
def test_texts_of_any_length_stay_inside_their_sticker(made_of):
    texts = [(made_of * 200)[:length].strip() or "x" for length in LENGTHS]
    assert_inside(
        *(good(kind=text, store=f"T001 {text}", serial=text) for text in texts),
        *(good(text[:40], text, text, text) for text in texts),
    )


def test_a_label_of_two_hundred_characters_is_whole_and_inside():
    long = good("KPG/ELK-2024." * 15 + "WWWWW", "W" * 200, "W" * 200, "W" * 200)
    assert_inside(long)
    assert long.label in text_of(long).replace("\ufffe", "-").replace("\n", "")  # PDFium's hyphen at a line's end


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("Printer", ["Printer"]),
        ("Mesin pendingin minuman", ["Mesin pendingin minuman"]),
        ("Mesin pendingin minuman dua pintu", ["Mesin pendingin minuman", "dua pintu"]),
        ("Mesin pendingin " * 9, ["Mesin pendingin Mesin", "pendingin Mesin pendingin…"]),
    ],
)
def test_a_text_gets_smaller_then_two_lines_then_an_ellipsis(kind, lines):
    assert text_of(good(kind=kind.strip())).split("\n")[1:-3] == lines


def text_of(asset: Asset) -> str:
    page = pypdfium2.PdfDocument(labels.sheet("http://x", [asset]))[0]
    return page.get_textpage().get_text_range().replace("\r", "")


@pytest.fixture
def in_chinese(query):
    query.execute("UPDATE asset SET serial = 'S漢-\U0001f600\ufe0f é' WHERE label = 'T001-PRN-01'")


def test_characters_that_the_font_lacks_are_named_before_the_download(person, query, in_chinese):
    adi, address = person("adi"), f"/stores/{store_id(query, 'T001')}/labels"
    page = adi.get(address)
    assert page.select_one("#missing").text.split() == ["漢", "\U0001f600"]
    assert [link.text for link in page.select("main li a")] == ["T001-PRN-01"]
    adi.get(page.select_one("main a.btn")["href"])
    assert adi.response.mimetype == "application/pdf"
    assert "S\ufffd-\ufffd é" in pypdfium2.PdfDocument(adi.response.data)[0].get_textpage().get_text_range()


def test_only_admins_see_which_characters_are_missing(person, query, in_chinese):
    person("susi").get(f"/stores/{store_id(query, 'T001')}/labels", 403)


def test_the_missing_characters_are_named_in_english(person, query, in_chinese):
    page = person("adi").speaks("en").get(f"/stores/{store_id(query, 'T001')}/labels")
    assert "Labels cannot show these characters" in page.text


def test_a_store_without_goods_has_no_sheet(person, query):
    with_none = query.one_or_none(
        "INSERT INTO store (code, name, city, time_zone) VALUES ('T003', 'Baru', 'Depok', 'Asia/Jakarta') RETURNING id"
    )
    person("adi").get(f"/stores/{with_none['id']}/labels", 404)


def test_the_code_of_one_good_stands_on_its_page(person, query):
    page = person("rini").get(f"/assets/{asset_id(query, 'T001-PRN-01')}")
    assert page.select_one("main img.label-code")["src"].startswith("data:image/svg+xml")
