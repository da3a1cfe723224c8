"""On paper: a problem and the list of problems without what only a screen needs."""

import re

import pypdfium2
import pytest
from playwright.sync_api import expect

from tests.histories import lives

SCREEN = pytest.mark.parametrize("screen", ["desktop", "phone"])
THEME = pytest.mark.parametrize("theme", ["light", "dark"])
FOR_SCREENS = "main :is(button, form, .btn:not(.chips *), .nav-link:not(.active), input, select, textarea), header"
# [colour of the letters, of the background, frame] of each badge
BADGES = """() => [...document.querySelectorAll(".badge")].map(one => {
    const style = getComputedStyle(one);
    return [style.color, style.backgroundColor, style.borderTopStyle];
})"""


def paper(one) -> list[str]:
    """The text of each page, as Chromium prints it on A4."""
    printed = one.page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "10mm"))
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(printed)]


def assert_only_what_is_read(one) -> None:
    one.page.emulate_media(media="print")
    expect(one.page.locator(FOR_SCREENS).filter(visible=True)).to_have_count(0)
    badges = one.page.evaluate(BADGES)
    assert badges and {tuple(badge) for badge in badges} == {("rgb(0, 0, 0)", "rgba(0, 0, 0, 0)", "solid")}


@SCREEN
@THEME
def test_a_problem_is_printed_without_buttons_and_comment_box(visitor, problem, screen, theme):
    number = problem("at Umum")
    hadi = visitor(screen, "hadi").go(f"/problems/{number}")
    expect(hadi.page.get_by_role("button", name="Kirim komentar")).to_be_visible()
    hadi.page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
    assert_only_what_is_read(hadi)
    [text] = paper(hadi)
    for word in (f"#{number}", "Ditangani", "Riwayat", "Dilaporkan", "Pelapor"):
        assert word in text
    assert "Kirim komentar" not in text


@SCREEN
@pytest.mark.filled(by=lives(60, seed=3, closes=False))
def test_a_list_of_fifty_problems_is_printed_on_two_pages(susi, screen, query):
    query.execute("UPDATE problem SET title = 'Printer kasir macet, kertas tersangkut'")
    susi.go("/problems")
    numbers = [f"#{name[1:]}" for name in susi.page.locator("tr[id]").evaluate_all("rows => rows.map(row => row.id)")]
    assert len(numbers) == 50
    assert_only_what_is_read(susi)
    pages = paper(susi)
    assert len(pages) == 2 and "Daftar Kendala" in pages[0]
    assert all("Menunggu di" in page for page in pages)  # the heads are repeated
    assert re.findall(r"#\d+", "".join(pages)) == numbers
    assert [word for word in ("Terapkan", "Tindakan", "Semua tahun", "Unduh") if word in "".join(pages)] == []


@SCREEN
@pytest.mark.filled(by=lives(60, seed=3, closes=False))
def test_a_long_name_of_a_pic_leaves_the_titles_their_place(susi, screen, query):
    query.execute("UPDATE problem SET title = 'Printer kasir macet, kertas tersangkut'")
    susi.go("/problems")
    name = "Muhammad Ilham Saputra (Pemeliharaan Gedung)"
    susi.page.locator("td.holder > span").first.evaluate("(one, name) => one.textContent = name", name)
    assert len(paper(susi)) == 2


@SCREEN
@pytest.mark.filled(by=lives(60, seed=3, closes=False))
def test_a_printed_list_names_its_tab_and_its_filters(susi, screen):
    susi.go("/problems?status=closed&year=2025&priority=high&store=T002&q=printer")
    susi.page.emulate_media(media="print")
    expect(susi.page.locator("nav .nav-link:visible")).to_have_text(re.compile("^Selesai"))
    filters = susi.page.get_by_role("list", name="Filter yang dipasang").get_by_role("listitem")
    assert [re.sub(r"\s+", " ", one).removeprefix("Hapus filter ") for one in filters.all_inner_texts()] == [
        "Cari: printer", "Tahun: 2025", "Prioritas: Tinggi", "Toko: T002 Panakkukang",
    ]  # fmt: skip
