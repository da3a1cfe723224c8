"""Ready texts at a touch: in a dialog and beside the remark, never over what somebody typed, and without scripts."""

import pytest
from playwright.sync_api import expect

from tests.facts import events

SALAM = "Terima kasih sudah melapor."


@pytest.fixture
def hadi(visitor, screen):
    return visitor(screen, "hadi")


@pytest.fixture
def closing(hadi, problem):
    """Hadi in the dialog "Tutup Kendala", and the number of its problem."""
    number = problem("in_progress")
    hadi.go("/problems").press("Tutup Kendala", within=hadi.row(number))
    return hadi, number


def test_one_touch_fills_the_field_and_words_may_be_added(closing, query):
    hadi, number = closing
    hadi.press("Salam")
    solution = hadi.page.get_by_label("Solusi")
    expect(solution).to_have_value(SALAM)
    solution.fill(f"{SALAM} Kabel diganti.")
    hadi.press("Simpan").sees(f"Kendala #{number} ditutup.")
    assert events(query, number, "closed")[0]["note"] == f"{SALAM} Kabel diganti."


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_what_was_typed_is_replaced_only_after_a_question(closing):
    hadi, _ = closing
    solution, question = hadi.page.get_by_label("Solusi"), hadi.page.get_by_text("Ganti tulisan Anda?")
    hadi.fill(Solusi="Kabel diganti.").press("Salam")
    expect(question).to_be_visible()
    expect(hadi.page.get_by_role("button", name="Tambahkan di bawah")).to_be_focused()
    hadi.press("Biarkan")
    expect(solution).to_have_value("Kabel diganti.")
    hadi.press("Salam").press("Tambahkan di bawah")
    expect(solution).to_have_value(f"Kabel diganti.\n{SALAM}")
    expect(solution).to_be_focused()
    hadi.press("Salam").press("Ganti")
    expect(solution).to_have_value(SALAM)
    hadi.press("Sudah diperiksa")  # a ready text that nobody has changed
    expect(question).to_be_hidden()
    assert solution.input_value().startswith("Halo Rini,")


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_the_reason_of_a_hand_over_is_filled_by_the_keyboard(hadi, problem, query):
    number = problem("in_progress")
    hadi.go("/problems").press("Penyelesaian", within=hadi.row(number)).choose_kind("Divisi Umum")
    hadi.page.get_by_role("button", name="Perlu teknisi").focus()
    hadi.page.keyboard.press("Enter")
    hadi.page.keyboard.press("Control+Enter")
    hadi.sees(f"Kendala #{number} dialihkan.")
    assert events(query, number, "escalated")[0]["note"].endswith("perlu dilihat teknisi.")


def test_the_remark_of_a_problem_is_filled(hadi, problem, query):
    number = problem()
    hadi.go(f"/problems/{number}").press("Salam")
    expect(hadi.page.get_by_label("Komentar")).to_have_value(SALAM)
    hadi.press("Kirim komentar" if hadi.scripts else "Kirim")
    hadi.sees("Komentar tersimpan.")
    assert [event["note"] for event in events(query, number, "commented")] == [SALAM]


@pytest.mark.parametrize("screen", ["without scripts"])
def test_without_scripts_the_text_stands_below_what_was_typed(closing):
    hadi, _ = closing
    hadi.fill(Solusi="Kabel diganti.").press("Salam")
    expect(hadi.page.get_by_label("Solusi")).to_have_value(f"Kabel diganti.\n{SALAM}")
