"""Tanya pelapor: one open question a problem, which any comment of the reporter answers; it moves nothing. Somebody is
reminded of one without an answer."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bench.databases import opened
from settings import Limits
from sih.background.worker import Worker
from sih.dao.audits import signed
from sih.dao.employees import Employees
from sih.dao.handovers import Handovers
from sih.dao.query import Pool
from sih.dao.questions import Questions
from sih.domain import clock
from sih.domain.errors import RuleViolated
from sih.web import actions
from tests import form_data
from tests.concurrency import all_at_once, before_one_problem, wait_for
from tests.facts import alert, errors, events, state, value
from tests.people import Person
from tests.problem_pages import buttons, notes, numbers, row
from tests.test_changes import opens  # noqa: F401 - a fixture
from tests.test_statements import statements  # noqa: F401 - a fixture

WORDS = "Sejak kapan mati?"
QUESTIONS = """
SELECT q.asked_event_id AS id, q.ending::text, b.kind AS began, e.kind AS ended, a.name AS ended_by,
       q.asked_at, q.ended_at, q.reminded_at, p.asked_event_id = q.asked_event_id AS is_marked
FROM question q JOIN event b ON b.id = q.asked_event_id JOIN problem p ON p.id = q.problem_id
LEFT JOIN event e ON e.id = q.ended_event_id LEFT JOIN employee a ON a.id = e.actor_id
WHERE q.problem_id = %(id)s ORDER BY q.asked_event_id
"""
REMINDED = """
SELECT lower(a.name) AS name FROM notice n JOIN employee a ON a.id = n.employee_id
WHERE n.problem_id = %(id)s AND n.reminder_id IS NOT NULL ORDER BY n.place
"""
MARKED = "SELECT asked_event_id IS NOT NULL AS is_so FROM problem WHERE id = %(id)s"


def ask(somebody, number: int, status: int = 303, question: str = WORDS, **fields):
    fields.setdefault("token", str(uuid4()))
    return somebody.act(number, "questions", status, question=question, **fields)


def unask(somebody, number: int, question: int, status: int = 303, **fields):
    return somebody.act(number, f"questions/{question}/deletions", status, **fields)


def answer(somebody, number: int, remark: str = "Sejak pagi.", **fields):
    return somebody.post(f"/problems/{number}/comments", remark=remark, token=str(uuid4()), **fields)


def questions(query, number: int) -> list[dict]:
    return query.select(QUESTIONS, {"id": number})


def is_marked(query, number: int) -> bool:
    """Whether the problem waits for its reporter. The mark and the table of questions say the same."""
    is_so = query.one(MARKED, {"id": number})["is_so"]
    assert [one["is_marked"] for one in questions(query, number) if not one["ending"]] == [True] * is_so
    return is_so


def endings(query, number: int) -> list[str | None]:
    return [one["ending"] for one in questions(query, number)]


def block(page):
    """The question on the page of a problem."""
    return page.select_one("section[aria-labelledby=question-head]")


def to_answer(page):
    """The questions above a reporter's list."""
    return page.select_one("section[aria-labelledby=questions]")


@pytest.fixture
def asked(person, problem, query):
    """asked("at Umum", "gita") is the number of a problem with an open question of Gita, and the id of the question."""

    def make(in_state: str = "in_progress", by: str = "hadi", **words) -> tuple[int, int]:
        number = problem(in_state, **words)
        ask(person(by), number)
        return number, questions(query, number)[-1]["id"]

    return make


# ------------------------------------------------------------------------------------------------ asking


@pytest.mark.parametrize(
    ("in_state", "name"),
    [("in_progress", "hadi"), ("escalated", "gita"), ("at Umum", "gita"), ("escalated to pandu", "pandu")]
    + [("at pandu", "pandu"), ("at pandu", "hana")],
)
def test_whoever_may_act_asks_and_nothing_moves(person, problem, query, in_state, name):
    number = problem(in_state)
    seen, before = person(name).seen(number), state(query, number)
    page = person(name).get(f"/problems/{number}")
    assert "Tanya pelapor" in buttons(page) and block(page) is None
    ask(person(name), number)
    assert is_marked(query, number) and (person(name).seen(number), state(query, number)) == (seen, before)
    [event] = events(query, number, "asked")
    assert (event["actor"], event["note"]) == (name.capitalize(), WORDS)


