"""Tampilan tersimpan: named filters of the list, own ones and those of a division; the one a list opens with."""

from functools import partial
from urllib.parse import urlencode

import pytest

from bench.databases import opened
from sih.dao.query import Pool
from sih.dao.saved_views import MOST, SavedViews
from sih.domain.errors import TooManyViews
from sih.forms.saved_views import filters_in
from tests.concurrency import all_at_once
from tests.facts import alert, amount, errors, id_of, options, value
from tests.problem_pages import numbers

HIGH = "priority=high"
TAKEN = "Sudah ada tampilan dengan nama ini."
VIEWS = "SELECT name, filters, employee_id, division_id FROM saved_view ORDER BY id"


@pytest.fixture
def saved(query, employees):
    """saved("hadi", "Gawat", "priority=critical") stores a view, of a division if one is named; its id."""

    def save(name: str, title: str, filters: str = HIGH, division: str | None = None) -> int:
        division_id = id_of(query, "division", division) if division else None
        SavedViews(query, employees[name]).create(title, filters, division_id)
        return query.one("SELECT max(id) AS id FROM saved_view")["id"]

    return save


def links(page) -> list[tuple[str, str]]:
    """Name and address of each saved view beside the tabs."""
    return [(link.text, link["href"]) for link in page.select(".views a") if link.text != "Kelola"]


def opened_with(somebody, path: str = "/problems") -> str | None:
    """The saved view that is the one shown."""
    chosen = somebody.get(path).select_one(".views [aria-current]")
    return chosen and chosen.text


def buttons(page, view_id: int) -> list[str]:
    return [one.text.strip() for one in page.select(f"#view{view_id} button, #view{view_id} a.btn")]


@pytest.mark.parametrize("name", ["rini", "hadi", "pandu", "susi", "adi"])
def test_everybody_saves_the_filters_of_this_moment_for_themselves(person, problem, name):
    problem(), problem("in_progress")
    somebody = person(name)
    page = somebody.get("/problems?status=in_progress&priority=high")
    button = page.select_one(".views button")
    assert (button.text, button["formaction"]) == ("Simpan tampilan", "/saved-views/new")
    page = somebody.get(f"/saved-views/new?{urlencode({'filters': button['value']})}")
    more = {"owner": "own"} if name == "susi" else {}
    page = somebody.post("/saved-views", follow=True, name=" Penting ", filters=value(page, "filters"), **more)
    assert 'Tampilan "Penting" disimpan.' in page.text
    assert links(page) == [("Penting", "/problems?priority=high&status=in_progress")]
    assert page.select_one(".views a[aria-current=true]").text == "Penting"
    assert page.select_one(".views button") is None, "it is saved already"
    assert len(numbers(somebody.get(links(page)[0][1]))) == 1


def test_nobody_else_sees_an_own_view(person, saved):
    saved("hadi", "Gawat")
    assert links(person("hadi").get("/problems")) == [("Gawat", f"/problems?{HIGH}")]
    for name in ("hana", "rini", "susi"):
        assert links(person(name).get("/problems")) == []
        assert "Gawat" not in person(name).get("/saved-views").text


def test_a_view_of_a_division_is_seen_by_its_handlers_and_those_of_its_sub_divisions(person, saved):
    saved("susi", "Untuk IT", division="IT"), saved("susi", "Untuk Umum", division="Umum")
    assert [name for name, _ in links(person("iwan").get("/problems"))] == ["Untuk IT"]
    assert [name for name, _ in links(person("pandu").get("/problems"))] == ["Untuk IT"]
    assert [name for name, _ in links(person("gita").get("/problems"))] == ["Untuk Umum"]
    for name in ("hadi", "rini", "susi"):
        assert links(person(name).get("/problems")) == []


def test_a_supervisor_saves_a_view_for_a_division(person, query, employees):
    susi = person("susi")
    page = susi.get("/saved-views/new?filters=status%3Dnew")
    assert options(page, "owner")[0] == "Saya sendiri" and "Umum" in options(page, "owner")
    division_id = id_of(query, "division", "Umum")
    susi.post("/saved-views", name="Baru", filters="status=new", owner=str(division_id))
    assert query.select(VIEWS) == [
        {"name": "Baru", "filters": "status=new", "employee_id": None, "division_id": division_id}
    ]


