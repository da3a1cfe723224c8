"""Many problems at once: the same rules, guards and history as one by one; what moved on meanwhile is left out."""

import pytest

from sih.domain import clock
from sih.domain.errors import AlreadyThere, Forbidden, Stale
from sih.web import actions
from tests import form_data
from tests.facts import alert, amount, errors, events, id_of, state, value
from tests.problem_pages import row
from tests.routes import contents

# Of each verb: the state before, who may do it, the status after, and who sees the problems but may not.
VERBS = {
    "open_and_escalate": ("new", "hadi", "escalated", "gita"),
    "accept": ("escalated", "gita", "in_progress", "iwan"),
    "escalate": ("in_progress", "hadi", "escalated", "pandu"),
    "close": ("in_progress", "hadi", "closed", "putri"),
}
DONE = {
    "open_and_escalate": "3 kendala dibuka dan dialihkan.",
    "accept": "3 kendala diterima.",
    "escalate": "3 kendala dialihkan.",
    "close": "3 kendala ditutup.",
}
STEPS = """
SELECT e.kind, e.actor_id, e.status_before, e.status_after, e.from_division_id, e.from_employee_id, e.to_division_id,
       e.to_employee_id, e.priority, e.category_id, e.note, e.store_id, e.asset_kind_id, e.from_department_id,
       e.to_department_id, e.at > e.held_since AS is_later, e.recorded_at = e.at AS is_recorded,
       (SELECT b.kind FROM event b WHERE b.id = e.previous_event_id) AS previous
FROM event e WHERE e.problem_id = %(id)s ORDER BY e.id
"""
ROW = """
SELECT p.status, p.priority, p.category_id, p.diagnosis, p.solution, p.holder_division_id, p.holder_employee_id,
       p.giver_division_id, p.giver_employee_id, p.closed_at IS NULL AS is_open,
       p.last_event_id = (SELECT max(e.id) FROM event e WHERE e.problem_id = p.id) AS is_last
FROM problem p WHERE p.id = %(id)s
"""


@pytest.fixture
def words(query):
    """words(verb): what its form asks for."""
    both = {**form_data.opening(query), **form_data.escalation(query, "Umum")}
    known = {"open_and_escalate": both, "accept": {}, "escalate": form_data.escalation(query, "Umum")}
    return lambda verb: known.get(verb, {"solution": "Server dinyalakan lagi."})


@pytest.fixture
def send(words):
    """send(person, verb, picked): the whole form of a verb, as its last page sends it."""

    def send(person, verb: str, picked: list[str], status: int = 303, **others):
        return person.post("/bulk-actions", status, verb=verb, picked=picked, **{**words(verb), **others})

    return send


def pick(person, *numbers: int) -> list[str]:
    """The values of the checkboxes of these rows, now."""
    return [f"{number}-{person.seen(number)}" for number in numbers]


def ask(person, verb: str, picked: list[str], status: int = 200):
    """The page with the form of a verb, as the button of the bar asks for it."""
    asked = "&".join(f"picked={value}" for value in picked)
    return person.get(f"/bulk-actions/new?verb={verb}&{asked}", status)


def left_out(page) -> dict[str, str]:
    """The reason of each problem that is left out, by the value of its checkbox, which is ticked."""
    boxes = page.select("main input[name=picked][type=checkbox][checked]")
    return {box["value"]: page.select_one(f"label[for={box['id']}] small").text for box in boxes}


def flashed(person) -> str:
    return person.get("/problems").select_one("main [role=status]").text


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_moves_all_and_says_how_many(person, problem, query, send, verb):
    before, name, after, _ = VERBS[verb]
    numbers, somebody = [problem(before) for _ in range(3)], person(name)
    send(somebody, verb, pick(somebody, *numbers), next="/problems?status=new")
    assert somebody.response.location == "/problems?status=new"
    assert flashed(somebody) == DONE[verb]
    assert [state(query, number)[0] for number in numbers] == [after] * 3


