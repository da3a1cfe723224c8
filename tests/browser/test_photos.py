"""Photos on a phone and without scripts: chosen, uploaded at once, sent, looked at."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from tests import photos
from tests.facts import amount
from tests.photos import photo

LARGE = photo(image=Image.effect_noise((2400, 1800), 40).convert("RGB"), quality=95)

# Keeps the sizes of the uploaded files.
NOTE_SIZES = """() => {
    const send = XMLHttpRequest.prototype.send;
    window.sizes = [];
    XMLHttpRequest.prototype.send = function (body) {
        window.sizes.push(body.get("file").size);
        send.call(this, body);
    };
}"""


def file(content: bytes, name: str = "kasir.jpg", kind: str = "image/jpeg") -> dict:
    return {"name": name, "mimeType": kind, "buffer": content}


def fill(somebody):
    somebody.go("/problems/new")
    return somebody.fill(Inventaris="Lainnya: Printer", Judul="Printer mati", Deskripsi="Lampu merah menyala.")


def choose(somebody, *files: dict) -> None:
    somebody.page.get_by_label("Tambah foto atau berkas").set_input_files(files)


def hold_uploads(page) -> list:
    """What is uploaded from now on, held back until its `continue_` is called."""
    held = []
    page.route("**/uploads", lambda route: held.append(route))
    return held


def faults_of(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("screen", ["phone"])
def test_a_photo_is_shrunk_and_uploaded_at_once_and_sent_with_the_report(visitor, query, screen):
    rini = fill(visitor(screen, "rini"))
    rini.page.evaluate(NOTE_SIZES)
    choose(rini, file(LARGE), file(photos.heic(), "IMG_1.HEIC", "image/heic"))
    expect(rini.page.locator(".files [name=upload]")).to_have_count(2)
    assert 0 < max(rini.page.evaluate("sizes")) < len(LARGE) / 2
    rini.page.get_by_label("Keterangan gambar (boleh kosong)").first.fill("Layar kasir mati")
    expect(rini.page.get_by_text("Siap dikirim.")).to_be_visible()
    assert faults_of(rini.page) == []
    assert rini.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    rini.press("Kirim")
    shown = rini.page.get_by_role("img", name="Layar kasir mati")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 240)
    assert amount(query, "attachment") == 2 and amount(query, "upload") == 0


@pytest.mark.parametrize("screen", ["without scripts"])
def test_without_scripts_photos_go_with_the_form_and_good_ones_stay_ticked(visitor, query, screen):
    rini = fill(visitor(screen, "rini"))
    choose(rini, file(photo(), "baik.jpg"), file(photos.SVG, "kasir.jpg"))
    rini.press("Kirim").sees("Berkas ini bukan foto")
    expect(rini.page.get_by_label("baik.jpg")).to_be_checked()
    rini.press("Kirim").page.get_by_role("link", name="Foto baik.jpg").click()
    assert "/files/" in rini.page.url and amount(query, "attachment") == 1


@pytest.mark.parametrize("screen", ["phone"])
def test_a_form_that_is_sent_early_waits_for_its_uploads(visitor, query, screen):
    rini = fill(visitor(screen, "rini"))
    held = hold_uploads(rini.page)
    choose(rini, file(photo()))
    rini.press("Kirim").sees("Menunggu foto selesai diunggah…")
    rini.page.wait_for_timeout(200)
    assert amount(query, "problem") == 0
    held[0].continue_()
    expect(rini.page.get_by_role("heading", name="Riwayat")).to_be_visible()
    assert amount(query, "attachment") == 1


@pytest.mark.parametrize("screen", ["phone"])
def test_an_upload_that_fails_is_tried_again_and_one_on_its_way_discarded(visitor, query, screen):
    rini = fill(visitor(screen, "rini"))
    rini.page.route("**/uploads", lambda route: route.abort())
    choose(rini, file(photo()))
    rini.sees("Belum terkirim. Coba lagi, atau lanjutkan tanpa berkas ini.")
    rini.page.unroute("**/uploads")
    rini.press("Coba lagi")
    expect(rini.page.locator(".files [name=upload]")).to_have_count(1)
    hold_uploads(rini.page)
    choose(rini, file(photo("PNG"), "lain.png", "image/png"))
    rini.page.get_by_role("button", name="Buang").nth(1).click()
    expect(rini.page.locator(".files li")).to_have_count(1)
    rini.press("Kirim")
    expect(rini.page.get_by_role("heading", name="Riwayat")).to_be_visible()
    assert amount(query, "attachment") == 1


@pytest.mark.parametrize("screen", ["phone"])
def test_a_refused_photo_says_why_and_a_discarded_one_is_gone(visitor, query, screen):
    rini = fill(visitor(screen, "rini"))
    choose(rini, file(photos.SVG), file(photo(), "baik.jpg"))
    rini.sees("Berkas ini bukan foto (JPEG, PNG, WebP, HEIC) dan bukan PDF.")
    expect(rini.page.get_by_label("baik.jpg")).to_be_checked()
    assert faults_of(rini.page) == []
    with rini.page.expect_response("**/deletions"):
        rini.page.locator("li.file", has_text="baik.jpg").get_by_role("button", name="Buang").click()
    assert amount(query, "upload") == 0
    choose(rini, *(file(photo(image=photos.picture(20 + one, 20)), f"{one}.jpg") for one in range(6)))
    rini.sees("Paling banyak 5 foto atau berkas.")


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_the_viewer_works_by_keyboard(visitor, query, screen):
    rini = fill(visitor(screen, "rini"))
    choose(rini, file(photo(), "satu.jpg"), file(photo("PNG"), "dua.png", "image/png"))
    expect(rini.page.locator(".files [name=upload]")).to_have_count(2)
    rini.press("Kirim")
    links = rini.page.locator("a[data-photo]")
    links.first.focus()
    rini.page.keyboard.press("Enter")
    viewer = rini.page.get_by_role("dialog", name="Foto")
    expect(viewer.get_by_role("img", name="Foto satu.jpg")).to_be_visible()
    rini.page.keyboard.press("ArrowRight")
    expect(viewer.get_by_role("img", name="Foto dua.png")).to_be_visible()
    viewer.get_by_role("button", name="Berikutnya").press("Enter")
    expect(viewer.get_by_role("status")).to_have_text("1/2: Foto satu.jpg")
    assert faults_of(rini.page) == []
    rini.page.keyboard.press("ArrowLeft")
    rini.page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(links.nth(1)).to_be_focused()


@pytest.mark.parametrize("screen", ["phone"])
def test_a_dialog_sends_the_photos_of_a_solution(visitor, problem, query, screen):
    """Opened again after a reload, it has what was typed; what was uploaded before stays out of it."""
    number, hadi = problem("in_progress"), visitor(screen, "hadi")
    hadi.go(f"/problems/{number}").press("Tutup Kendala")
    dialog = hadi.page.get_by_role("dialog")
    for name in ("dulu.jpg", "sesudah.jpg"):
        hadi.fill(Solusi="Rol diganti.")
        dialog.get_by_label("Tambah foto atau berkas").set_input_files([file(photo(), name)])
        expect(dialog.get_by_label(name)).to_be_checked()
        if name == "dulu.jpg":
            dialog.get_by_role("button", name="Simpan").wait_for()
            hadi.page.reload()
            hadi.go(f"/problems/{number}").press("Tutup Kendala")
            expect(dialog.get_by_label("Solusi")).to_have_value("Rol diganti.")
            expect(dialog.get_by_label(name)).to_have_count(0)
    assert faults_of(hadi.page) == []
    hadi.press("Simpan").sees(f"Kendala #{number} ditutup.")
    expect(hadi.page.get_by_role("img", name="Foto sesudah.jpg")).to_be_visible()
    assert amount(query, "attachment") == 1