@pytest.mark.parametrize("name", ["rini", "koko", "susi", "adi"])
def test_others_than_handlers_are_refused(person, problem, query, name):
    number = problem("in_progress")
    person(name).get(f"/problems/{number}/questions/new", 403)
    ask(person(name), number, 403)
    assert not is_marked(query, number)


@pytest.mark.parametrize(("name", "in_state"), [("iwan", "in_progress"), ("gita", "at pandu"), ("putri", "at pandu")])
def test_a_handler_who_may_not_act_is_refused(person, problem, query, name, in_state):
    number = problem(in_state)
    person(name).get(f"/problems/{number}/questions/new", 403)
    ask(person(name), number, 403)
    assert not is_marked(query, number) and "Tanya pelapor" not in person(name).get(f"/problems/{number}").main.text


def test_a_stranger_is_refused_and_reads_nothing(person, asked):
    number, _ = asked()
    person("sari").get(f"/problems/{number}/questions/new", 403)
    ask(person("sari"), number, 403)
    assert WORDS not in person("sari").get("/problems?asked=1").text


@pytest.mark.parametrize("in_state", ["new", "closed"])
def test_only_while_somebody_works_on_it(person, problem, query, in_state):
    number = problem(in_state)
    assert "Tanya pelapor" not in buttons(person("hadi").get(f"/problems/{number}"))
    person("hadi").get(f"/problems/{number}/questions/new", 409)
    ask(person("hadi"), number, 409)
    assert not is_marked(query, number)


def test_the_wrong_method(person, asked):
    number, question = asked()
    person("hadi").get(f"/problems/{number}/questions", 405)
    person("hadi").get(f"/problems/{number}/questions/{question}/deletions", 405)


def test_nobody_asks_himself(person, problem, query):
    number = problem("at Umum", by="gita")
    assert "Tanya pelapor" not in buttons(person("gita").get(f"/problems/{number}"))
    ask(person("gita"), number, 403)
    assert not is_marked(query, number)
    ask(person("hadi"), number)
    answer(person("gita"), number)
    assert endings(query, number) == ["answered"]


def test_a_second_question_waits_for_the_first(person, asked, query):
    number, _ = asked()
    assert "Tanya pelapor" not in buttons(person("hana").get(f"/problems/{number}"))
    person("hana").get(f"/problems/{number}/questions/new", 409)
    page = ask(person("hana"), number, 409, question="Warna apa?")
    assert "Kendala ini sudah berubah" in alert(page) and "Warna apa?" in page.main.text
    answer(person("rini"), number)
    ask(person("hana"), number)
    assert endings(query, number) == ["answered", None]


def test_a_double_click_asks_once(person, problem, query):
    number, token = problem("in_progress"), str(uuid4())
    for _ in range(2):
        ask(person("hadi"), number, token=token)
    answer(person("rini"), number)
    ask(person("hadi"), number, token=token)  # a third, which comes late
    assert endings(query, number) == ["answered"] and len(events(query, number, "asked")) == 1


def test_an_edited_resubmission_is_shown_again(person, asked, problem, query):
    number, token = problem("in_progress"), str(uuid4())
    ask(person("hadi"), number, token=token)
    page = ask(person("hadi"), number, 409, question="Warna apa?", token=token)
    assert "sudah pernah dikirim dengan isi lain" in alert(page)
    assert value(page, "question") == "Warna apa?" and value(page, "token") != token
    answer(person("rini"), number)
    ask(person("hadi"), number, question="Warna apa?", token=value(page, "token"))
    assert [event["note"] for event in events(query, number, "asked")] == [WORDS, "Warna apa?"]


def test_a_token_of_a_comment_asks_nothing(person, problem, query):
    number, token = problem("in_progress"), str(uuid4())
    person("hadi").post(f"/problems/{number}/comments", remark="Dicek.", token=token)
    page = ask(person("hadi"), number, 409, token=token)
    assert value(page, "question") == WORDS and not is_marked(query, number)
    ask(person("hadi"), number, token=value(page, "token"))
    assert is_marked(query, number)