SINGLY = {"accept": "acceptances", "close": "closures"}


@pytest.mark.parametrize("verb", VERBS)
def test_state_and_history_are_those_of_one_by_one(person, problem, query, words, send, verb):
    before, name, _, _ = VERBS[verb]
    one, many, somebody = problem(before), [problem(before) for _ in range(2)], person(name)
    somebody.act(one, SINGLY.get(verb, "escalations"), **words(verb))
    send(somebody, verb, pick(somebody, *many))
    for number in many:
        assert query.select(STEPS, {"id": number}) == query.select(STEPS, {"id": one})
        assert query.select(ROW, {"id": number}) == query.select(ROW, {"id": one})


@pytest.mark.parametrize("verb", VERBS)
def test_what_moved_on_is_left_out_with_the_reason_and_stays_ticked(person, problem, query, employees, send, verb):
    before, name, after, _ = VERBS[verb]
    numbers, somebody = [problem(before) for _ in range(3)], person(name)
    picked = pick(somebody, *numbers)
    moved, kind = {"new": ("openings", "Dibuka"), "escalated": ("returns", "Dikembalikan")}.get(
        before, ("closures", "Ditutup")
    )
    fields = form_data.opening(query) if moved == "openings" else {"reason": "Salah.", "solution": "Sudah."}
    person("hana").act(numbers[1], moved, **fields)
    now, page = state(query, numbers[1]), send(somebody, verb, picked, 409)
    assert alert(page).startswith(DONE[verb].replace("3", "2"))
    [(value_now, reason)] = left_out(page).items()
    assert value_now == f"{numbers[1]}-{somebody.seen(numbers[1])}"
    assert reason.startswith(f"Sudah berubah: {kind} oleh Hana, ")
    assert state(query, numbers[1]) == now
    assert [state(query, numbers[place])[0] for place in (0, 2)] == [after] * 2


@pytest.mark.parametrize("verb", VERBS)
def test_sent_twice_it_changes_nothing_and_says_the_same(person, problem, query, send, verb):
    before, name, _, _ = VERBS[verb]
    numbers, somebody = [problem(before) for _ in range(3)], person(name)
    picked = pick(somebody, *numbers)
    send(somebody, verb, picked)
    assert flashed(somebody) == DONE[verb]
    first = contents(query)
    send(somebody, verb, picked)
    assert contents(query) == first
    assert flashed(somebody) == DONE[verb]


def test_sent_twice_what_was_left_out_is_left_out_again(person, problem, query, send):
    numbers, hadi = [problem("in_progress") for _ in range(3)], person("hadi")
    picked = pick(hadi, *numbers)
    person("hana").act(numbers[0], "closures", solution="Sudah.")
    first = send(hadi, "close", picked, 409)
    stored = contents(query)
    second = send(hadi, "close", picked, 409)
    assert (alert(second), left_out(second)) == (alert(first), left_out(first))
    assert contents(query) == stored


def test_sent_twice_with_other_words_it_changes_nothing(person, problem, query, send):
    numbers, hadi = [problem("in_progress") for _ in range(2)], person("hadi")
    picked = pick(hadi, *numbers)
    send(hadi, "close", picked)
    page = send(hadi, "close", picked, 409, solution="Lain.")
    assert alert(page).startswith("0 kendala ditutup.") and len(left_out(page)) == 2
    assert "Lain." in page.main.text, "what was typed and not stored is shown"
    assert [event["note"] for number in numbers for event in events(query, number, "closed")] == [
        "Server dinyalakan lagi."
    ] * 2


@pytest.mark.parametrize("verb", VERBS)
def test_a_handler_moves_only_what_may_be_moved_singly(person, problem, query, send, verb):
    before, _, _, other = VERBS[verb]
    number, somebody = problem(before), person(other)
    page = send(somebody, verb, pick(somebody, number), 409)
    assert list(left_out(page).values()) == ["Anda tidak berwenang melakukan ini."]
    assert state(query, number)[0] == before


