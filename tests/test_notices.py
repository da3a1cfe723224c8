"""Pemberitahuan: who hears of what, once; read and unread; kept for 90 days. What waits for a division is a count."""

from random import Random

import pytest

from sih.background.worker import Worker
from sih.dao.audits import signed
from sih.dao.employees import Employees
from sih.dao.notices import PAGE_SIZE, Notices
from sih.dao.problems import Problems
from sih.domain import clock, policy
from sih.domain.vocabulary import MOVES_NOTHING
from tests import form_data
from tests.company import PEOPLE
from tests.concurrency import all_at_once
from tests.conftest import bring
from tests.lifecycle_model import PLACES, TABLE, Model
from tests.test_changes import BY_ITSELF, opens  # noqa: F401 - a fixture

HEARD = """
SELECT e.kind, lower(a.name) AS name, n.read_at IS NOT NULL AS is_read
FROM notice n JOIN event e ON e.id = n.event_id JOIN employee a ON a.id = n.employee_id
WHERE n.problem_id = %(id)s ORDER BY n.event_id, a.id
"""
HISTORY = """
SELECT e.id, e.at, e.kind, lower(a.name) AS actor, lower(f.name) AS "from", lower(t.name) AS "to",
       d.name AS division, e.status_after AS status, e.note
FROM event e JOIN employee a ON a.id = e.actor_id LEFT JOIN employee f ON f.id = e.from_employee_id
LEFT JOIN employee t ON t.id = e.to_employee_id JOIN division d ON d.id = e.to_division_id
WHERE e.problem_id = %(id)s ORDER BY e.id
"""
OPEN_QUESTION = "SELECT asked_event_id AS id FROM problem WHERE id = %(id)s"
MANY = """
INSERT INTO notice (employee_id, event_id, problem_id, at)
SELECT %(employee_id)s, e.id, e.problem_id, e.at FROM event e ON CONFLICT DO NOTHING
"""
# In the words of the issue: what happened, and whether this person hears of it.
WHO_HEARS = {
    "handed to a PIC, returned to a person, reopened at a person": lambda who, event, before, facts: (
        event["kind"] in ("escalated", "returned", "reopened") and event["to"] == who
    ),
    "acted on by the helpdesk for an absent PIC": lambda who, event, before, facts: (
        event["kind"] in ("escalated", "returned", "accepted", "closed")
        and event["from"] == who
        and PEOPLE[event["actor"]][3] == "Helpdesk"
    ),
    "opened, closed: the reporter": lambda who, event, before, facts: (
        event["kind"] in ("opened", "closed") and who == facts["reporter"]
    ),
    "a question: reporter, holder and followers": lambda who, event, before, facts: (
        event["kind"] == "asked" and who in {facts["reporter"], holder(event, before), *facts["followers"]}
    ),
    "answered by the reporter: the one who asked": lambda who, event, before, facts: (
        event["kind"] == "commented" and event["actor"] == facts["reporter"] and who == asker(before, facts["reporter"])
    ),
    "a remark: reporter, holder, those named and followers": lambda who, event, before, facts: (
        event["kind"] == "commented" and who in hearers(event, before, facts) and who != "sari"
    ),
    "an internal note: of these the handlers and supervisors": lambda who, event, before, facts: (
        event["kind"] == "noted"
        and who in hearers(event, before, facts)
        and PEOPLE[who][1] in ("handler", "supervisor")
    ),
    "accepted: whoever gave it, and who follows": lambda who, event, before, facts: (
        event["kind"] == "accepted"
        and who in {[one for one in before if one["kind"] == "escalated"][-1]["actor"], *facts["followers"]}
    ),
    "withdrawn: whoever holds it, and who follows": lambda who, event, before, facts: (
        event["kind"] == "withdrawn" and who in {holder(event, before), *facts["followers"]}
    ),
    "corrected after opening: whoever holds or gave it, and who follows": lambda who, event, before, facts: (
        event["kind"] == "corrected"
        and event["status"] != "new"
        and who in {holder(event, before), *giver(event, before), *facts["followers"]}
    ),
    "Beres: whoever holds it, and who follows": lambda who, event, before, facts: (
        event["kind"] == "confirmed" and who in {holder(event, before), *facts["followers"]}
    ),
}