def test_too_late_the_problem_has_moved_on(person, problem, query):
    number = problem("in_progress")
    seen = person("hadi").seen(number)
    person("hana").act(number, "escalations", **form_data.escalation(query, "Umum"))
    page = ask(person("hadi"), number, 409, seen=seen)
    assert "Kendala ini sudah berubah" in alert(page) and WORDS in page.main.text
    assert not is_marked(query, number)


@pytest.mark.parametrize("seen", ["", "0", "x", "9" * 18])
def test_an_invalid_seen_event_asks_nothing(person, problem, query, seen):
    number = problem("in_progress")
    ask(person("hadi"), number, 409, seen=seen)
    assert not is_marked(query, number)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Tuliskan pertanyaan Anda."),
        (" \r\n\t​", "Tuliskan pertanyaan Anda."),
        ("x" * 5001, "Paling banyak 5000 karakter; ini kelebihan 1."),
        ("a\x00b", "Teks ini berisi karakter yang tidak dapat disimpan."),
    ],
)
def test_invalid_text_is_explained_beside_the_field(person, problem, query, words, sentence):
    number, token = problem("in_progress"), str(uuid4())
    page = ask(person("hadi"), number, 422, question=words, token=token)
    assert errors(page) == {"question": sentence} and value(page, "token") == token
    assert not is_marked(query, number)


def test_a_ready_text_fills_the_question(person, problem, query):
    number = problem("in_progress")
    page = person("hadi").get(f"/problems/{number}/questions/new")
    button = page.find("button", string="Salam")
    page = ask(person("hadi"), number, 200, question="Halo.", ready_text=button["value"])
    assert value(page, "question") == "Halo.\nTerima kasih sudah melapor." and not is_marked(query, number)


def test_questions_count_as_comments_within_the_limit(app, problem, query, employees):
    now, hadi, limit = clock.now(), employees["hadi"], 2
    places = [problem("in_progress") for _ in range(3)]
    for number in places[:limit]:
        seen = query.one("SELECT last_event_id AS id FROM problem WHERE id = %(id)s", {"id": number})["id"]
        actions.act(query, hadi, number, "ask", seen, now, token=uuid4(), words=WORDS, limit=limit)
    params = {"id": hadi.id, "since": now - timedelta(minutes=10), "most": limit}
    limited = "SELECT limiting_event_at(%(id)s, '{}', %(since)s, %(most)s) AS at"
    assert query.one(limited.format("commented"), params)["at"] == now
    assert query.one(limited.format("reported"), params)["at"] is None


def test_beyond_the_limit_the_text_stays_in_the_form(person, problem, query, app, monkeypatch):
    monkeypatch.setattr("sih.web.limits", lambda: Limits(comments=1))
    one, other = problem("in_progress"), problem("in_progress")
    ask(person("hadi"), one)
    page = ask(person("hadi"), other, 429)
    assert "Batas 1 kiriman" in alert(page) and value(page, "question") == WORDS
    assert not is_marked(query, other)


# ------------------------------------------------------------------------------------------------ how it ends


@pytest.mark.parametrize("in_state", ["in_progress", "escalated", "at pandu"])
def test_any_comment_of_the_reporter_answers(person, asked, query, in_state):
    number, _ = asked(in_state)
    before = state(query, number)
    page = answer(person("rini"), number, follow=True)
    assert "Jawaban tersimpan." in notes(page)
    [one] = questions(query, number)
    assert (one["began"], one["ending"], one["ended"], one["ended_by"]) == ("asked", "answered", "commented", "Rini")
    assert not is_marked(query, number) and state(query, number) == before
    page = answer(person("rini"), number, "Tolong.", follow=True)
    assert "Komentar tersimpan." in notes(page) and endings(query, number) == ["answered"]


@pytest.mark.parametrize("name", ["koko", "hadi", "gita", "adi"])
def test_a_comment_of_anybody_else_is_no_answer(person, asked, query, name):
    number, _ = asked()
    answer(person(name), number)
    assert is_marked(query, number)