@pytest.mark.parametrize("name", ["hadi", "gita", "pandu", "putri", "iwan"])
@pytest.mark.parametrize("verb", VERBS)
def test_every_row_is_judged_as_singly(query, employees, problem, words, verb, name):
    """Of one problem in each state, those are ready for which the single door opens."""
    who = employees[name]
    made = [problem(each) for each in ("new", "in_progress", "escalated", "at Umum", "at pandu", "closed")]
    seen = {number: query.one("SELECT last_event_id AS id FROM problem WHERE id = %(id)s", {"id": number})["id"]
            for number in made}  # fmt: skip
    action = actions.begin_all(query, who, seen, verb, clock.now())
    for number in made:
        try:
            actions.begin(query, who, number, verb, seen[number], clock.now())
            refusal = None
        except (Forbidden, Stale) as refused:
            refusal = type(refused)
        assert type(action.refusals.get(number)) is (refusal or type(None)), number
    assert {one.id for one in action.ready} == set(made) - set(action.refusals)


@pytest.mark.parametrize("name", ["rini", "susi", "adi"])
def test_other_roles_are_refused(person, problem, query, send, name):
    number, somebody = problem("in_progress"), person(name)
    picked = pick(somebody, number)
    send(somebody, "close", picked, 403)
    ask(somebody, "close", picked, 403)
    assert state(query, number)[0] == "in_progress"


def test_hidden_problems_are_left_out_without_a_word(query, employees, problem):
    """No handler is refused a problem; the door behind the page holds it for anybody."""
    numbers, sari = [problem("closed"), problem("closed", by="sari")], employees["sari"]
    seen = {number: query.one("SELECT last_event_id AS id FROM problem WHERE id = %(id)s", {"id": number})["id"]
            for number in numbers}  # fmt: skip
    outcome = actions.begin_all(query, sari, seen, "reopen", clock.now()).do(reason="Masih mati.")
    assert ([one.id for one in outcome.done], outcome.left) == ([numbers[1]], [])
    assert [state(query, number)[0] for number in numbers] == ["closed", "in_progress"]


def test_missing_problems_are_left_out_without_a_word(person, problem, query, send):
    number, hadi = problem("in_progress"), person("hadi")
    send(hadi, "close", [*pick(hadi, number), f"{2**50}-1"])
    assert flashed(hadi) == "1 kendala ditutup."
    send(hadi, "close", [f"{2**50}-1"], 404)


def test_events_exchanged_between_rows_move_nothing(person, problem, query, send):
    first, second, hadi = problem("in_progress"), problem("in_progress"), person("hadi")
    exchanged = [f"{first}-{hadi.seen(second)}", f"{second}-{hadi.seen(first)}"]
    assert len(left_out(send(hadi, "close", exchanged, 409))) == 2
    older = query.one("SELECT min(id) AS id FROM event WHERE problem_id = %(id)s", {"id": first})["id"]
    shifted = [f"{first}-{older}", f"{second}-{hadi.seen(first)}"]
    assert len(left_out(send(hadi, "close", shifted, 409))) == 2
    assert [state(query, number)[0] for number in (first, second)] == ["in_progress"] * 2


def test_a_future_event_moves_nothing(person, problem, query, send):
    number, hadi = problem("in_progress"), person("hadi")
    send(hadi, "close", [f"{number}-{int(hadi.seen(number)) + 1}"], 409)
    assert state(query, number)[0] == "in_progress"


MALFORMED = [[], [""], ["1"], ["1-"], ["-1"], ["a-b"], ["1-2-3"], ["٣-٤"], ["9" * 19 + "-1"], ["1-1", "x"]]


