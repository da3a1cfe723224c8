"""What is typed into the form of a report is kept on the server as one types, and goes on on another device."""

import pytest
from playwright.sync_api import expect

from tests.facts import amount
from tests.test_worker import until

PHONE = pytest.mark.parametrize("screen", ["phone"])


def typing(rini) -> None:
    """Types a title and waits until the draft is kept."""
    rini.go("/problems/new").fill(Judul="Printer mati")
    expect(rini.page.locator("[data-draft-note]")).to_have_text("Draf tersimpan.")


def stored(page) -> list[str]:
    """What the browser keeps."""
    return page.evaluate("[...Object.values(localStorage), ...Object.values(sessionStorage)]")


@PHONE
def test_a_draft_goes_on_on_another_device_and_is_gone_when_sent(visitor, screen, query):
    phone, desk = visitor(screen, "rini"), visitor("desktop", "rini")
    typing(phone)
    assert not [text for text in stored(phone.page) if "Printer mati" in text]
    desk.go("/problems/new").sees("Laporan Anda yang belum terkirim").page.get_by_role("link", name="Lanjutkan").click()
    expect(desk.page.get_by_label("Judul", exact=True)).to_have_value("Printer mati")
    desk.fill(Inventaris="T001-PRN-01 (SN1)", Deskripsi="Lampu merah.").press("Kirim").sees("terkirim dan menunggu")
    phone.go("/problems/new")
    expect(phone.page.get_by_role("link", name="Lanjutkan")).to_have_count(0)
    assert (amount(query, "problem"), amount(query, "report_draft")) == (1, 0)


@PHONE
def test_a_reload_right_after_typing_loses_nothing(visitor, screen, query):
    """What is sent while the page is left may come after the request for the next one, which then does not offer it."""
    rini = visitor(screen, "rini").go("/problems/new").fill(Deskripsi="Kertas macet")
    rini.page.reload()
    until(lambda: amount(query, "report_draft"))
    rini.go("/problems/new").page.get_by_role("link", name="Lanjutkan").click()
    expect(rini.page.get_by_label("Deskripsi", exact=True)).to_have_value("Kertas macet")


@PHONE
def test_at_most_one_draft_is_sent_in_five_seconds(visitor, screen):
    rini, sent = visitor(screen, "rini").go("/problems/new"), []
    rini.page.clock.install()
    rini.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    field = rini.page.get_by_label("Judul", exact=True)
    for _ in range(20):
        field.press_sequentially("x")
        rini.page.clock.run_for(500)
    assert 2 <= len(sent) <= 3 and {url.rpartition("/")[2] for url in sent} == {"report-drafts"}


@PHONE
def test_without_an_answer_the_page_says_so_and_tries_again(visitor, screen):
    rini = visitor(screen, "rini").go("/problems/new")
    rini.page.route("**/report-drafts", lambda route: route.abort())
    rini.fill(Judul="Printer mati")
    note = rini.page.locator("[data-draft-note]")
    expect(note).to_have_text("Draf belum tersimpan; tidak ada jawaban dari server.")
    rini.page.unroute("**/report-drafts")
    expect(note).to_have_text("Draf tersimpan.", timeout=15_000)


@pytest.mark.parametrize("screen", ["without scripts"])
def test_without_scripts_the_form_is_as_it_was(visitor, screen, query):
    rini = visitor(screen, "rini").go("/problems/new")
    rini.fill(Inventaris="T001-PRN-01 (SN1)", Judul="Printer mati", Deskripsi="Lampu merah.").press("Kirim")
    rini.sees("terkirim dan menunggu")
    assert (amount(query, "problem"), amount(query, "report_draft")) == (1, 0)