def test_a_double_click_answers_once(person, asked, query):
    number, _ = asked()
    token = str(uuid4())
    for _ in range(2):
        person("rini").post(f"/problems/{number}/comments", remark="Pagi.", token=token)
    ask(person("hadi"), number)
    person("rini").post(f"/problems/{number}/comments", remark="Pagi.", token=token)  # answers no later question
    assert endings(query, number) == ["answered", None]


@pytest.mark.parametrize("name", ["hadi", "hana"])
def test_whoever_may_act_says_that_it_is_not_needed_any_more(person, asked, query, name):
    number, question = asked()
    form = block(person(name).get(f"/problems/{number}")).form
    assert form.button.text == "Tidak perlu lagi" and form["action"].endswith(f"/questions/{question}/deletions")
    unask(person(name), number, question)
    [one] = questions(query, number)
    assert (one["ending"], one["ended"], one["ended_by"]) == ("unasked", "unasked", name.capitalize())
    assert not is_marked(query, number) and events(query, number, "unasked")[0]["note"] is None
    assert block(person(name).get(f"/problems/{number}")) is None


@pytest.mark.parametrize(("name", "status"), [("rini", 403), ("iwan", 403), ("susi", 403), ("sari", 403)])
def test_nobody_else_takes_a_question_back(person, asked, query, name, status):
    number, question = asked()
    unask(person(name), number, question, status)
    assert is_marked(query, number)
    assert "Tidak perlu lagi" not in person("iwan").get(f"/problems/{number}").main.text


def test_taking_it_back_twice_changes_nothing(person, asked, query):
    number, question = asked()
    unask(person("hadi"), number, question)
    unask(person("hadi"), number, question)
    unask(person("hana"), number, question, 409)
    assert len(events(query, number, "unasked")) == 1


def test_too_late_to_take_it_back(person, asked, query):
    number, question = asked()
    answer(person("rini"), number)
    unask(person("hadi"), number, question, 409)
    ask(person("hana"), number)
    unask(person("hadi"), number, question, 409)
    assert is_marked(query, number), "an old page ends no later question"
    other, _ = asked()
    unask(person("hadi"), other, question, 409)
    assert is_marked(query, other)


def test_closing_ends_it(person, asked, query):
    number, _ = asked()
    person("hadi").act(number, "closures", solution="Rol diganti.")
    [one] = questions(query, number)
    assert (one["ending"], one["ended"], one["ended_by"]) == ("closed", "closed", "Hadi")
    assert not is_marked(query, number)
    person("hadi").act(number, "reopenings", reason="Macet lagi.")
    assert not is_marked(query, number)
    ask(person("hadi"), number)
    assert endings(query, number) == ["closed", None]


def test_closing_many_ends_theirs_alone(person, problem, asked, query):
    (number, _), (other, _), plain = asked(), asked(), problem("in_progress")
    hadi = person("hadi")
    picked = [f"{one}-{hadi.seen(one)}" for one in (number, plain)]
    hadi.client.post("/bulk-actions", data=hadi.tokens | {"verb": "close", "picked": picked, "solution": "Beres."})
    assert endings(query, number) == ["closed"] and endings(query, other) == [None] and is_marked(query, other)


def test_a_hand_over_keeps_it(person, asked, query, employees):
    number, question = asked()
    person("hadi").act(number, "escalations", **form_data.escalation(query, "Pandu"))
    person("pandu").act(number, "returns", reason="Bukan di sini.")
    person("hadi").act(number, "escalations", **form_data.escalation(query, "Pandu"))
    person("pandu").act(number, "acceptances")
    assert is_marked(query, number)
    with signed(query, clock.now(), None, "test"), query.transaction():
        Handovers(query).hand_on(employees["pandu"].id, employees["adi"], clock.now(), "Keluar.")
    assert is_marked(query, number) and state(query, number)[2] is None
    unask(person("putri"), number, question)
    assert endings(query, number) == ["unasked"]


def test_nothing_closes_by_itself(asked, query, pool, moved_clock):
    number, _ = asked()
    moved_clock(days=400)
    Worker(pool).remind()
    Worker(pool).sweep()
    assert is_marked(query, number) and state(query, number)[0] == "in_progress"