def hearers(event: dict, before: list[dict], facts: dict) -> set[str | None]:
    named = {word[1:] for word in event["note"].split() if word.startswith("@")}
    return {facts["reporter"], holder(event, before), *named, *facts["followers"]}


def holder(event: dict, before: list[dict]) -> str | None:
    """The PIC, else whoever of the division moved it last."""
    moved = [one["actor"] for one in before if one["kind"] not in MOVES_NOTHING]
    of_division = [name for name in moved if PEOPLE[name][3] == event["division"]]
    return event["to"] or (of_division[-1] if of_division else None)


def giver(event: dict, before: list[dict]) -> list[str]:
    """Whoever handed it over, until it is accepted."""
    return [one["actor"] for one in before if one["kind"] == "escalated"][-1:] if event["status"] == "escalated" else []


def asker(before: list[dict], reporter: str) -> str | None:
    """Who asked the question that is open after these events."""
    found = None
    for event in before:
        if event["kind"] == "asked":
            found = event["actor"]
        elif event["kind"] in ("unasked", "closed") or (event["kind"], event["actor"]) == ("commented", reporter):
            found = None
    return found


def expected(event: dict, before: list[dict], facts: dict) -> list[tuple[str, str]]:
    others = [who for who in PEOPLE if who != event["actor"] and who not in facts["frozen"]]
    rules = WHO_HEARS.values()
    return [(event["kind"], who) for who in others if any(rule(who, event, before, facts) for rule in rules)]


def heard(query, number: int) -> list[tuple[str, str]]:
    return [(row["kind"], row["name"]) for row in query.select(HEARD, {"id": number})]


def header(page) -> tuple[str, str | None, str]:
    """What bell, menu and title of a page say."""
    counts = {shown["data-number"]: shown.text for shown in page.select("header [data-number]")}
    title = page.title.text
    return counts["unread"], counts.get("waiting"), title[: title.index(")") + 1] if title.startswith("(") else ""


def comment(somebody, number: int, remark: str = "Masih mati.", **more) -> None:
    somebody.post(f"/problems/{number}/comments", remark=remark, token=form_data.uuid4(), **more)


def freeze(query, employee) -> None:
    with signed(query, clock.now(), None, "test"):
        Employees(query).freeze(employee.nik)


def walk(person, query, number: int, draw: Random, facts: dict, moved: set[str]):
    """Everybody does at random what is allowed to a problem of Rini's, a step each time this is asked for; koko and
    susi follow now and then. Adds to `moved` what was done."""
    model = Model()
    while True:
        name = draw.choice([who for who in PEOPLE if who not in facts["frozen"]])
        place = draw.choice([*PLACES])
        allowed = [noun for noun in TABLE if noun != "withdrawals" and model.allows(name, noun, PLACES[place])]
        history = query.select(HISTORY, {"id": number})
        if {"closures", "acceptances"} & {*allowed} and draw.random() < 0.4:
            if asker(history, facts["reporter"]):
                question = query.one(OPEN_QUESTION, {"id": number})["id"]
                person(name).act(number, f"questions/{question}/deletions")
            else:
                person(name).act(number, "questions", question="Sejak kapan?", token=form_data.uuid4())
        elif allowed:
            noun = draw.choice([noun for noun in allowed if noun not in moved] or allowed)
            forms = {"openings": form_data.opening, "escalations": form_data.escalation}
            fields = {"solution": "Selesai.", "reason": "Perlu."}
            fields |= forms[noun](query, *([place] if noun == "escalations" else [])) if noun in forms else {}
            fields |= form_data.correction(query, number) if noun == "corrections" else {}
            person(name).act(number, noun, **fields)
            model.move(noun, PLACES[place])
            moved.add(noun)
        elif name in ("koko", "susi") and draw.random() < 0.5:
            is_following = name in facts["followers"]
            person(name).post(f"/problems/{number}/follows{'/deletions' * is_following}")
            facts["followers"] ^= {name}
        elif name not in ("sari", "susi"):
            remark = draw.choice(
                ["Masih mati.", f"Sudah dicek, @{draw.choice([*PEOPLE])} dan @{draw.choice([*PEOPLE])} ."]
            )
            is_note = PEOPLE[name][1] == "handler" and draw.random() < 0.5
            comment(person(name), number, remark, **({"internal": "y"} if is_note else {}))
        yield