@pytest.mark.parametrize("name", ["rini", "hadi", "gita", "adi"])
def test_others_save_for_themselves_only(person, query, employees, name):
    division_id = str(id_of(query, "division", "Umum"))
    assert person(name).get("/saved-views/new?filters=status%3Dnew").select_one("[name=owner]") is None
    person(name).post("/saved-views", name="Baru", filters="status=new", owner=division_id)
    assert [row["employee_id"] for row in query.select(VIEWS)] == [employees[name].id]


@pytest.mark.parametrize("owner", ["", "0", "999999", "x", "-1"])
def test_an_unknown_division_is_refused(person, query, owner):
    page = person("susi").post("/saved-views", 422, name="Baru", filters="status=new", owner=owner)
    assert list(errors(page)) == ["owner"] and value(page, "filters") == "status=new"
    assert amount(query, "saved_view") == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("?status=new&year=2026", "status=new&year=2026"),
        ("?after=1-2&status=new", "status=new"),
        ("?figure=closed&period=2026-01&dimension=store&value=1&status=new", "status=new"),
        ("?x=1&status=&q=%20", ""),
        ("?q=kasir%203%26", "q=kasir+3%26"),
        ("?q=%00&status=new", "status=new"),
        ("", ""),
        ("?q=" + "%F0%9F%98%80" * 200, ""),
    ],
)
def test_only_filters_of_the_list_are_kept_in_one_order(given, kept):
    assert filters_in(given.removeprefix("?")) == kept


def test_without_filters_nothing_is_saved(person, query):
    assert person("rini").get("/problems").select_one(".views button") is None
    page = person("rini").post("/saved-views", 422, name="Semua", filters="x=1")
    assert alert(page) == "Pilih dulu filter di daftar, lalu simpan." and value(page, "name") == "Semua"
    assert amount(query, "saved_view") == 0


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("", "Beri tampilan ini nama."), ("x" * 41, "Paling banyak 40 karakter; ini kelebihan 1."), ("a\x00b", None)],
)
def test_a_name_is_bounded(person, query, saved, name, sentence):
    rini, view_id = person("rini"), saved("rini", "Lama")
    for path, fields in (("/saved-views", {"filters": HIGH}), (f"/saved-views/{view_id}", {"seen": "1"})):
        page = rini.post(path, 422, name=name, **fields)
        assert errors(page)["name"] == (sentence or "Teks ini berisi karakter yang tidak dapat disimpan.")
    assert [row["name"] for row in query.select(VIEWS)] == ["Lama"]


def test_names_differ_within_an_owner_only(person, query, saved):
    saved("rini", "Gawat"), saved("koko", "Gawat"), saved("susi", "Gawat", division="Umum")
    page = person("rini").post("/saved-views", 422, name="Gawat", filters="status=new")
    assert errors(page) == {"name": TAKEN} and value(page, "filters") == "status=new"
    other = saved("rini", "Lain", "status=closed")
    assert errors(person("rini").post(f"/saved-views/{other}", 422, name="Gawat", seen="1")) == {"name": TAKEN}
    assert amount(query, "saved_view") == 4


def test_saving_twice_saves_once(person, query):
    for _ in range(2):
        person("rini").post("/saved-views", name="Gawat", filters=HIGH)
    assert amount(query, "saved_view") == 1


@pytest.mark.parametrize("division", [None, "Umum"])
def test_a_person_and_a_division_have_at_most_twenty(person, query, employees, saved, database, division):
    """Also of six who save at the same time."""

    def save(number: int) -> bool:
        with opened(Pool(**database)) as own:
            try:
                SavedViews(own, employees["susi"]).create(f"Serentak {number}", HIGH, division_id)
            except TooManyViews:
                return False
            return True

    division_id = id_of(query, "division", division) if division else None
    for number in range(MOST - 2):
        saved("susi", f"Tampilan {number}", division=division)
    done = all_at_once([partial(save, number) for number in range(6)])
    assert sorted(done) == [False] * 4 + [True] * 2
    owner = str(division_id) if division_id else "own"
    page = person("susi").post("/saved-views", 422, name="Lagi", filters=HIGH, owner=owner)
    assert alert(page) == "Paling banyak 20 tampilan dapat disimpan. Hapus dulu yang tidak dipakai lagi."
    person("susi").post("/saved-views", name="Tampilan 0", filters=HIGH, owner=owner)  # again: it is there
    assert amount(query, "saved_view") == MOST


