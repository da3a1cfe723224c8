"""The desk in Firefox and in WebKit: opening and handing over in one dialog, five problems at once, what is typed is
kept, and the same without a mouse."""

import pytest

from tests.browser.test_clicks import USUAL
from tests.engines.visitors import CONTROL, ENTER, ESCAPE, TAB
from tests.facts import state

SCREENS = {"desktop": (1366, 768), "phone": (360, 740)}


@pytest.fixture(params=SCREENS)
def hadi(request, visitor, query):
    """A handler of the helpdesk, whose category Perangkat keras usually goes to the division Umum."""
    query.execute(USUAL)
    return visitor("hadi", *SCREENS[request.param])


def test_a_problem_is_opened_and_handed_over_in_one_dialog(hadi, problem, query):
    number = problem()
    hadi.go("/problems").press("Buka Kendala", f"#p{number}").sees("Diagnosis")
    hadi.fill(Diagnosis="Rol aus.", Kategori="Perangkat keras").press("Simpan dan alihkan").sees("Jenis penyelesaian")
    assert hadi.value("Alasan") == "Rol aus."
    assert state(query, number)[0] == "new"
    hadi.press("Penyelesaian >>").sees(f"Kendala #{number} dibuka dan dialihkan.")
    assert state(query, number) == ("escalated", "Umum", None)


def test_five_are_opened_and_handed_over_at_once(hadi, problem, query):
    numbers, other = [problem() for _ in range(5)], problem()
    hadi.go("/problems")
    for number in numbers:
        hadi.tick(f"#p{number}")
    hadi.press("Buka dan alihkan (5)").fill(Diagnosis="Server mati.", Kategori="Perangkat keras")
    hadi.press("Simpan dan alihkan").sees("Jenis penyelesaian").press("Penyelesaian >>")
    hadi.sees("5 kendala dibuka dan dialihkan.")
    assert {state(query, number) for number in numbers} == {("escalated", "Umum", None)}
    assert state(query, other)[0] == "new"


def test_what_was_typed_is_there_when_the_dialog_opens_again(hadi, problem, query):
    number = problem("in_progress")
    hadi.go("/problems").press("Tutup Kendala", f"#p{number}").fill(Solusi="Kabel diganti.").type(ESCAPE)
    hadi.until("() => !document.querySelector('dialog')")
    hadi.press("Tutup Kendala", f"#p{number}").sees("Solusi")
    assert hadi.value("Solusi") == "Kabel diganti."
    hadi.press("Simpan").sees(f"Kendala #{number} ditutup.")
    assert state(query, number)[0] == "closed"


def test_without_a_mouse(hadi, problem, query):
    numbers = [problem() for _ in range(2)]
    hadi.go("/problems")
    for number in numbers[::-1]:
        hadi.type("j").until("number => !!document.activeElement.closest(`#p${number}`)", number)
        hadi.type("b").until("() => !!document.activeElement.closest('dialog textarea')")
        hadi.type("Rol aus.").type(TAB).fill(Kategori="Perangkat keras").type(TAB * 4)
        hadi.until("() => document.activeElement.innerText === 'Simpan dan alihkan'")
        hadi.type(ENTER).sees("Jenis penyelesaian")
        hadi.hold(CONTROL, ENTER).sees(f"Kendala #{number} dibuka dan dialihkan.")
    assert {state(query, number) for number in numbers} == {("escalated", "Umum", None)}
