"""Riwayat (docs/paper.md, R9): every step of a problem with who, when, from whom to whom and why, and the solution."""

from datetime import UTC, datetime

import pytest

from tests import form_data
from tests.problem_pages import facts


@pytest.fixture
def travelled(person, problem, query, moved_clock) -> int:
    """Rini's printer: an hour a step, from the helpdesk through Umum and a PIC and back."""
    moved_clock(datetime(2026, 1, 5, 1, 0, tzinfo=UTC))
    number = problem()
    steps = [
        ("hadi", "openings", form_data.opening(query)),
        ("koko", "comments", {"remark": "Masih mati."}),
        ("hadi", "escalations", form_data.escalation(query, "Umum", reason="Perlu listrik.")),
        ("gita", "returns", {"reason": "Listriknya baik."}),
        ("hadi", "escalations", form_data.escalation(query, "Pandu", reason="Perlu PIC.")),
        ("pandu", "acceptances", {}),
        ("pandu", "closures", {"solution": "Rol diganti."}),
        ("rini", "reopenings", {"reason": "Macet lagi."}),
        ("hana", "closures", {"solution": "Rol diganti lagi."}),
        ("rini", "confirmations", {}),
    ]
    for name, noun, fields in steps:
        moved_clock(hours=1)
        person(name).act(number, noun, **fields)
    return number


def history(page) -> list[list[str]]:
    """Each step's lines, without the spaces between."""
    return [[" ".join(part.split()) for part in step.stripped_strings] for step in page.select("ol.history > li")]


def test_every_step_is_shown_in_order(person, travelled):
    steps = history(person("rini").get(f"/problems/{travelled}"))
    assert [step[0] for step in steps] == [
        "Dilaporkan", "Dibuka", "Komentar", "Dialihkan", "Dikembalikan", "Dialihkan", "Diterima", "Ditutup",
        "Dibuka lagi", "Ditutup", "Dinyatakan beres",
    ]  # fmt: skip


def test_a_step_says_who_when_from_whom_to_whom_and_why(person, travelled):
    steps = [" ".join(step) for step in history(person("rini").get(f"/problems/{travelled}"))]
    assert steps[0] == "Dilaporkan ke Helpdesk Rini (10000001) · 5 Jan 2026 08.00 WIB"
    assert steps[1] == "Dibuka Perangkat keras, Tinggi Hadi (20000001), Helpdesk · 5 Jan 2026 09.00 WIB"
    assert steps[3].startswith("Dialihkan dari Helpdesk ke Umum Hadi (20000001)")
    assert steps[3].endswith("5 Jan 2026 11.00 WIB Perlu listrik.")
    assert steps[4].startswith("Dikembalikan dari Umum ke Helpdesk Gita (20000004), Umum")
    assert steps[4].endswith("Listriknya baik.")
    assert steps[5].startswith("Dialihkan dari Helpdesk ke Pandu (Aplikasi) Hadi")
    assert steps[6].startswith("Diterima oleh Pandu (Aplikasi) Pandu")
    assert steps[8].startswith("Dibuka lagi di Pandu (Aplikasi) Rini") and steps[8].endswith("Macet lagi.")


def test_times_are_those_of_the_readers_store(person, travelled):
    assert "5 Jan 2026 12.00 WIB" in person("hadi").get(f"/problems/{travelled}").ol.text
    page = person("gita").get(f"/problems/{travelled}")
    assert "5 Jan 2026 13.00 WITA" in page.ol.text and "WIB" not in page.main.text
    assert page.select("time")[0]["datetime"].startswith("2026-01-05T01:00:00")


def test_diagnosis_and_solution_stand_once(person, travelled):
    page = person("rini").get(f"/problems/{travelled}")
    words = page.main.text
    assert [words.count(text) for text in ("Rol aus.", "Rol diganti.", "Rol diganti lagi.")] == [1, 1, 1]
    texts = {title.text: title.find_next_sibling("p").text for title in page.select("h2:has(+ p)")}
    assert texts == {"Deskripsi": "Kertas tersangkut.", "Diagnosis": "Rol aus.", "Solusi": "Rol diganti lagi."}
    values = facts(page)
    assert values["Ditutup"] == "5 Jan 2026 17.00, Pandu (Aplikasi)" and "Menunggu di" not in values
    assert (values["Kategori"], values["Pelapor"]) == ("Perangkat keras", "Rini (10000001)")
    assert (values["Toko"], values["Inventaris"]) == ("T001 Kelapa Gading", "Printer")


def test_in_english(person, travelled):
    page = person("rini").speaks("en").get(f"/problems/{travelled}")
    assert [step[0] for step in history(page)][:4] == ["Reported", "Opened", "Comment", "Handed over"]
    assert page.find("h2", string="History") and "from Helpdesk to Umum" in " ".join(page.ol.text.split())
    assert "Closed" in facts(page) and "5 Jan 2026 08:00 WIB" in page.ol.text