def test_renaming_and_deleting(person, query, saved):
    hadi, view_id = person("hadi"), saved("hadi", "Gawat")
    page = hadi.get(f"/saved-views/{view_id}/edit")
    page = hadi.post(f"/saved-views/{view_id}", follow=True, name="Darurat", seen=value(page, "seen"))
    assert "Perubahan tersimpan." in page.text and "Darurat" in page.main.text and "Gawat" not in page.main.text
    page = hadi.post(f"/saved-views/{view_id}/deletions", follow=True)
    assert "Tampilan itu dihapus." in page.text and "Belum ada tampilan tersimpan." in page.text
    assert amount(query, "saved_view") == 0


@pytest.mark.parametrize(("owner", "division"), [("hana", None), ("susi", "Helpdesk"), ("susi", None)])
@pytest.mark.parametrize("name", ["hadi", "rini", "adi"])
def test_a_view_of_somebody_else_is_not_found(person, query, saved, owner, division, name):
    view_id, somebody = saved(owner, "Gawat", division=division), person(name)
    somebody.get(f"/saved-views/{view_id}/edit", 404)
    somebody.post(f"/saved-views/{view_id}", 404, name="Milik saya", seen="1")
    somebody.post(f"/saved-views/{view_id}/deletions", 404)
    if name == "hadi" and division != "Helpdesk":
        somebody.post("/default-views", 404, view=str(view_id))
    assert [row["name"] for row in query.select(VIEWS)] == ["Gawat"]
    assert amount(query, "employee WHERE default_view_id IS NOT NULL") == 0


@pytest.mark.parametrize("number", [0, 999999, 2**62])
def test_hidden_and_missing_views_look_the_same(person, number):
    for path in (f"/saved-views/{number}", f"/saved-views/{number}/deletions"):
        person("hadi").post(path, 404, name="Milik saya", seen="1")
    person("hadi").post("/default-views", 404, view=str(number))
    person("hadi").get(f"/saved-views/{number}/edit", 404)


def test_every_supervisor_changes_the_views_of_divisions_but_not_those_of_people(person, query, saved):
    own, shared = saved("hana", "Milik Hana"), saved("susi", "Gawat", division="Umum")
    query.execute("UPDATE employee SET role = 'supervisor' WHERE name = 'Koko'")
    page = person("koko").get("/saved-views")
    assert buttons(page, shared) == ["Ganti nama", "Hapus"] and page.select(f"#view{own}") == []
    person("koko").post(f"/saved-views/{own}/deletions", 404)
    person("koko").post(f"/saved-views/{shared}", name="Darurat", seen="1")
    person("koko").post(f"/saved-views/{shared}/deletions")
    assert [row["name"] for row in query.select(VIEWS)] == ["Milik Hana"]


def test_of_two_who_rename_a_view_the_second_sees_the_new_name_first(person, query, saved):
    view_id, susi = saved("susi", "Gawat", division="Umum"), person("susi")
    query.execute("UPDATE employee SET role = 'supervisor' WHERE name = 'Koko'")
    person("koko").post(f"/saved-views/{view_id}", name="Darurat", seen="1")
    page = susi.post(f"/saved-views/{view_id}", 409, name="Mendesak", seen="1")
    assert "Tampilan ini baru saja diberi nama lain: Darurat." in " ".join(alert(page).split())
    assert value(page, "name") == "Mendesak"
    susi.post(f"/saved-views/{view_id}", name="Mendesak", seen=value(page, "seen"))
    assert [row["name"] for row in query.select(VIEWS)] == ["Mendesak"]


def test_renaming_twice_is_no_conflict(person, saved):
    view_id = saved("rini", "Gawat")
    for _ in range(2):
        person("rini").post(f"/saved-views/{view_id}", name="Darurat", seen="1")