@pytest.mark.parametrize("picked", [*MALFORMED, [f"{number}-1" for number in range(51)]])
def test_malformed_or_too_many_ticks_are_explained(person, send, picked):
    sentence = "Centang satu sampai 50 kendala di daftar, lalu tekan tombol tindakannya. Belum ada yang disimpan."
    assert alert(send(person("hadi"), "close", picked, 422)) == sentence
    assert alert(ask(person("hadi"), "close", picked, 422)) == sentence


@pytest.mark.parametrize("verb", ["", "open", "return", "confirm", "x"])
def test_verbs_that_are_not_offered_are_not_found(person, problem, verb):
    hadi = person("hadi")
    ask(hadi, verb, pick(hadi, problem()), 404)
    hadi.post("/bulk-actions", 404, verb=verb, picked=pick(hadi, problem()))


def test_without_scripts_a_link_ticks_all_of_the_page_once(person, problem):
    numbers, hadi = {problem(), problem("in_progress")}, person("hadi")
    problem("closed")
    link = hadi.get("/problems?all=1").select_one("th.tick a.without-script")["href"]
    page = hadi.get(link)
    assert {int(box["value"].partition("-")[0]) for box in page.select("td.tick [checked]")} == numbers
    assert page.select_one("#many [name=next]")["value"] == "/problems?all=1"
    assert not hadi.get("/problems?all=1").select("td.tick [checked]")


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_it_leads_to_no_other_site(person, problem, send, place):
    ready, moved, hadi = problem("in_progress"), problem("in_progress"), person("hadi")
    picked = pick(hadi, ready, moved)
    person("hana").act(moved, "closures", solution="Sudah.")
    asked = f"/bulk-actions/new?verb=close&next={place}&picked="
    for page in (
        hadi.get(asked + picked[0]),
        hadi.get(asked + picked[1]),
        send(hadi, "close", picked, 409, next=place),
    ):
        assert place not in str(page.main)
    send(hadi, "close", picked[:1], next=place)
    assert hadi.response.location == "/problems"


def test_fifty_are_moved_at_once(person, problem, query, send):
    numbers, hadi = [problem("in_progress") for _ in range(50)], person("hadi")
    send(hadi, "close", pick(hadi, *numbers))
    assert amount(query, "problem WHERE status = 'closed'") == amount(query, "event WHERE kind = 'closed'") == 50


def test_the_page_shows_what_it_will_do_and_what_it_leaves_out(person, problem, query):
    ready, hadi = [problem("in_progress", title=f"Printer {place}") for place in range(2)], person("hadi")
    others = [problem("new"), problem("in_progress")]
    picked = pick(hadi, *ready, *others)
    person("hana").act(others[1], "escalations", **form_data.escalation(query, "Umum"))
    page = ask(hadi, "close", picked)
    assert page.h1.text == "Tutup (2)"
    assert {field["value"] for field in page.select("main form [name=picked]")} == set(picked[:2])
    assert [item.text.split()[0] for item in page.select(".picked li")] == [f"#{number}" for number in ready[::-1]]
    reasons = [item.small.text for item in page.select("main form section > ul li")]
    assert reasons[0].startswith("Sudah berubah: Dialihkan oleh Hana, ") and reasons[1] == "Statusnya Baru."


def test_if_nothing_can_be_done_the_page_has_no_form(person, problem):
    hadi = person("hadi")
    page = ask(hadi, "close", pick(hadi, problem("new"), problem("closed")))
    assert page.select("main form") == [] and page.h1.text == "Tutup (0)"
    assert "Statusnya Baru." in page.main.text and "Statusnya Selesai." in page.main.text


def form_of(page) -> dict:
    """What the form of this page carries in hidden fields."""
    fields = page.select("main form input[type=hidden], main form textarea[hidden]")
    names = {field["name"] for field in fields}
    return {name: [_value(field) for field in fields if field["name"] == name] for name in names}


def _value(field) -> str:
    return field.text.removeprefix("\n") if field.name == "textarea" else field["value"]