@pytest.mark.parametrize("seed", range(4))
def test_a_walk_of_the_whole_life_gives_exactly_these_notices(person, problem, query, employees, moved_clock, seed):
    """Koko is frozen in the middle of one walk."""
    draw, moved, told = Random(seed), set(), []
    facts = {"reporter": "rini", "followers": set(), "frozen": set()}
    number = problem()
    walking = walk(person, query, number, draw, facts, moved)
    for step in range(80):
        moved_clock(minutes=1)
        if step == 30 and seed == 3:
            facts["frozen"] = {"koko"}
            freeze(query, employees["koko"])
        next(walking)
        history = query.select(HISTORY, {"id": number})
        if len(history) > len(told) + 1:
            told.append(expected(history[-1], history[:-1], facts))
        assert heard(query, number) == [one for event in told for one in event], (step, history[-1], facts)
    assert len(moved) >= 5 and len(told) > 20
    assert "asked" in {event["kind"] for event in history}


@pytest.mark.parametrize("recorded_by", ["rini", "hadi"])
@pytest.mark.parametrize("is_corrected", [False, True])
def test_a_withdrawal_tells_who_holds_it_and_who_follows(
    person, problem, query, employees, moved_clock, recorded_by, is_corrected
):
    number, facts = problem(), {"reporter": "rini", "followers": {"koko", "rini"}, "frozen": set()}
    if recorded_by == "hadi":
        token = form_data.uuid4()
        words = {"title": "Mati", "description": "Mati.", "asset_kind_id": 1, "asset_id": None}
        number = Problems(query).report(employees["hadi"], clock.now(), token, words, employees["rini"])
    for name in facts["followers"]:
        person(name).post(f"/problems/{number}/follows")
    if is_corrected:
        moved_clock(minutes=1)
        person("hana").act(number, "corrections", **form_data.correction(query, number))
        assert heard(query, number) == [], "before it is opened nobody hears of a correction"
    moved_clock(minutes=1)
    person("rini").act(number, "withdrawals", reason="Sudah nyala.")
    history = query.select(HISTORY, {"id": number})
    told = {"koko"} | ({"hana"} if is_corrected else {"hadi"} if recorded_by == "hadi" else set())
    assert heard(query, number) == expected(history[-1], history[:-1], facts)
    assert {name for _, name in heard(query, number)} == told


def test_many_at_once_tell_each_reporter(person, problem, query):
    hadi, mine, other = person("hadi"), problem("in_progress"), problem("in_progress", by="koko")
    picked = [f"{number}-{hadi.seen(number)}" for number in (mine, other)]
    hadi.client.post("/bulk-actions", data=hadi.tokens | {"verb": "close", "picked": picked, "solution": "Beres."})
    assert heard(query, mine)[-1] == ("closed", "rini") and heard(query, other)[-1] == ("closed", "koko")


def test_opened_and_handed_on_at_once_tells_reporter_and_pic(person, problem, query):
    number = problem()
    fields = form_data.opening(query) | form_data.escalation(query, "Pandu") | {"seen": person("hadi").seen(number)}
    person("hadi").client.post("/bulk-actions", data=person("hadi").tokens | fields | {
        "verb": "open_and_escalate", "picked": f"{number}-{fields['seen']}"})  # fmt: skip
    assert heard(query, number) == [("opened", "rini"), ("escalated", "pandu")]


def test_a_second_click_and_a_refused_one_tell_nothing_more(person, problem, query):
    number = problem("in_progress")
    seen = person("hadi").seen(number)
    for status, solution in ((303, "Rol diganti."), (303, "Rol diganti."), (409, "Lain.")):
        person("hadi").post(f"/problems/{number}/closures", status, seen=seen, solution=solution)
    assert heard(query, number) == [("opened", "rini"), ("closed", "rini")]


def test_who_waits_for_a_division_is_counted_and_not_told(person, problem, query):
    number = problem("escalated")
    assert heard(query, number) == [("opened", "rini")]
    assert header(person("gita").get("/loads")) == ("", "(1)", "(1)")
    assert header(person("hadi").get("/loads")) == ("", "", "")
    assert header(person("rini").get("/profile")) == ("1", None, "(1)")