def test_a_view_deleted_meanwhile_is_not_found(person, saved):
    view_id, rini = saved("rini", "Gawat"), person("rini")
    rini.post(f"/saved-views/{view_id}/deletions")
    rini.post(f"/saved-views/{view_id}", 404, name="Darurat", seen="1")
    rini.post(f"/saved-views/{view_id}/deletions", 404)


def test_the_default_view_is_what_a_handlers_list_opens_with(person, query, saved):
    hadi, view_id = person("hadi"), saved("hadi", "Gawat", "priority=high&q=kasir+3")
    page = hadi.get("/saved-views")
    assert buttons(page, view_id) == ["Buka pertama", "Ganti nama", "Hapus"]
    page = hadi.post("/default-views", follow=True, view=str(view_id))
    assert "Daftar Anda dibuka dengan tampilan itu." in page.text and "dibuka pertama" in page.main.text
    assert opened_with(hadi) == "Gawat" and opened_with(hadi, "/problems?order=oldest") is None
    assert value(hadi.get("/problems"), "q") == "kasir 3"
    assert opened_with(hadi, "/problems?all=1") is None
    hadi.post("/default-views", view="")
    assert opened_with(hadi) is None and "Menunggu saya" in hadi.get("/problems").select_one(".nav-tabs .active").text
    assert amount(query, "employee WHERE default_view_id IS NOT NULL") == 0


@pytest.mark.parametrize("order", ["oldest", ""])
@pytest.mark.parametrize("more", ["", "&order=urgent", f"&{HIGH}"])
def test_another_order_of_the_own_queue_leaves_the_own_queue(person, saved, more, order):
    hadi = person("hadi")
    hadi.post("/default-views", view=str(saved("hadi", "Gawat", "status=escalated")))
    page = hadi.get(f"/problems?waiting=1{more}")
    priority = page.select_one("form.filters [name=priority] [selected]")
    hidden = {field["name"]: field["value"] for field in page.select("form.filters input[type=hidden]")}
    sent = {**hidden, "priority": priority["value"] if priority else "", "order": order}
    assert "Menunggu saya" in hadi.get(f"/problems?{urlencode(sent)}").select_one(".nav-tabs .active").text


def test_a_handler_opens_with_a_view_of_the_division_and_another_choice_replaces_it(person, saved):
    gita, shared = person("gita"), saved("susi", "Umum", "status=escalated", division="Umum")
    own = saved("gita", "Gawat")
    for view_id, name in ((shared, "Umum"), (own, "Gawat")):
        gita.post("/default-views", view=str(view_id))
        assert opened_with(gita) == name


def test_a_default_view_that_is_gone_or_of_a_former_division_opens_nothing(person, query, saved):
    gita, shared = person("gita"), saved("susi", "Umum", "status=escalated", division="Umum")
    gita.post("/default-views", view=str(shared))
    query.execute("UPDATE saved_view SET division_id = (SELECT id FROM division WHERE name = 'IT')")
    assert opened_with(gita) is None
    own = saved("gita", "Gawat")
    gita.post("/default-views", view=str(own))
    gita.post(f"/saved-views/{own}/deletions")
    assert opened_with(gita) is None
    assert amount(query, "employee WHERE default_view_id IS NOT NULL") == 0


@pytest.mark.parametrize("view", ["x", "9" * 30, "-1", "١", "1.0"])
def test_what_is_no_number_is_no_view(person, view):
    person("hadi").post("/default-views", 404, view=view)


@pytest.mark.parametrize("name", ["rini", "susi", "adi"])
def test_reporters_and_supervisors_land_as_ever(person, saved, name):
    view_id = saved(name, "Gawat")
    assert "Buka pertama" not in person(name).get("/saved-views").text
    person(name).post("/default-views", 403, view=str(view_id))
    assert opened_with(person(name)) is None


def test_a_lost_session_keeps_name_and_filters(person, query):
    rini = person("rini")
    fields = {**rini.tokens, "name": "Gawat", "filters": HIGH}
    query.execute("DELETE FROM session")
    location = rini.client.post("/saved-views", data=fields).location
    assert location.startswith("/login") and "draft" in location


def test_in_english(person, saved):
    saved("hadi", "Gawat")
    page = person("hadi").speaks("en").get("/saved-views")
    assert page.h1.text == "Saved views" and "Open first" in page.text