def go_on(person, page, status: int = 200, **fields):
    return person.post("/bulk-actions", status, **{**form_of(page), **fields})


def test_buka_dan_alihkan_in_two_pages_stores_nothing_before_the_second(person, problem, query):
    numbers, hadi = [problem() for _ in range(3)], person("hadi")
    before, page = contents(query), ask(hadi, "open_and_escalate", pick(hadi, *numbers))
    assert page.h1.text == "Buka dan alihkan (3)"
    page = go_on(hadi, page, step="open", **form_data.opening(query, diagnosis="Rol aus."))
    umum = form_data.escalation(query, "Umum")
    page = go_on(hadi, page, step="kind", kind=umum["kind"])
    assert value(page, "reason") == "Rol aus.", "the diagnosis is the reason unless another is written"
    assert contents(query) == before
    go_on(hadi, page, 303, **umum)
    for number in numbers:
        assert state(query, number) == ("escalated", "Umum", None)
        kinds = [events(query, number, kind)[0]["note"] for kind in ("opened", "escalated")]
        assert kinds == ["Rol aus.", "Perlu teknisi."]


def test_buka_dan_alihkan_to_a_pic_and_back_again(person, problem, query):
    numbers, hadi = [problem() for _ in range(2)], person("hadi")
    page = go_on(hadi, ask(hadi, "open_and_escalate", pick(hadi, *numbers)), step="open", **form_data.opening(query))
    page = go_on(hadi, page, **form_data.escalation(query, "department"))
    assert page.select_one("select[name=pic_id]")
    page = go_on(hadi, page, step="back")
    assert value(page, "department_id") == str(id_of(query, "department", "Kasir"))
    opening = go_on(hadi, page, step="opening")
    assert value(opening, "diagnosis") == form_data.opening(query)["diagnosis"]
    page = go_on(hadi, page, **form_data.escalation(query, "department"))
    go_on(hadi, page, 303, step="pic", pic_id=id_of(query, "employee", "Pandu"))
    assert {state(query, number) for number in numbers} == {("escalated", "Aplikasi", "Pandu")}


def test_a_lost_session_finds_both_steps_of_buka_dan_alihkan_again(person, problem, query):
    numbers, hadi = [problem() for _ in range(2)], person("hadi")
    picked = pick(hadi, *numbers)
    words = {**form_data.opening(query, diagnosis="Rol aus."), **form_data.escalation(query, "Umum")}
    sent = {**hadi.tokens, **words, "verb": "open_and_escalate", "picked": picked}
    with hadi.client.session_transaction() as session:
        kept = dict(session)
        session.clear()
    hadi.client.post("/bulk-actions", data=sent)
    with hadi.client.session_transaction() as session:
        session.update(kept)
    page = hadi.get(f"/bulk-actions/new?draft={query.one('SELECT id FROM draft')['id']}")
    assert (value(page, "diagnosis"), value(page, "reason")) == ("Rol aus.", "Perlu teknisi.")
    assert set(form_of(page)["picked"]) == set(picked)
    go_on(hadi, page, 303, kind=words["kind"], reason="Perlu teknisi.")
    assert {state(query, number) for number in numbers} == {("escalated", "Umum", None)}


def test_alihkan_in_pages(person, problem, query):
    numbers, hadi = [problem("in_progress") for _ in range(2)], person("hadi")
    page = ask(hadi, "escalate", pick(hadi, *numbers))
    page = go_on(hadi, page, step="kind", kind=f"division:{id_of(query, 'division', 'IT')}")
    page = go_on(hadi, page, 422, kind=f"division:{id_of(query, 'division', 'IT')}", reason="")
    assert alert(page) == "Harap isi form kosong!"
    go_on(hadi, page, 303, **form_data.escalation(query, "Jaringan"))
    assert {state(query, number) for number in numbers} == {("escalated", "Jaringan", None)}


