"""Naming people in a remark with @: by NIK or name, whoever may see the problem; what names nobody stays plain text."""

from uuid import uuid4

import pytest

from sih.dao import mentions as dao
from sih.dao.audits import signed
from sih.dao.employees import Employees
from sih.dao.problems import Problems
from sih.domain import clock, mentions, policy
from sih.domain.errors import NotFound
from sih.domain.mentions import Nameable
from tests.company import PEOPLE
from tests.test_notices import heard

NAMED = """
SELECT lower(a.name) AS name FROM mention m JOIN event e ON e.id = m.event_id JOIN employee a ON a.id = m.employee_id
WHERE e.problem_id = %(id)s ORDER BY a.id
"""
EVERYBODY = " ".join(f"@{name}" for name in PEOPLE)


def remark(somebody, number: int, text: str, **fields):
    fields = {"token": str(uuid4()), "follow": True} | fields
    return somebody.post(f"/problems/{number}/comments", remark=text, **fields)


def named(query, number: int) -> list[str]:
    return [row["name"] for row in query.select(NAMED, {"id": number})]


def suggested(somebody, number: int, typed: str, **more) -> list[str]:
    return [
        one["name"]
        for one in somebody.client.get(f"/problems/{number}/mentions", query_string={"q": typed, **more}).json
    ]


def rename(query, **names: str) -> None:
    with signed(query, clock.now(), None, "test"):
        for old, new in names.items():
            query.execute("UPDATE employee SET name = %(new)s WHERE name = %(old)s", {"old": old, "new": new})


# ---------------------------------------------------------------- who may be named
@pytest.mark.parametrize("by", ["rini", "sari", "gita"])
def test_whoever_may_see_the_problem_is_named_and_hears(person, problem, query, employees, by):
    number = problem(by=by)
    remark(person("hadi"), number, EVERYBODY)
    expected = []
    for name, employee in employees.items():
        try:
            Problems(query).visible_to(employee, number)
        except NotFound:
            continue
        expected += [name] if name != "hadi" else []
    assert sorted(named(query, number)) == sorted(expected) == sorted(name for _, name in heard(query, number))


def test_in_an_internal_note_whoever_reads_notes(person, problem, query, employees):
    number = problem()
    remark(person("hadi"), number, EVERYBODY, internal="y")
    expected = [name for name, one in employees.items() if policy.reads_notes(one) and name != "hadi"]
    assert sorted(named(query, number)) == sorted(expected) == sorted(name for _, name in heard(query, number))


def test_whoever_may_not_see_it_looks_like_nobody(person, problem, query):
    """Neither refused nor told: nobody learns here who is employed."""
    number = problem()
    texts = [" ".join(remark(person("rini"), number, text).main.text.split()) for text in ("Hai @sari", "Hai @nobody")]
    assert named(query, number) == [] and "Disebut" not in texts[1]
    assert heard(query, number) == []


def test_nobody_frozen_is_named(person, problem, query, employees):
    number = problem()
    with signed(query, clock.now(), None, "test"):
        Employees(query).freeze(employees["koko"].nik)
    remark(person("rini"), number, "Hai @koko dan @10000002")
    assert named(query, number) == [] and suggested(person("rini"), number, "koko") == []


# ---------------------------------------------------------------- what is typed
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@hana", ["hana"]),
        ("@HANA, tolong.", ["hana"]),
        ("Tolong @20000002 cek", ["hana"]),
        ("(@20000002 Hana sudah tahu)", ["hana"]),
        ("@hana @Hana @20000002", ["hana"]),
        ("@hana. @gita!", ["hana", "gita"]),
        ("baris\n@gita\nbaris", ["gita"]),
        ("surat ke toko@hana.id", []),
        ("https://x.id/@hana", []),
        ("@@hana", []),
        ("@ hana", []),
        ("@han", []),
        ("@2000000", []),
        ("@" * 5000, []),
        ("@hana" * 1000, ["hana"]),
        ("@%_'\"<b>", []),
        ("@rini sendiri", []),
    ],
)
def test_what_names_somebody(person, problem, query, text, expected):
    number = problem()
    remark(person("rini"), number, text[:5000])
    assert named(query, number) == expected