BROKEN = {
    "question_ends_as_a_whole": "UPDATE question SET ending = 'answered'",
    "question_ends_after_it_began": "UPDATE question SET ending = 'answered', ended_at = asked_at, ended_event_id = 1",
    "question_one_open": "INSERT INTO question (asked_event_id, problem_id, asked_at)"
    " SELECT min(e.id), max(e.problem_id), now() FROM event e",
    "problem_asked_while_handled": "UPDATE problem SET status = 'new', priority = NULL, category_id = NULL,"
    " diagnosis = NULL WHERE asked_event_id IS NOT NULL",
    "problem_asked_exists": "UPDATE problem SET asked_event_id = 1 WHERE asked_event_id IS NOT NULL",
}


@pytest.mark.parametrize("constraint", BROKEN)
def test_the_schema_holds_begin_and_end(asked, query, constraint):
    asked()
    with pytest.raises(RuleViolated) as refused:
        query.execute(BROKEN[constraint])
    assert refused.value.constraint == constraint


# ------------------------------------------------------------------------------------------------ at the same time


def test_of_two_questions_at_once_one_is_asked(database, person, problem, query):
    number = problem("in_progress")
    seen = person("hadi").seen(number)

    def sender(who):
        fields = who.tokens | {"question": f"{who.employee.name}?", "seen": seen, "token": str(uuid4())}
        return lambda: who.client.post(f"/problems/{number}/questions", data=fields)

    answers = before_one_problem(database, number, [sender(person(name)) for name in ("hadi", "hana")])
    assert sorted(one.status_code for one in answers) == [303, 409]
    assert is_marked(query, number) and len(events(query, number, "asked")) == 1


@pytest.mark.parametrize("turn", range(4))
def test_an_answer_and_no_longer_needed_at_once_end_it_once(person, asked, query, turn):
    number, question = asked()
    rini, hadi = person("rini"), person("hadi")
    remark = rini.tokens | {"remark": "Pagi.", "token": str(uuid4())}
    taken_back = hadi.tokens | {"seen": hadi.seen(number)}
    answers = all_at_once([
        lambda: rini.client.post(f"/problems/{number}/comments", data=remark),
        lambda: hadi.client.post(f"/problems/{number}/questions/{question}/deletions", data=taken_back),
    ])  # fmt: skip
    assert answers[0].status_code == 303 and len(events(query, number, "commented")) == 1
    was_answered = endings(query, number) == ["answered"]
    assert endings(query, number) == ["answered" if was_answered else "unasked"] and not is_marked(query, number)
    assert answers[1].status_code == (409 if was_answered else 303)


@pytest.mark.parametrize("turn", range(4))
def test_an_answer_and_a_closing_at_once_both_succeed(person, asked, query, turn):
    number, _ = asked()
    rini, hadi = person("rini"), person("hadi")
    remark = rini.tokens | {"remark": "Pagi.", "token": str(uuid4())}
    closure = hadi.tokens | {"seen": hadi.seen(number), "solution": "Rol diganti."}
    answers = all_at_once([
        lambda: rini.client.post(f"/problems/{number}/comments", data=remark),
        lambda: hadi.client.post(f"/problems/{number}/closures", data=closure),
    ])  # fmt: skip
    assert [one.status_code for one in answers] == [303, 303]
    assert endings(query, number) in (["answered"], ["closed"]) and not is_marked(query, number)


def test_a_closing_ends_a_question_that_was_asked_while_it_waited(database, person, problem, query, employees):
    """The statement that closes began before the question was there."""
    number, hadi = problem("in_progress"), person("hadi")
    closure = hadi.tokens | {"seen": hadi.seen(number), "solution": "Rol diganti."}
    with opened(Pool(**database)) as other:

        def closes():
            return hadi.client.post(f"/problems/{number}/closures", data=closure)

        def asks():
            with other.transaction():
                other.select("SELECT id FROM problem WHERE id = %(id)s FOR UPDATE", {"id": number})
                wait_for(database, 1)
                Questions(other).ask(number, int(closure["seen"]), employees["hana"], clock.now(), uuid4(), WORDS)

        answers = all_at_once([closes, asks])
    assert answers[0].status_code == 303 and endings(query, number) == ["closed"] and not is_marked(query, number)


