"""The recap in a browser: from a figure to its problems and back, from month to month, charts, notices."""

import re

import pypdfium2
import pytest
from playwright.sync_api import expect

from tests.histories import lives

pytestmark = pytest.mark.filled(by=lives(30, seed=3, closes=False))
EACH = pytest.mark.parametrize("screen", ["desktop", "phone"])
EVERYWHERE = pytest.mark.parametrize("screen", ["desktop", "phone", "without scripts"])


def headed(one, words: str) -> None:
    expect(one.page.get_by_role("heading", level=1)).to_have_text(words)


def follow(one, link) -> str:
    """Goes where this figure leads; gives what it said."""
    text = link.inner_text()
    link.click()
    return text


@EVERYWHERE
def test_from_a_figure_to_its_problems_and_back(susi):
    susi.go("/recaps?year=2024&month=12")
    for table in ("Ringkasan", "Bulan demi bulan", "Divisi"):
        region = susi.page.get_by_role("region", name=table, exact=True)
        text = follow(susi, region.locator("a[href*='figure=']").first)
        expect(susi.page.locator("#total")).to_have_text(text)
        expect(susi.page.locator("table.problems tbody tr")).to_have_count(int(text))
        susi.page.get_by_role("link", name="Kembali ke rekap").click()
        expect(region).to_be_visible()


@EACH
def test_going_back_shows_the_dimension_that_was_left(susi):
    susi.go("/recaps?year=2024&month=12")
    susi.page.get_by_role("navigation", name="Menurut").get_by_role("link", name="Toko").click()
    stores = susi.page.get_by_role("region", name="Toko", exact=True)
    text = follow(susi, stores.locator("a[href*='figure=reported']").last)
    expect(susi.page.locator("#total")).to_have_text(text)
    susi.page.get_by_role("link", name="Kembali ke rekap").click()
    headed(susi, "Rekap Desember 2024")
    expect(stores).to_be_in_viewport()


@EVERYWHERE
def test_a_share_leads_to_its_problems(susi):
    susi.go("/recaps?year=2024")
    for table in ("Ringkasan", "Divisi"):
        region = susi.page.get_by_role("region", name=table, exact=True)
        assert follow(susi, region.locator("a[href*='figure=closed_escalated']").first).endswith("%")
        headed(susi, "Selesai sesudah dialihkan · 2024")
        susi.page.get_by_role("link", name="Kembali ke rekap").click()


@EACH
def test_a_problem_behind_a_figure_opens(susi):
    susi.go("/problems?figure=reported&period=2024-12")
    susi.page.locator("tr[id]").get_by_role("link").first.click()
    expect(susi.page.get_by_role("heading", name="Riwayat")).to_be_visible()


@EVERYWHERE
def test_from_month_to_month(susi):
    susi.page.get_by_role("link", name="Rekap").click()
    headed(susi, "Rekap Maret 2025")
    for month in ("Februari 2025", "Januari 2025", "Desember 2024"):
        susi.page.get_by_role("link", name="Sebelumnya").click()
        headed(susi, f"Rekap {month}")
    susi.page.get_by_role("link", name="Berikutnya").click()
    headed(susi, "Rekap Januari 2025")
    susi.page.get_by_role("link", name="Berikutnya").click()
    headed(susi, "Rekap Februari 2025")
    susi.page.get_by_role("region", name="Bulan demi bulan").get_by_role("link", name="Januari").click()
    headed(susi, "Rekap Januari 2025")


@EVERYWHERE
def test_year_and_month_are_chosen(susi):
    susi.go("/recaps")
    for fields, title in (({"Bulan": "Januari"}, "Januari 2025"), ({"Tahun": "2024"}, "Januari 2024"),
                          ({"Bulan": "Setahun penuh"}, "2024")):  # fmt: skip
        susi.fill(**fields)
        if not susi.scripts:
            susi.press("Terapkan")
        headed(susi, f"Rekap {title}")
    susi.sees("Setahun menghitung setiap kendala sekali")


@EACH
def test_a_month_is_compared_in_words(susi):
    susi.go("/recaps?year=2025&month=2")
    row = susi.page.get_by_role("region", name="Ringkasan").locator("tr", has_text="Dilaporkan")
    expect(row.locator("[class^=moved]").first).to_contain_text(re.compile("[▲▼] (naik|turun) [0-9]"))
    fits = "one => one.scrollWidth <= one.clientWidth"
    assert susi.page.get_by_role("region", name="Ringkasan").evaluate(fits)


@EACH
def test_a_chart_has_a_table_of_its_figures(susi):
    susi.go("/recaps?year=2024")
    picture = susi.page.get_by_role("figure").filter(has_text="Dilaporkan dan selesai per bulan")
    expect(picture.get_by_role("img", name="Dilaporkan dan selesai per bulan")).to_be_visible()
    expect(picture.get_by_role("table")).to_be_hidden()
    picture.get_by_text("Lihat sebagai tabel").click()
    expect(picture.get_by_role("row")).to_have_count(13)


@pytest.mark.parametrize("screen", ["desktop"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_print_view_shows_only_the_recap_in_black(susi, theme):
    susi.go("/recaps?year=2024&month=12").page.evaluate(
        "theme => document.documentElement.dataset.bsTheme = theme", theme
    )
    susi.page.emulate_media(media="print")
    for gone in ("header", ".recap-filters", ".nav-tabs"):
        expect(susi.page.locator(gone)).to_be_hidden()
    ink = "getComputedStyle(document.querySelector('.recap td')).color"
    assert max(map(int, re.findall("[0-9]+", susi.page.evaluate(ink))[:3])) < 64
    paper = pypdfium2.PdfDocument(susi.page.pdf(format="A4"))
    assert "Rekap Desember 2024" in paper[0].get_textpage().get_text_range() and len(paper) <= 3


@EVERYWHERE
def test_the_notice_of_a_closed_month_opens_its_recap(susi):
    susi.sees("Rekap Februari 2025 sudah siap.").press("Buka rekap")
    headed(susi, "Rekap Februari 2025")
    susi.go("/problems")
    expect(susi.page.get_by_role("button", name="Buka rekap")).to_have_count(0)


@EVERYWHERE
def test_the_notice_of_a_closed_month_is_dismissed(susi):
    susi.press("Tutup pemberitahuan")
    headed(susi, "Daftar Kendala")
    expect(susi.page.get_by_role("button", name="Tutup pemberitahuan")).to_have_count(0)
    susi.go("/recaps?year=2025&month=2")
    headed(susi, "Rekap Februari 2025")


@EACH
def test_in_english(susi):
    susi.go("/recaps?year=2024&month=12").prefer("English")
    headed(susi, "Recap December 2024")
    expect(susi.page.get_by_role("region", name="Summary")).to_contain_text("Still open")


@pytest.mark.parametrize("screen", ["phone"])
def test_links_are_24_px_high_on_a_phone(susi):
    """WCAG 2.2, 2.5.8; links within a sentence are exempt."""
    small = """() => [...document.querySelectorAll("main a")].filter(one => one.checkVisibility() && !one.closest("p"))
        .filter(one => one.getBoundingClientRect().height < 24 || one.getBoundingClientRect().width < 24)
        .map(one => one.outerHTML)"""
    for path in ("/recaps?year=2024&month=12", "/recaps?year=2024&dimension=store", "/recaps/divisions/1?period=2024"):
        assert susi.go(path).page.evaluate(small) == [], path