def test_the_menu_counts_what_waits_and_leads_to_it(person, problem):
    problem("escalated to pandu"), problem("at pandu"), problem("at Umum")
    page = person("pandu").get("/profile")
    link = page.select_one("nav a[href='/problems?waiting=1']")
    assert link.text == "Menunggu saya (2)" and header(page) == ("3", "(2)", "(2)")
    assert person("rini").get("/profile").select_one("nav a[href='/problems?waiting=1']") is None
    page = person("pandu").get("/problems?waiting=1")
    assert [item.text for item in page.header.select("[aria-current]")] == ["Menunggu saya (2)"]


def test_the_page_lists_the_newest_first_and_leads_to_the_problem(person, problem):
    number = problem("closed", title="Printer <macet>")
    page = person("rini").get("/notices")
    items = [" ".join(item.text.split()) for item in page.select(".notices li")]
    assert [item.partition(":")[0] for item in items] == ["Belum dibaca Ditutup", "Belum dibaca Dibuka"]
    assert f"#{number} Printer <macet>" in items[0] and "Hadi (20000001)" in items[0]
    assert {link["href"] for link in page.select(".notices a")} == {f"/problems/{number}"}
    assert "Belum ada pemberitahuan" in person("koko").get("/notices").main.text
    assert "Closed" in person("rini").speaks("en").get("/notices").main.text


