"""Label inventaris: a sheet whose codes, read by another decoder, lead to the form with that good filled in."""

from dataclasses import replace
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp

from sih.dao.assets import Assets
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
    asked = nobody.client.get(path(address)).location
    page = nobody.get(asked)
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
    read = codes(labels.sheet("https://helpdesk.example.com", [asset] * 25))
    assert [len(page) for page in read] == [24, 1]


def test_the_page_is_a4(sheet):
    width, height = pypdfium2.PdfDocument(sheet)[0].get_size()
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (210, 297)


def test_a_code_with_any_characters_can_be_scanned(query):

    [asset] = Assets(query).of_store(store_id(query, "T001"))
    odd = replace(asset, label="Ä&?#/%+ 9", kind="Pendingin-ruangan-yang-panjang-sekali " * 3, store="T001 Łódź")
    assert codes(labels.sheet("http://x", [odd])) == [["http://x/problems/new?asset=%C3%84%26%3F%23%2F%25%2B%209"]]


def test_a_store_without_goods_has_no_sheet(person, query):
    with_none = query.one_or_none(
        "INSERT INTO store (code, name, city, time_zone) VALUES ('T003', 'Baru', 'Depok', 'Asia/Jakarta') RETURNING id"
    )
    person("adi").get(f"/stores/{with_none['id']}/labels", 404)


def test_the_code_of_one_good_stands_on_its_page(person, query):
    page = person("rini").get(f"/assets/{asset_id(query, 'T001-PRN-01')}")
    assert page.select_one("main img.label-code")["src"].startswith("data:image/svg+xml")