def test_a_name_of_several_words(person, problem, query):
    rename(query, Hana="Siti Hana Putri", Gita="Siti Aminah", Putri="Putri")
    number, rini = problem(), person("rini")
    remark(rini, number, "@siti tolong")
    assert named(query, number) == [], "of two nobody is meant"
    remark(rini, number, "@Siti Aminah tolong")
    assert named(query, number) == ["siti aminah"]
    remark(rini, number, "@siti hana")
    remark(rini, number, "@putri")
    assert named(query, number) == ["siti hana putri", "siti aminah", "putri"]


def test_of_too_many_of_a_name_nobody_is_meant(person, problem, query, monkeypatch):
    monkeypatch.setattr(dao, "MEANT", dao.MEANT.replace(str(dao.MOST_OF_A_NAME), "1"))
    number = problem()
    remark(person("rini"), number, "@hana")
    assert named(query, number) == []


def test_at_most_twenty_are_named():
    assert len(mentions.phrases("@a @b " * 50)) == mentions.MOST
    people = [Nameable(n, str(n), "Ana", "handler", "IT") for n in (1, 2)]
    assert mentions.named("@ana", {"ana": people}) == [] and mentions.named("@1", {"1": people[:1]}) == people[:1]


def test_a_double_submission_names_once(person, problem, query):
    number, token = problem(), str(uuid4())
    for _ in range(2):
        remark(person("rini"), number, "@hana", token=token)
    assert named(query, number) == ["hana"] and heard(query, number) == [("commented", "hana")]


# ---------------------------------------------------------------- what is shown
def test_the_page_says_who_was_named(person, problem):
    number = problem()
    page = remark(person("rini"), number, "@20000002 tolong")
    assert "Disebut: Hana (20000002)." in [one.text.strip() for one in page.select("main [role=status]")]
    assert "Disebut: Hana (20000002)" in " ".join(page.select(".history > li")[-1].text.split())
    assert "Named: Hana (20000002)" in " ".join(
        person("koko").speaks("en").get(f"/problems/{number}").main.text.split()
    )


@pytest.mark.parametrize("internal", [{}, {"internal": "y"}])
def test_lines_and_links_are_kept_wherever_a_remark_stands(person, problem, internal):
    number, text = problem("in_progress"), "Baris satu\n\n  https://sih.id/a?b=1&c=2. <b>javascript:alert(1)</b>"
    remark(person("hana"), number, text, **internal)
    for path in (f"/problems/{number}", f"/problems/{number}/closures/new"):
        shown = person("hadi").get(path).select(".history > li .preserve")[-1]
        assert shown.text == text
        [link] = shown.select("a")
        assert (link["href"], link["rel"], link["target"]) == ("https://sih.id/a?b=1&c=2", ["noopener"], "_blank")


# ---------------------------------------------------------------- suggestions
def test_suggestions_are_those_who_may_be_named(person, problem):
    number = problem(by="rini")
    assert suggested(person("rini"), number, "ha") == ["Hadi", "Hana"]
    assert suggested(person("hadi"), number, "ha") == ["Hana"]
    assert suggested(person("rini"), number, "sari") == []
    assert suggested(person("rini"), number, "2000000") == ["Hadi", "Hana", "Iwan", "Gita", "Pandu", "Putri"]
    assert suggested(person("hadi"), number, "koko") == ["Koko"]
    assert suggested(person("hadi"), number, "koko", internal="1") == []
    assert suggested(person("hadi"), number, "%qqq_'\x00") == suggested(person("hadi"), number, "qqq") == []
    [one] = person("rini").client.get(f"/problems/{number}/mentions?q=gita").json
    assert one == {"nik": "20000004", "name": "Gita", "about": "Penanggung · Umum"}


def test_without_a_word_those_who_have_to_do_with_it_are_suggested(person, problem):
    number = problem("at pandu")
    remark(person("gita"), number, "Catatan.", internal="y")
    assert suggested(person("rini"), number, "") == ["Hadi", "Pandu"], "who noted does not show"
    assert suggested(person("hadi"), number, "") == ["Gita", "Pandu", "Rini"]


@pytest.mark.parametrize(("name", "path", "status"), [("sari", "?q=ha", 404), ("susi", "?q=ha", 403)])
def test_whoever_cannot_comment_gets_no_suggestions(person, problem, name, path, status):
    person(name).get(f"/problems/{problem()}/mentions{path}", status)


def test_of_a_note_only_who_may_write_one_gets_suggestions(person, problem):
    person("rini").get(f"/problems/{problem()}/mentions?q=ha&internal=1", 403)