def test_an_empty_form_names_its_fields_and_stores_nothing(person, problem, query):
    hadi, before = person("hadi"), None
    new, open_one = pick(hadi, problem()), pick(hadi, problem("in_progress"))
    before = contents(query)
    page = hadi.post("/bulk-actions", 422, verb="close", picked=open_one, solution=" ")
    assert errors(page) == {"solution": "Tuliskan bagaimana kendala ini ditangani."}
    page = hadi.post("/bulk-actions", 422, verb="open_and_escalate", picked=new, step="open")
    assert set(errors(page)) == {"category_id", "priority", "diagnosis"}
    hadi.post("/bulk-actions", 422, verb="open_and_escalate", picked=new, **form_data.opening(query))
    page = hadi.post("/bulk-actions", 422, verb="escalate", picked=open_one)
    assert "kind" in errors(page)
    pic = {**form_data.escalation(query, "Pandu"), "pic_id": ""}
    assert "pic_id" in errors(hadi.post("/bulk-actions", 422, verb="escalate", picked=open_one, **pic))
    assert contents(query) == before


def test_a_problem_is_not_handed_over_to_where_it_waits(person, problem, query, send):
    here, there, hadi = problem("at Umum"), problem("in_progress"), person("hadi")
    page = send(hadi, "escalate", pick(hadi, here, there), 409)
    assert list(left_out(page).values()) == [AlreadyThere().message]
    assert (state(query, here)[0], state(query, there)[0]) == ("in_progress", "escalated")


def test_if_they_cannot_be_handed_over_they_are_not_opened_either(query, employees, problem, words):
    numbers, hadi, pandu = [problem() for _ in range(3)], employees["hadi"], employees["pandu"]
    seen = {number: query.one("SELECT last_event_id AS id FROM problem WHERE id = %(id)s", {"id": number})["id"]
            for number in numbers}  # fmt: skip
    action = actions.begin_all(query, hadi, seen, "open_and_escalate", clock.now())
    query.execute("UPDATE employee SET is_frozen = true WHERE id = %(id)s", {"id": pandu.id})
    identification = {name: form_data.opening(query)[name] for name in ("category_id", "priority", "diagnosis")}
    there = {"reason": "Perlu PIC.", "division_id": pandu.division_id, "pic_id": pandu.id}
    outcome = action.do(**identification, **there)
    assert (outcome.done, len(outcome.left)) == ([], 3)
    assert {state(query, number)[0] for number in numbers} == {"new"} and amount(query, "event") == 3


def test_rows_of_handlers_have_a_checkbox_of_the_form_and_the_list_has_its_bar(person, problem):
    number, hadi = problem(), person("hadi")
    page = hadi.get("/problems?status=new")
    box = row(page, number).select_one("input[type=checkbox]")
    assert (box["form"], box["name"], box["value"]) == ("many", "picked", f"{number}-{hadi.seen(number)}")
    assert box["aria-label"] == f"Pilih #{number}"
    form = page.select_one("form#many[method=get]")
    assert form["action"] == "/bulk-actions/new"
    assert form.select_one("[name=next]")["value"] == "/problems?status=new"
    words = [button.text.strip() for button in form.select("button[name=verb]")]
    assert words == ["Buka dan alihkan", "Terima", "Alihkan", "Tutup"]


@pytest.mark.parametrize("name", ["rini", "susi", "adi"])
def test_others_have_neither_checkbox_nor_bar(person, problem, name):
    problem("closed")
    page = person(name).get("/problems")
    assert page.select("input[name=picked], form#many") == []


def test_in_english(person, problem, send):
    hadi = person("hadi").speaks("en")
    numbers = [problem("in_progress"), problem("new")]
    page = send(hadi, "close", pick(hadi, *numbers), 409)
    assert alert(page) == "Problems closed: 1. These were left out and stay ticked:"
    assert list(left_out(page).values()) == ["Its status is New."]