# ------------------------------------------------------------------------------------------------ where it is seen


def test_the_page_of_the_problem_shows_it_to_everybody_who_sees_the_problem(person, asked):
    number, _ = asked("at Umum", "gita")
    for name in ("rini", "koko", "hadi", "gita", "iwan", "susi", "adi"):
        page = person(name).get(f"/problems/{number}")
        found = " ".join(block(page).text.split())
        assert WORDS in found and "Gita" in found and page.select_one(".asked").text == "Menunggu pelapor"
        assert ("Jawab" in found) == (name == "rini") and ("Tidak perlu lagi" in found) == (name in ("hadi", "gita"))
    page = person("rini").get(f"/problems/{number}")
    assert block(page).h2.text == "Pertanyaan untuk Anda"
    assert page.select_one(block(page).a["href"]).name == "textarea"


def test_the_history_keeps_it(person, asked):
    number, question = asked()
    unask(person("hana"), number, question)
    kept = [" ".join(item.text.split()) for item in person("rini").get(f"/problems/{number}").select(".history li")]
    assert kept[-2].startswith("Pertanyaan kepada pelapor Hadi (20000001), Helpdesk") and kept[-2].endswith(WORDS)
    assert kept[-1].startswith("Pertanyaan tidak perlu lagi Hana (20000002), Helpdesk")


def test_the_search_finds_its_words(person, asked):
    number, _ = asked()
    assert numbers(person("hadi").get("/problems?q=kapan+mati")) == [number]


def test_it_stands_above_the_reporters_list_with_a_form_to_answer(person, asked, problem, query):
    closed, (number, _), (other, _) = problem("closed"), asked(title="Mesin <mati>"), asked()
    page = person("rini").get("/problems")
    items = to_answer(page).select("li")
    assert [" ".join(item.text.split()) for item in items] == [
        f"#{number} Mesin <mati> {WORDS} Jawab",
        f"#{other} Printer macet {WORDS} Jawab",
    ]
    assert f"#{closed}" in page.select_one("section[aria-labelledby=unconfirmed]").text
    page = person("rini").get(f"{items[0].button['formaction']}?next=/problems")
    assert WORDS in page.main.text and "Hadi bertanya:" in page.main.text
    assert page.h1.text == "Jawab pertanyaan" and value(page, "next") == "/problems"
    answer(person("rini"), number, next="/problems")
    answer(person("rini"), other)
    assert to_answer(person("rini").get("/problems")) is None


def test_nobody_else_is_asked_above_the_list(person, asked):
    asked()
    for name in ("koko", "sari", "hadi", "susi"):
        assert to_answer(person(name).get("/problems")) is None
    assert to_answer(person("rini").get("/problems?status=closed")) is None


def test_the_row_says_so_by_word_and_has_no_more_buttons(person, asked, problem):
    number, plain = asked()[0], problem("in_progress")
    for name in ("rini", "hadi", "susi"):
        page = person(name).get("/problems?all=1")
        assert "Menunggu pelapor" in row(page, number).text and "Menunggu pelapor" not in row(page, plain).text
    page = person("hadi").get("/problems")
    assert buttons(row(page, number)) == buttons(row(page, plain)) == ["Tutup Kendala", "Penyelesaian"]


@pytest.mark.parametrize("name", ["rini", "koko", "hadi", "gita", "pandu", "susi", "adi"])
def test_the_list_filters_by_it(person, asked, problem, name):
    problem("in_progress"), problem("closed")
    number, _ = asked("at pandu", title="Layar mati")
    answered, _ = asked()
    answer(person("rini"), answered)
    for filters in ("asked=1", "asked=1&order=oldest&all=1", "asked=1&order=urgent", "asked=1&status=in_progress"):
        assert numbers(person(name).get(f"/problems?{filters}")) == [number], filters
    assert numbers(person(name).get("/problems?asked=1&q=layar")) == [number]
    assert numbers(person(name).get("/problems?asked=1&status=closed")) == []
    page = person(name).get("/problems?asked=1")
    [chip] = page.select(".chips a")
    assert " ".join(chip.text.split()) == "Hapus filter Menunggu pelapor ×" and "asked" not in chip["href"]
    assert "checked" in page.select_one("#asked").attrs
    assert [count.text for count in page.select("nav[aria-label=Status] .count")] == ["1"] * (name == "pandu") or [
        "0"
    ] * (name in ("hadi", "gita"))


