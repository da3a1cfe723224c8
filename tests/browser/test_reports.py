"""A report on a phone: few touches, the usual troubles as buttons, a select that narrows, a light page, no scripts."""

import pytest
from playwright.sync_api import expect

from sih.dao.audits import signed
from sih.domain import clock
from tests.company import PIN

PHONE = pytest.mark.parametrize("screen", ["phone"])
REPORTED = "SELECT p.title, p.description, a.label FROM problem p LEFT JOIN asset a ON a.id = p.asset_id"
# A touch is a finger on the page, or on an option of a native select, which is no part of the page.
TOUCHES = """
addEventListener("pointerdown", () => touched(), true);
addEventListener("change", ({ target }) => target.matches("select") && !target.hidden && touched(), true);
"""
GOODS = """
INSERT INTO asset (label, kind_id, store_id, serial)
SELECT 'T001-AC-' || n, k.id, s.id, 'DKN-2024-00' || n
FROM generate_series(100, 515) AS n, asset_kind k, store s WHERE k.name = 'AC' AND s.code = 'T001'
"""
BYTES_OVER_THE_WIRE = 60_000


@pytest.fixture
def touches(visitor, screen):
    """touches(name) gives a visitor and the list that grows by one with each touch."""

    def come(name: str | None):
        somebody, found = visitor(screen, name), []
        somebody.page.expose_function("touched", lambda: found.append(1))
        somebody.page.add_init_script(TOUCHES)
        return somebody, found

    return come


@pytest.fixture
def many_goods(query) -> None:
    """416 goods more in the store."""
    with signed(query, clock.now(), None, "test"):
        query.execute(GOODS)


def tap(somebody, name: str) -> None:
    somebody.page.get_by_role("button", name=name, exact=True).tap()


@PHONE
def test_from_the_label_to_sent_in_two_touches(touches, query):
    rini, found = touches("rini")
    rini.go("/problems/new?asset=T001-PRN-01")
    tap(rini, "Kertas macet"), tap(rini, "Kirim")
    rini.sees("terkirim dan menunggu")
    assert len(found) == 2
    assert query.one_or_none(REPORTED) == {"title": "Kertas macet", "description": "", "label": "T001-PRN-01"}


@PHONE
def test_from_signing_in_to_sent_in_five_touches(touches, query):
    query.execute("UPDATE employee SET starts_with_report = true")
    rini, found = touches(None)
    rini.page.goto("/login")
    rini.fill(NIK="10000001").press("Lanjut").fill(PIN=PIN)
    found.clear()
    tap(rini, "Masuk")
    rini.page.get_by_label("Inventaris", exact=True).tap()
    rini.page.keyboard.press("Escape")
    rini.fill(Inventaris="T001-PRN-01 (SN1)")
    tap(rini, "Tidak mencetak"), tap(rini, "Kirim")
    rini.sees("terkirim dan menunggu")
    assert len(found) == 5
    assert query.one(REPORTED)["title"] == "Tidak mencetak"


@PHONE
def test_the_troubles_of_the_chosen_kind_are_buttons(visitor, screen):
    rini = visitor(screen, "rini").go("/problems/new")
    group = rini.page.get_by_role("group", name="Kendala yang biasa")
    expect(group).to_have_count(0)
    rini.fill(Inventaris="Lainnya: Printer")
    expect(group.get_by_role("button")).to_have_text(["Kertas macet", "Tidak mencetak"])
    tap(rini, "Kertas macet")
    expect(group.get_by_role("button", pressed=True)).to_have_text("Kertas macet")
    rini.fill(Inventaris="Lainnya: AC")
    expect(group.get_by_role("button")).to_have_text(["Tidak dingin"])
    expect(group.get_by_role("button", pressed=True)).to_have_count(0)
    tap(rini, "Tidak dingin"), tap(rini, "Tidak dingin")
    expect(group.get_by_role("button", pressed=True)).to_have_count(0)
    rini.fill(Inventaris="Lainnya: Barang lain")
    expect(group).to_have_count(0)


@PHONE
def test_a_refused_form_still_shows_the_chosen_trouble(visitor, screen):
    rini = visitor(screen, "rini").go("/problems/new?asset=T001-PRN-01")
    tap(rini, "Kertas macet")
    rini.fill(Judul="x" * 151)
    tap(rini, "Kirim")
    rini.sees("Harap isi form dengan benar!")
    expect(rini.page.get_by_role("button", name="Kertas macet", pressed=True)).to_be_visible()


@PHONE
def test_a_field_narrows_a_long_select(visitor, screen, many_goods):
    rini = visitor(screen, "rini").go("/problems/new")
    search, select = rini.page.get_by_label("Cari barang"), rini.page.get_by_label("Inventaris", exact=True)
    assert select.locator("option").count() > 400
    search.fill("t001 ac-51")
    expect(select.locator("option")).to_have_count(7)
    assert select.input_value() == ""
    search.fill("prn")
    assert select.locator("option:checked").inner_text() == "T001-PRN-01 (SN1)", "the only one that fits"
    expect(rini.page.get_by_role("button", name="Kertas macet")).to_be_visible()
    search.press("Enter")
    expect(select).to_be_focused()
    search.fill("")
    assert select.locator("option").count() > 400 and select.locator("option:checked").inner_text().startswith("T001-P")
    search.fill("tidak ada")
    expect(select.locator("option")).to_have_count(1)


@PHONE
def test_the_form_is_light_after_the_first_visit(visitor, screen, many_goods):
    rini, sizes = visitor(screen, "rini"), []
    rini.go("/problems/new")
    network = rini.page.context.new_cdp_session(rini.page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    rini.go("/problems/new").page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) < BYTES_OVER_THE_WIRE, sizes


@pytest.mark.parametrize("screen", ["phone", "without scripts"])
def test_nothing_scrolls_sideways_at_320_pixels(visitor, screen, many_goods):
    rini = visitor(screen, "rini", viewport={"width": 320, "height": 640}).go("/problems/new?asset=T001-PRN-01")
    assert rini.page.locator("body").evaluate("() => document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("screen", ["without scripts"])
def test_without_scripts_a_trouble_is_an_option(visitor, screen, many_goods, query):
    rini = visitor(screen, "rini").go("/problems/new")
    expect(rini.page.get_by_label("Cari barang")).to_be_hidden()
    rini.fill(**{"Inventaris": "T001-PRN-01 (SN1)", "Kendala yang biasa": "Kertas macet"}).press("Kirim")
    rini.sees("terkirim dan menunggu")
    assert query.one(REPORTED)["title"] == "Kertas macet"


@pytest.mark.parametrize("screen", ["desktop"])
def test_a_handler_on_the_telephone_needs_no_mouse(visitor, screen, query):
    hadi = visitor(screen, "hadi").go("/problems/new")
    page = hadi.page
    summary = page.get_by_text("Mencatat untuk penelepon")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("sar")
    expect(page.locator("#caller-list option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("[aria-invalid]")).to_have_count(0)
    page.get_by_role("button", name="10000003 Sari").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Inventaris", exact=True)).to_be_focused()
    page.keyboard.type("T002")
    page.get_by_label("Deskripsi", exact=True).focus()
    page.keyboard.type("Air menetes.")
    page.keyboard.press("Control+Enter")
    hadi.sees("terkirim dan menunggu")
    assert query.one(REPORTED) == {"title": "Air menetes.", "description": "Air menetes.", "label": "T002-AC-01"}
