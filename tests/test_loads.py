"""Beban Kerja: who may see the page of a division or PIC, and which links lead there."""

import pytest

from sih.dao.problems import Problems
from sih.domain import clock
from tests.conftest import bring
from tests.load_pages import HISTORY, NOW, links, path_of


@pytest.fixture
def page_of(query):
    return lambda name: path_of(query, name)


@pytest.fixture
def in_december(monkeypatch):
    """When the history is over."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


HELD_BY_IT = "UPDATE problem SET holder_division_id = (SELECT id FROM division WHERE name = 'IT') WHERE id = %(id)s"
DIVISIONS = {"Helpdesk": {"hadi", "hana"}, "IT": set(), "Jaringan": {"iwan"}, "Aplikasi": {"pandu", "putri"},
             "Umum": {"gita"}}  # fmt: skip


@pytest.mark.parametrize("division", DIVISIONS)
def test_a_division_is_seen_by_its_handlers_and_by_supervisors(person, employees, page_of, division):
    for name in employees:
        may_see = name in DIVISIONS[division] | {"susi"}
        assert person(name).get(page_of(division), 200 if may_see else 404).h1, name


@pytest.mark.parametrize("pic", ["pandu", "putri"])
def test_a_pic_is_seen_by_that_pic_and_by_supervisors(person, employees, page_of, pic):
    for name in employees:
        assert person(name).get(page_of(pic), 200 if name in (pic, "susi") else 404).h1, name


def test_a_hidden_load_page_looks_like_a_missing_one(person, page_of):
    putri = person("putri")
    hidden, none = putri.get(page_of("pandu"), 404), putri.get("/loads/pics/999999", 404)
    assert hidden.select_one("main h1").text == none.select_one("main h1").text


@pytest.mark.parametrize("number", ["0", "999999", str(2**40), str(2**63 - 1), str(2**63), "x", "-1", "1.5"])
@pytest.mark.parametrize("noun", ["divisions", "pics"])
def test_a_missing_load_page_is_not_found(person, noun, number):
    person("susi").get(f"/loads/{noun}/{number}", 404)


@pytest.mark.parametrize("name", ["rini", "sari", "adi"])
def test_reporters_and_admins_have_no_load_page(person, name):
    page = person(name).get("/loads", 403)
    assert page.select("header a[href='/loads']") == []


@pytest.mark.parametrize("name", ["rini", "hadi", "gita", "susi", "adi"])
def test_an_employee_who_never_held_a_problem_has_no_pic_page(person, page_of, name):
    person("susi").get(page_of(name), 404)
    person(name).get(page_of(name), 404)


def test_an_employee_who_held_a_problem_keeps_the_pic_page(person, query, employees, problem, page_of):
    number, hadi, gita = problem("in_progress"), employees["hadi"], employees["gita"]
    problems = Problems(query)
    seen = problems.visible_to(hadi, number).last_event_id
    problems.escalate(number, seen, hadi, clock.now(), "Perlu Gita.", gita.division_id, gita.id)
    assert person("susi").get(page_of("gita")).select_one("#open").text.strip() == "1"
    bring(query, employees, number, "accept")
    bring(query, employees, number, "close")
    assert person("gita").get(page_of("gita")).select_one("#open").text.strip() == "0"


def test_the_index_shows_a_supervisor_every_division_with_its_load(person, problem):
    problem(), problem("at Umum"), problem("escalated to pandu"), problem("closed")
    page = person("susi").get("/loads")
    rows = [tuple(row.get_text(" ").split()) for row in page.select(".load")]
    assert rows == [("Helpdesk", "1"), ("IT", "1"), ("Aplikasi", "1"), ("Jaringan", "0"), ("Umum", "1")]
    for address in links(page, "/loads/").values():
        person("susi").get(address)


def test_the_index_and_each_page_count_the_same(person, query, problem):
    for given in ("new", "at Umum", "escalated to pandu", "at pandu", "closed"):
        problem(given)
    query.execute(HELD_BY_IT, {"id": problem("in_progress")})
    query.execute("UPDATE division SET is_active = false WHERE name = 'Aplikasi'")
    susi = person("susi")
    found = {row.a["href"]: row.span.text.strip() for row in susi.get("/loads").select(".load")}
    for address, amount in found.items():
        page = susi.get(address)
        assert (page.select_one("#total") or page.select_one("#open")).text.strip() == amount, address
    assert list(found.values()) == ["1", "3", "2", "0", "1"]
    query.execute("UPDATE employee SET division_id = (SELECT id FROM division WHERE name = 'IT') WHERE name = 'Iwan'")
    own = person("iwan").get("/loads").select_one(".load")
    assert own.span.text.strip() == "3" == person("iwan").get(own.a["href"]).select_one("#total").text.strip()


def test_the_index_shows_a_handler_only_the_own_pages(person, page_of):
    own = {"hadi": ["Helpdesk"], "iwan": ["Jaringan"], "pandu": ["Aplikasi", "pandu"]}
    for name, pages in own.items():
        found = links(person(name).get("/loads"), "/loads/").values()
        assert list(found) == [page_of(one) for one in pages], name


@pytest.mark.parametrize("name", ["hadi", "pandu", "susi"])
def test_the_menu_marks_the_load_pages_as_current(person, name):
    assert person(name).get("/loads").select_one("header [aria-current]")["href"] == "/loads"


def test_a_division_leads_supervisors_to_its_pics_by_name_alone(person, query, employees, problem, page_of):
    for _ in range(7):
        problem("at pandu")
    page = person("susi").get(page_of("Aplikasi"))
    assert list(links(page, "/loads/pics/").items()) == [
        ("Pandu (Kasir)", page_of("pandu")), ("Putri (Kasir)", page_of("putri"))
    ]  # fmt: skip
    assert [row.text for row in page.select("main ul li")] == ["Pandu (Kasir)", "Putri (Kasir)"]
    assert links(person("pandu").get(page_of("Aplikasi")), "/loads/pics/") == {}


@pytest.mark.filled(by=HISTORY)
def test_the_recap_leads_to_divisions_and_pics(person, in_december):
    for dimension, start in (("division", "/loads/divisions/"), ("pic", "/loads/pics/")):
        found = links(person("susi").get(f"/recaps?year=2024&dimension={dimension}"), start)
        assert len(found) >= 2
        for address in found.values():
            person("susi").get(address)


@pytest.mark.filled(by=HISTORY)
def test_figures_of_a_pic_are_hidden_from_colleagues(person, page_of, employees, in_december):
    address = f"/problems?figure=closed&period=2024&dimension=pic&value={employees['pandu'].id}"
    for name, may_see in (("pandu", True), ("susi", True), ("putri", False), ("hadi", False)):
        page = person(name).get(address)
        assert bool(page.select("#total")) == may_see, name
        assert (page_of("pandu") in links(page, "/loads/pics/").values()) == may_see