def test_a_saved_view_keeps_the_filter(person, asked, problem):
    problem("in_progress")
    number, _ = asked()
    page = person("hadi").get("/problems?asked=1")
    kept = page.select_one(".views button")["value"]
    assert kept == "asked=1"
    page = person("hadi").post("/saved-views", follow=True, name="Menunggu jawaban", filters=kept)
    link = page.select_one(".views a")
    assert link.text == "Menunggu jawaban" and numbers(person("hadi").get(link["href"])) == [number]


@pytest.mark.parametrize("name", ["rini", "hadi", "susi"])
def test_neither_list_nor_problem_runs_a_statement_more(person, asked, problem, statements, name):  # noqa: F811
    number, plain = asked()[0], problem("in_progress")
    run = {}
    for path in ("/problems", "/problems?asked=1", f"/problems/{number}", f"/problems/{plain}"):
        person(name).get(path)
        statements.clear()
        person(name).get(path)
        run[path] = len(statements)
    assert run["/problems"] <= 5 and run["/problems?asked=1"] <= 5
    assert run[f"/problems/{number}"] == run[f"/problems/{plain}"]


# ------------------------------------------------------------------------------------------------ open pages


def test_open_pages_hear_that_a_mark_came_or_went(opens, person, asked, problem):  # noqa: F811
    number = problem("in_progress")
    page = opens("hana")
    ask(person("hadi"), number)
    assert page.ask()["changed"][str(number)][1] == "Hadi"
    page = opens("hana")
    answer(person("koko"), number)
    assert page.ask()["changed"] == {}, "a comment of a colleague is no answer"
    answer(person("rini"), number)
    assert page.ask()["changed"][str(number)][1] == "Rini"
    answer(person("rini"), number)
    page = opens("hana")
    answer(person("rini"), number)
    assert page.ask()["changed"] == {}, "there was no question"
    other, question = asked()
    page = opens("hana")
    unask(person("hadi"), other, question)
    assert page.ask()["changed"][str(other)][1] == "Hadi"


def test_a_list_of_what_waits_for_reporters_hears_of_a_new_question(opens, person, problem):  # noqa: F811
    number, other = problem("in_progress"), problem("in_progress")
    for path in ("/problems?asked=1", "/problems?asked=1&status=in_progress", "/problems?asked=1&priority=high"):
        page = opens("hana", path)
        ask(person("hadi"), number)
        assert page.ask()["new"] == [number], path
        answer(person("rini"), number)
        answer(person("rini"), other)
        assert page.ask()["new"] == []


# ------------------------------------------------------------------------------------------------ seven days later


def reminded(query, number: int) -> list[str]:
    return [one["name"] for one in query.select(REMINDED, {"id": number})]


def test_after_seven_days_whoever_asked_hears_of_it_once(person, asked, query, pool, moved_clock):
    moved_clock()
    number, _ = asked("at pandu", "hana")
    moved_clock(days=7, seconds=-1)
    assert not Worker(pool).remind() and reminded(query, number) == []
    moved_clock(seconds=1)
    assert Worker(pool).remind() and reminded(query, number) == ["hana"]
    moved_clock(days=30)
    assert not Worker(pool).remind() and reminded(query, number) == ["hana"]


def test_the_reminder_is_a_notice_and_is_read_with_the_problem(app, employees, asked, pool, moved_clock):
    moved_clock()
    number, _ = asked("at pandu", "hana")
    moved_clock(days=7)
    Worker(pool).remind()
    hana = Person(app, employees["hana"])  # who signs in again
    page = hana.get("/notices")
    [item] = [" ".join(one.text.split()) for one in page.select(".notices li")]
    assert item.startswith(f"Belum dibaca Tujuh hari tanpa jawaban: #{number} Printer macet Hana (20000002)")
    place = hana.get(f"/problems/{number}").select_one("[data-reading]")
    assert place["data-reading"] == str(number)
    hana.post("/readings", problem_id=number, until=place["data-until"])
    assert hana.get("/notices").select(".is-unread") == []