def test_the_page_goes_on_by_the_last_event(person, problem, query, employees):
    for _ in range(PAGE_SIZE // 3 + 1):
        problem("closed")
    query.execute(MANY, {"employee_id": employees["rini"].id})
    first = person("rini").get("/notices")
    second = person("rini").get(first.select_one("a[rel=next]")["href"])
    places = [[field["value"] for field in page.select(".notices [name=until]")] for page in (first, second)]
    assert len(places[0]) == PAGE_SIZE and len(places[1]) == 3 * (PAGE_SIZE // 3 + 1) - PAGE_SIZE
    assert sorted(places[0] + places[1], key=int, reverse=True) == places[0] + places[1]
    assert not second.select_one("a[rel=next]") and "Tandai semua" not in second.main.text
    person("rini").get("/notices?after=x", 404)


def test_beyond_99_the_bell_says_so(person, problem, query, employees):
    for _ in range(34):
        problem("closed")
    query.execute(MANY, {"employee_id": employees["koko"].id})
    assert header(person("koko").get("/profile")) == ("99+", None, "(99+)")


def test_the_problems_page_marks_its_notices_as_read(person, problem):
    number, other, rini = problem("closed"), problem("in_progress"), person("rini")
    place = rini.get(f"/problems/{number}").select_one("[data-reading]")
    assert header(rini.get("/profile"))[0] == "3", "looking at the page alone writes nothing"
    fields = rini.tokens | {"problem_id": place["data-reading"], "until": place["data-until"]}
    answer = rini.client.post("/readings", data=fields, headers=BY_ITSELF)
    assert answer.json == {"unread": "1", "waiting": "", "title": "(1)"}
    assert header(rini.get("/profile"))[0] == "1" and other
    rini.client.post("/readings", data=fields, headers=BY_ITSELF)
    assert header(rini.get("/profile"))[0] == "1"


def test_what_comes_after_the_page_was_made_stays_unread(person, problem):
    number, rini = problem("in_progress"), person("rini")
    place = rini.get(f"/problems/{number}").select_one("[data-reading]")
    comment(person("hadi"), number)
    rini.post("/readings", problem_id=number, until=place["data-until"])
    assert header(rini.get("/profile"))[0] == "1"


def test_without_javascript_buttons_mark_as_read(person, problem, query):
    number, other, rini = problem("closed"), problem("in_progress"), person("rini")
    form = rini.get("/notices").select(".notices form")[-1]
    assert form.button.text == "Tandai sudah dibaca" and form.select_one("[name=problem_id]")["value"] == str(number)
    rini.post("/readings", **{field["name"]: field["value"] for field in form.select("input")})
    assert [row["is_read"] for row in query.select(HEARD, {"id": number})] == [True, False]
    form = rini.get("/notices").find("form", string=lambda text: text and "Tandai semua" in text) or rini.get(
        "/notices"
    ).select_one("main form")
    assert form.button.text == "Tandai semua sudah dibaca"
    page = rini.post("/readings", follow=True, **{field["name"]: field["value"] for field in form.select("input")})
    assert header(page)[0] == "" and not page.select(".notices form") and len(page.select(".notices li")) == 3
    assert other


def test_nobody_reads_for_somebody_else(person, problem, query):
    number = problem("closed")
    person("koko").post("/readings", until=10**9)
    person("hadi").post("/readings", problem_id=number, until=10**9)
    assert not any(row["is_read"] for row in query.select(HEARD, {"id": number}))


@pytest.mark.parametrize("fields", [{}, {"until": "x"}, {"until": "1" * 19}, {"until": "1", "problem_id": "-1"}])
def test_what_no_page_sends_is_not_found(person, fields):
    person("rini").post("/readings", 404, **fields)


def test_sight_is_checked_again_when_it_is_shown(person, problem, query, employees):
    number = problem("closed", by="rini")
    query.execute(MANY, {"employee_id": employees["koko"].id})
    assert header(person("koko").get("/profile"))[0] == "3"
    with signed(query, clock.now(), None, "test"):
        query.execute("UPDATE employee SET store_id = (SELECT id FROM store WHERE code = 'T002') WHERE name = 'Koko'")
    page = person("koko").get("/notices")
    assert header(page)[0] == "" and not page.select(".notices li") and str(number) not in page.main.text


@pytest.mark.parametrize("name", PEOPLE)
def test_the_header_counts_what_the_person_may_see(problem, query, employees, name):
    """By the function of the database, which has the rule a second time."""
    numbers, me = [problem(by=by) for by in ("rini", "sari", name)], employees[name]
    query.execute(MANY, {"employee_id": me.id})
    seen = Problems(query).all_visible_to(me, numbers)
    assert Notices(query).read(me, 0, clock.now()) == len(seen) == (3 if policy.sees_all(me) else 2)


def test_two_who_act_at_the_same_time_tell_once(app, person, problem, query):
    number = problem("at pandu")
    seen = person("hadi").seen(number)
    fields = {"seen": seen, "solution": "Rol diganti."}
    all_at_once(
        [lambda who=who: who.client.post(f"/problems/{number}/closures", data=who.tokens | fields) for who in
         (person("hadi"), person("hana"))]
    )  # fmt: skip
    assert sorted(heard(query, number)[-2:]) == [("closed", "pandu"), ("closed", "rini")]


def test_notices_are_kept_for_ninety_days(problem, query, employees, pool, moved_clock):
    number, now = problem("closed"), clock.now()
    query.execute("UPDATE notice SET at = %(at)s WHERE event_id = (SELECT min(event_id) FROM notice)",
                  {"at": now.replace(year=now.year - 1)})  # fmt: skip
    Worker(pool).sweep()
    assert heard(query, number) == [("closed", "rini")]
    Notices(query).sweep(moved_clock(days=89))
    assert len(heard(query, number)) == 1
    Notices(query).sweep(moved_clock(days=2))
    assert heard(query, number) == []


def test_a_frozen_person_hears_nothing_and_says_nothing_later(problem, query, employees):
    number = problem()
    freeze(query, employees["rini"])
    bring(query, employees, number, "open")
    with signed(query, clock.now(), None, "test"):
        Employees(query).unfreeze(employees["rini"].nik)
    assert heard(query, number) == []


def test_anybody_who_sees_a_problem_follows_it_or_stops(person, problem, query):
    number, koko = problem("in_progress"), person("koko")
    button = koko.get(f"/problems/{number}").find("button", string="Ikuti")
    assert "Anda mengikuti" in koko.post(button["formaction"], follow=True).main.text
    koko.post(button["formaction"])  # twice
    comment(person("hana"), number)
    assert heard(query, number).count(("commented", "koko")) == 1
    button = koko.get(f"/problems/{number}").find("button", string="Berhenti mengikuti")
    koko.post(button["formaction"]), koko.post(button["formaction"])
    comment(person("gita"), number)
    assert heard(query, number).count(("commented", "koko")) == 1
    assert koko.get(f"/problems/{number}").find("button", string="Ikuti")


def test_a_stranger_follows_nothing(person, problem, query):
    number = problem()
    person("sari").post(f"/problems/{number}/follows", 404)
    person("sari").post(f"/problems/{number}/follows/deletions", 404)
    assert query.one("SELECT count(*) AS amount FROM follow")["amount"] == 0