def test_the_holder_hears_beside_the_question_itself_and_pages_lose_neither(
    person, asked, query, pool, moved_clock, employees, monkeypatch
):
    moved_clock()
    number, _ = asked("at pandu", "hana")
    with signed(query, clock.now(), None, "test"):
        Employees(query).freeze(employees["hana"].nik)
    moved_clock(days=8)
    Worker(pool).remind()
    assert reminded(query, number) == ["pandu"]
    monkeypatch.setattr("sih.dao.notices.PAGE_SIZE", 1)
    pandu, path, seen = person("pandu"), "/notices", []
    while path:
        page = pandu.get(path)
        seen += [item.text.split(":")[0].split("dibaca")[-1].strip() for item in page.select(".notices li")]
        following = page.select_one("a[rel=next]")
        path = following and following["href"]
    assert seen[:2] == ["Tujuh hari tanpa jawaban", "Pertanyaan kepada pelapor"] and len(seen) == len(set(seen))
    form = pandu.get("/notices").select_one("main form")
    pandu.post("/readings", **{field["name"]: field["value"] for field in form.select("input")})
    assert pandu.get("/notices").select(".is-unread") == []


def test_without_an_asker_whoever_of_the_division_moved_it_hears(asked, query, pool, moved_clock, employees, person):
    moved_clock()
    number, _ = asked("escalated", "hana")
    person("gita").act(number, "acceptances")
    with signed(query, clock.now(), None, "test"):
        query.execute("UPDATE employee SET role = 'reporter', division_id = NULL WHERE name = 'Hana'")
    moved_clock(days=8)
    Worker(pool).remind()
    assert reminded(query, number) == ["gita"]


def test_without_anybody_nobody_hears_and_it_is_not_tried_again(asked, query, pool, moved_clock, employees):
    moved_clock()
    number, _ = asked("escalated", "hana")  # nobody of Umum has done anything yet
    with signed(query, clock.now(), None, "test"):
        Employees(query).freeze(employees["hana"].nik)
    moved_clock(days=8)
    assert Worker(pool).remind() and not Worker(pool).remind()
    assert reminded(query, number) == [] and questions(query, number)[0]["reminded_at"] == clock.now()


@pytest.mark.parametrize("how", ["answered", "unasked", "closed"])
def test_what_has_ended_is_not_remembered(person, asked, query, pool, moved_clock, how):
    moved_clock()
    number, question = asked()
    moved_clock(hours=6)
    if how == "answered":
        answer(person("rini"), number)
    elif how == "unasked":
        unask(person("hadi"), number, question)
    else:
        person("hadi").act(number, "closures", solution="Rol diganti.")
    moved_clock(days=30)
    assert not Worker(pool).remind() and reminded(query, number) == [] and endings(query, number) == [how]


def test_several_workers_at_once_remind_once(database, asked, query, moved_clock):
    moved_clock()
    places = [asked()[0] for _ in range(12)]
    moved_clock(days=8)

    def works():
        with opened(Pool(**database)) as own:
            return sum(iter(lambda: Questions(own).remind(clock.now()), 0))

    assert sum(all_at_once([works] * 4)) == 12
    assert [reminded(query, number) for number in places] == [["hadi"]] * 12


def test_in_english(person, asked, problem):
    hadi, number = person("hadi").speaks("en"), problem("in_progress")
    page = ask(hadi, number, 422, question="")
    assert errors(page) == {"question": "Write your question."} and page.h1.text == "Ask the reporter"
    page = hadi.post(f"/problems/{number}/questions", follow=True, question=WORDS, seen=hadi.seen(number))
    assert page.select_one(".asked").text == "Waiting for the reporter"
    assert block(person("rini").speaks("en").get(f"/problems/{number}")).h2.text == "Question for you"
