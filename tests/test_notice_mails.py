"""Mails of notices, over a real mail server: who gets which, once, and what becomes of those that cannot be sent."""

import dataclasses
import json
import threading
from collections import Counter
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from settings import Smtp
from sih.background import notice_mails
from sih.background import smtp as mails
from sih.background.worker import Worker
from sih.dao import notice_mails as told
from sih.dao import outbox
from sih.dao.audits import signed
from sih.dao.employees import Employees
from sih.dao.outbox import LEASE, PAGE_SIZE, Outbox
from sih.dao.problem_exports import ProblemExports
from sih.dao.problems import Problems
from sih.dao.profiles import Profiles
from sih.domain import clock
from tests import form_data
from tests.company import PEOPLE
from tests.concurrency import all_at_once
from tests.conftest import bring
from tests.mail_servers import parsed, say_nothing, serving, talking, text_of
from tests.people import Person
from tests.test_notices import HISTORY, WHO_HEARS, comment, freeze, heard, walk
from tests.test_worker import until

MINUTE = timedelta(minutes=1)
URL = "https://sih.example.com"
GATHERED = "SELECT o.key, o.facts, o.created_at FROM outbox o WHERE o.kind IN ('notice', 'digest')"
WAITING = "SELECT count(*) AS amount FROM outbox_event"
DIVISIONS = ("Helpdesk", "Umum", "Jaringan")
# By the rows of the table: under which topic a person chooses, and whether the table names a mail.
TOPICS = {
    "handed to a PIC, returned to a person, reopened at a person": ("assigned", "both"),
    "acted on by the helpdesk for an absent PIC": ("in_my_place", "both"),
    "opened, closed: the reporter": ("report", "both"),
    "a question: reporter, holder and followers": ("remark", "both"),
    "answered by the reporter: the one who asked": ("answer", "both"),
    "a remark: reporter, holder, those named and followers": ("remark", "both"),
    "an internal note: of these the handlers and supervisors": ("remark", "both"),
    "accepted: whoever gave it, and who follows": ("progress", "page"),
    "withdrawn: whoever holds it, and who follows": ("progress", "page"),
    "corrected after opening: whoever holds or gave it, and who follows": ("progress", "page"),
    "Beres: whoever holds it, and who follows": ("progress", "page"),
}


@pytest.fixture
def server():
    with serving() as controller:
        yield controller


@pytest.fixture
def company(query):
    """Everybody has an address, some divisions a mailbox, and mail is sent."""
    with signed(query, clock.now(), None, "test"):
        query.execute("UPDATE employee SET email = lower(name) || '@example.com'")
        query.execute("UPDATE division SET mailbox = lower(name) || '@example.com' WHERE name = ANY (%(names)s)",
                      {"names": list(DIVISIONS)})  # fmt: skip
    Outbox(query).switch(is_on=True)


@pytest.fixture
def working(pool, settings, server, company):
    def made(port: int | None = None) -> Worker:
        smtp = Smtp("127.0.0.1", port or server.port, None, None, "sih@example.com")
        return Worker(pool, dataclasses.replace(settings, smtp=smtp, public_url=URL))

    return made


def tend(worker: Worker) -> None:
    worker.gather_mails()
    worker.send_mails()


def got(server) -> Counter:
    """How many mails each recipient got, by the part of the address before the @."""
    return Counter(address.partition("@")[0] for mail in server.handler.mails for address in mail.rcpt_tos)


def last(server):
    return parsed(server.handler.mails[-1])


def choose(query, employee, has_digest: bool = False, **ways: str) -> None:
    Profiles(query).set_notices(employee.id, ways, has_digest, clock.now())


# ---------------------------------------------------------------- who hears of what


def ways(who: str, event: dict, before: list[dict], facts: dict, choices: dict) -> set[str]:
    """Of "page" and "mail", those in which this person hears of the event: a second computation, from the issue's table
    and what was chosen."""
    if who == event["actor"] or who in facts["frozen"]:
        return set()
    rows = [row for row, rule in WHO_HEARS.items() if rule(who, event, before, facts)]
    chosen = {choices.get(who, {}).get(TOPICS[row][0], TOPICS[row][1]) for row in rows}
    return {way for way in ("page", "mail") if chosen & {way, "both"}}


def mailbox(event: dict) -> list[str]:
    """The mailbox that hears: of the division where the problem waits without a PIC, of what others did."""
    waits = event["kind"] in ("reported", "escalated", "returned", "reopened") and event["to"] is None
    is_own = PEOPLE[event["actor"]][3] == event["division"]
    return [event["division"].lower()] if waits and not is_own and event["division"] in DIVISIONS else []


def mailed(query, server) -> list[tuple[int, str]]:
    """Each event and who was told of it, by the mails that arrived."""
    facts = {row["key"].replace(" ", "-"): row["facts"] for row in query.select(GATHERED)}
    return [
        (event["id"], mail.rcpt_tos[0].partition("@")[0])
        for mail in server.handler.mails
        for event in facts[parsed(mail)["Message-ID"].strip("<>").removesuffix("@sih")]["events"]
    ]


CHOICES = {"koko": {"remark": "page"}, "pandu": {"assigned": "mail"}, "hana": {"progress": "mail", "remark": "none"}}


@pytest.mark.parametrize("seed", range(3))
def test_a_walk_of_the_whole_life_gives_exactly_these_mails(
    person, problem, query, employees, moved_clock, working, server, seed
):
    """Some have chosen otherwise, hadi hears in the morning, and koko is frozen in the middle of one walk."""
    draw, facts = Random(seed), {"reporter": "rini", "followers": set(), "frozen": set()}
    for name, chosen in CHOICES.items():
        choose(query, employees[name], **chosen)
    choose(query, employees["hadi"], has_digest=True)
    number, seen, pages, letters = problem(), 0, [], []
    walking = walk(person, query, number, draw, facts, set())
    for step in range(60):
        if step == 30 and seed == 2:
            moved_clock(minutes=10), tend(working())
            facts["frozen"] = {"koko"}
            freeze(query, employees["koko"])
        history = query.select(HISTORY, {"id": number})
        for place in range(seen, len(history)):
            event, before = history[place], history[:place]
            found = {who: ways(who, event, before, facts, CHOICES) for who in PEOPLE}
            pages += [(event["kind"], who) for who in PEOPLE if "page" in found[who]]
            letters += [(event["id"], who) for who in PEOPLE if "mail" in found[who]]
            letters += [(event["id"], name) for name in mailbox(event)]
        seen = len(history)
        moved_clock(seconds=draw.choice([5, 40, 90, 200]))
        if draw.random() < 0.6:
            tend(working())
        next(walking)
    moved_clock(days=2), tend(working())
    known = query.select(HISTORY, {"id": number})[:seen]
    assert heard(query, number)[: len(pages)] == pages
    assert sorted(one for one in mailed(query, server) if one[0] <= known[-1]["id"]) == sorted(letters)
    assert len(letters) > 30 and {name for _, name in letters} >= {"rini", "hadi", "helpdesk"}
    assert query.one(WAITING)["amount"] == 0
    ids = [parsed(mail)["Message-ID"] for mail in server.handler.mails]
    assert len(ids) == len(set(ids))


def test_a_mail_waits_a_minute_and_the_next_five(person, problem, moved_clock, working, server):
    number, hadi = problem("in_progress"), person("hadi")
    moved_clock(seconds=59), tend(working())
    assert server.handler.mails == []
    moved_clock(seconds=1), tend(working())
    assert got(server) == {"rini": 1, "helpdesk": 1}
    for _ in range(4):
        moved_clock(minutes=1), comment(hadi, number), tend(working())
    assert got(server)["rini"] == 1
    moved_clock(minutes=1), tend(working())
    assert got(server)["rini"] == 2 and text_of(last(server)).count("Komentar oleh Hadi") == 4
    moved_clock(minutes=30), tend(working())
    assert got(server)["rini"] == 2


def test_another_problem_does_not_wait(person, problem, moved_clock, working, server):
    problem("in_progress")
    moved_clock(minutes=1), tend(working())
    problem("in_progress")
    moved_clock(minutes=1), tend(working())
    assert got(server)["rini"] == 2


def test_without_a_mail_server_nothing_waits(problem, query, pool, settings, company):
    worker = Worker(pool, settings)
    worker.switch_mails_off(), worker.send_mails()
    number = problem("closed")
    assert heard(query, number) and query.one(WAITING)["amount"] == 0
    assert query.select("SELECT key FROM outbox") == []


def test_who_has_no_address_hears_in_the_page_alone(problem, query, working, server, moved_clock):
    query.execute("UPDATE employee SET email = '' WHERE name = 'Rini'")
    number = problem("closed")
    moved_clock(minutes=1), tend(working())
    assert heard(query, number) and set(got(server)) == {"helpdesk"}


def test_a_change_that_is_rolled_back_tells_nobody(problem, query, employees, working):
    number = problem()
    before = query.one(WAITING)["amount"]
    with pytest.raises(ZeroDivisionError), query.transaction():
        bring(query, employees, number, "open")
        assert query.one(WAITING)["amount"] == before + 1
        raise ZeroDivisionError
    assert query.one(WAITING)["amount"] == before and heard(query, number) == []


def test_sight_choice_and_freezing_are_checked_again(person, problem, query, employees, working, server, moved_clock):
    """After the mail has begun to wait."""
    number = problem("in_progress")
    for name in ("koko", "susi", "iwan"):
        person(name).post(f"/problems/{number}/follows")
    comment(person("hana"), number)
    moved_clock(minutes=1)
    assert query.one(WAITING)["amount"] > 4
    with signed(query, clock.now(), None, "test"):
        query.execute("UPDATE employee SET store_id = (SELECT id FROM store WHERE code = 'T002') WHERE name = 'Koko'")
    freeze(query, employees["iwan"])
    choose(query, employees["susi"], remark="page")
    tend(working())
    assert set(got(server)) == {"rini", "hadi", "helpdesk"}
    assert query.select("SELECT key FROM outbox WHERE sent_at IS NULL") == []


# ---------------------------------------------------------------- what a mail says


def test_a_mail_says_what_is_needed_to_act(person, problem, working, server, moved_clock, employees):
    moved_clock(datetime(2026, 1, 5, 9, tzinfo=ZoneInfo("UTC")))
    number = problem("escalated to pandu", title="Printer <macet> & rusak")
    moved_clock(minutes=1), tend(working())
    mail = next(parsed(mail) for mail in server.handler.mails if mail.rcpt_tos == ["pandu@example.com"])
    text, html = text_of(mail), mail.get_body(("html",)).get_content()
    assert mail["Subject"] == f"[SIH #{number}] Printer <macet> & rusak"
    for words in (
        "T001 Kelapa Gading · Printer · Dialihkan · di Pandu (Aplikasi)",
        "Dialihkan oleh Hadi (20000001) ke Pandu (Aplikasi), 5 Jan 2026 16.00 WIB:\n\n> Perlu PIC.",
        "Kendala ini menunggu diterima atau dikembalikan.",
        f"Buka kendala ini: {URL}/problems/{number}",
        "Langkah sebelumnya:\n- Dilaporkan oleh Rini (10000001), 5 Jan 2026 16.00 WIB\n- Dibuka oleh Hadi",
        "- Dialihkan, dikembalikan, atau dibuka lagi kepada saya",
        f"Atur pemberitahuan di profil Anda: {URL}/profile#notices",
    ):
        assert words in text, text
    assert "Printer &lt;macet&gt; &amp; rusak" in html and f'href="{URL}/problems/{number}"' in html
    assert not [word for word in ("<img", "<script", "src=", "url(", "<link") if word in html.lower()]
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Date"] and mail["From"] == "sih@example.com"
    assert mail["References"] == mail["In-Reply-To"] == f"<problem-{number}@sih>"


def test_the_mail_of_a_closed_problem_says_what_was_done_and_until_when(problem, query, working, server, moved_clock):
    query.execute("UPDATE employee SET language = 'en' WHERE name = 'Rini'")
    moved_clock(datetime(2026, 1, 5, 9, tzinfo=ZoneInfo("UTC")))
    problem("closed")
    moved_clock(minutes=1), tend(working())
    text = text_of(next(parsed(mail) for mail in server.handler.mails if mail.rcpt_tos == ["rini@example.com"]))
    assert "Closed by Hadi (20000001), 5 Jan 2026 16:00 WIB:\n\n> Rol diganti." in text
    assert "until 8 Jan 2026 16:00 WIB." in text


def test_its_link_asks_for_sign_in_and_lands_on_the_problem(app, problem, working, server, moved_clock):
    number = problem("closed")
    moved_clock(minutes=1), tend(working())
    rini = Person(app)
    rini.get(f"/problems/{number}", 302)
    place = rini.response.location
    assert place == f"/login?next=/problems/{number}"
    rini.post("/searchUserAccount", 200, nik="10000001", next=f"/problems/{number}")
    rini.post("/login", nik="10000001", pin="731946", next=f"/problems/{number}")
    assert rini.response.location == f"/problems/{number}"
    assert rini.get(f"/problems/{number}").h1


def test_a_title_ends_no_header_and_is_bounded(problem, working, server, moved_clock):
    problem("closed", title="Mati\r\nBcc: eve@example.com\r\n\r\nHalo")
    problem("closed", title="\U0001f525" * 150)
    moved_clock(minutes=1), tend(working())
    assert len(server.handler.mails) == 4 and set(got(server)) == {"rini", "helpdesk"}
    for mail in map(parsed, server.handler.mails):
        assert mail["Bcc"] is None and len(mail["Subject"]) < 120


def test_a_text_is_bounded(person, problem, working, server, moved_clock):
    number = problem("in_progress")
    person("hadi").post(f"/problems/{number}/comments", remark="a" * 5000, token="4ad54a8d-3c64-4a0f-9b57-111111111111")
    moved_clock(minutes=1), tend(working())
    assert "a" * 1400 in text_of(last(server)).replace("\n", "") and "a" * 1501 not in str(last(server))


def test_words_that_are_never_quoted_are_in_no_mail(
    person, problem, query, working, server, moved_clock, monkeypatch, employees
):
    """As those of an internal note: of a kind that everybody hears of, so that all are tried."""
    for module in (told, notice_mails):
        monkeypatch.setattr(module, "NEVER_QUOTED", ("commented",))
    number = problem("in_progress")
    moved_clock(minutes=1), tend(working())
    person("koko").post(f"/problems/{number}/follows")
    person("susi").post(f"/problems/{number}/follows")
    comment(person("hana"), number)
    moved_clock(minutes=6), tend(working())
    assert got(server) == {"rini": 1, "helpdesk": 1, "hadi": 1, "susi": 1}
    assert "Komentar oleh Hana" in text_of(last(server)) and "hanya dapat dibaca di SIH" in text_of(last(server))
    bring(query, employees, number, "close")
    moved_clock(minutes=6), tend(working())
    assert got(server)["rini"] == 2
    for mail in map(parsed, server.handler.mails):
        assert "Masih mati" not in mail.as_string()
        assert mail["To"] != "rini@example.com" or "Komentar" not in text_of(mail).partition("Anda menerima")[0]


# ---------------------------------------------------------------- Ringkasan pagi


def test_the_summary_comes_once_at_seven_of_the_store(person, problem, query, employees, working, server, moved_clock):
    """Gita's store is in Makassar, an hour before Jakarta."""
    moved_clock(datetime(2026, 1, 5, 20, tzinfo=ZoneInfo("UTC")))
    choose(query, employees["gita"], has_digest=True)
    numbers = [problem("at Umum") for _ in range(3)]
    for number in numbers:
        person("gita").post(f"/problems/{number}/follows")
        comment(person("rini"), number)
    moved_clock(datetime(2026, 1, 5, 22, 59, 50, tzinfo=ZoneInfo("UTC"))), tend(working())
    assert "gita" not in got(server)
    comment(person("rini"), numbers[0])  # too late for this morning
    moved_clock(seconds=15), tend(working()), tend(working())
    (mail,) = [parsed(mail) for mail in server.handler.mails if mail.rcpt_tos == ["gita@example.com"]]
    assert mail["Subject"] == "[SIH] Ringkasan pagi, 6 Jan 2026: 3 kendala"
    text = text_of(mail)
    assert [text.count(f"/problems/{number}\n") for number in numbers] == [1, 1, 1] and text.count("Komentar") == 3
    moved_clock(days=1), tend(working())
    assert got(server)["gita"] == 2 and "1 kendala" in last(server)["Subject"]
    moved_clock(days=1), tend(working())
    assert got(server)["gita"] == 2


def test_the_summary_is_bounded(problem, query, employees, working, server, moved_clock):
    choose(query, employees["rini"], has_digest=True)
    for _ in range(notice_mails.DIGEST_PROBLEMS + 2):
        problem("in_progress")
    moved_clock(days=1), tend(working())
    text = text_of(next(parsed(mail) for mail in server.handler.mails if mail.rcpt_tos == ["rini@example.com"]))
    assert text.count("Buka kendala #") == notice_mails.DIGEST_PROBLEMS and f"Dan 2 kendala lagi: {URL}/notices" in text


def test_what_waits_follows_a_new_choice(problem, query, employees, working, server, moved_clock):
    moved_clock(datetime(2026, 1, 5, 2, tzinfo=ZoneInfo("UTC")))
    choose(query, employees["rini"], has_digest=True)
    problem("in_progress")
    moved_clock(minutes=10), tend(working())
    choose(query, employees["rini"])
    tend(working())
    assert got(server)["rini"] == 1 and "Dibuka" in text_of(last(server))
    problem("in_progress")
    choose(query, employees["rini"], has_digest=True)
    moved_clock(minutes=10), tend(working())
    assert got(server)["rini"] == 1
    moved_clock(days=1), tend(working())
    assert got(server)["rini"] == 2


# ---------------------------------------------------------------- what goes wrong


def test_three_workers_at_once_send_each_mail_once(problem, query, working, server, moved_clock):
    for _ in range(20):
        problem("in_progress")
    moved_clock(minutes=1)
    all_at_once([lambda: tend(working())] * 3)
    tend(working())
    assert got(server) == {"rini": 20, "helpdesk": 20} and query.one(WAITING)["amount"] == 0
    assert len({parsed(mail)["Message-ID"] for mail in server.handler.mails}) == 40


def test_many_are_gathered_in_several_steps(problem, query, working, server, moved_clock, monkeypatch):
    monkeypatch.setattr(outbox, "AT_ONCE", 2)
    for _ in range(5):
        problem("in_progress")
    moved_clock(minutes=1)
    worker, steps = working(), 0
    while worker.gather_mails():
        steps += 1
    worker.send_mails()
    assert steps >= 5 and got(server) == {"rini": 5, "helpdesk": 5}


def test_the_server_is_away_for_an_hour(problem, query, working, server, moved_clock):
    for _ in range(5):
        problem("in_progress")
    for _ in range(30):
        moved_clock(minutes=2), tend(working(port=1))
    assert server.handler.mails == [] and query.one(UNSENT)["amount"] == 10
    for _ in range(40):
        moved_clock(minutes=2), tend(working())
    assert got(server) == {"rini": 5, "helpdesk": 5} and query.one(UNSENT)["amount"] == 0


LEASED = "SELECT key FROM outbox WHERE leased_until IS NOT NULL"
UNSENT = "SELECT count(*) AS amount FROM outbox WHERE sent_at IS NULL"
GIVEN_UP = "SELECT count(*) AS amount FROM outbox WHERE failed_at IS NOT NULL"


def test_a_mail_is_given_up_after_two_days_and_an_admin_sees_it(
    app, employees, person, problem, query, working, moved_clock
):
    number = problem("in_progress", title="Rahasia Rini")
    moved_clock(minutes=1), tend(working(port=1))
    assert "Dicoba lagi pada" in person("adi").get("/mails").main.text
    for hours in range(1, 51):
        moved_clock(hours=1), tend(working(port=1)), tend(working(port=1))
        assert hours >= 47 or query.one(GIVEN_UP)["amount"] == 0
    page = Person(app, employees["adi"]).get("/mails")
    rows = [" ".join(row.text.split()) for row in page.select("tbody tr")]
    assert query.one(GIVEN_UP)["amount"] == len(rows) == 2
    assert [row for row in rows if "10000001 Rini" in row and f"#{number}" in row]
    assert all("refused" in row and "Tidak dicoba lagi." in row for row in rows)
    assert "Rahasia" not in str(page)


def test_a_refused_recipient_does_not_stop_the_others(person, problem, query, working, server, moved_clock):
    async def refuse_rini(server, session, envelope, address, options) -> str:
        if address.startswith("rini"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    server.handler.handle_RCPT = refuse_rini
    problem("in_progress"), problem("in_progress", by="koko")
    moved_clock(minutes=1), tend(working())
    assert got(server) == {"koko": 1, "helpdesk": 2}
    assert "no such mailbox" in person("adi").get("/mails").main.text


def test_an_address_that_cannot_be_written_is_listed_at_once(person, problem, query, working, server, moved_clock):
    query.execute("UPDATE employee SET email = 'a@[' WHERE name = 'Rini'")
    problem("in_progress"), problem("in_progress", by="koko")
    moved_clock(minutes=1), tend(working())
    assert got(server) == {"koko": 1, "helpdesk": 2} and query.one(GIVEN_UP)["amount"] == 1
    assert "Tidak dicoba lagi." in person("adi").get("/mails").main.text


def test_an_address_taken_away_is_listed(person, problem, query, working, server, moved_clock):
    problem("in_progress")
    query.execute("UPDATE employee SET email = '' WHERE name = 'Rini'")
    moved_clock(minutes=1), tend(working())
    assert "rini" not in got(server)
    assert "Penerima tidak punya alamat e-mail." in person("adi").get("/mails").main.text


def test_jobs_go_on_beside_a_silent_server(problem, query, employees, working, server, moved_clock, monkeypatch):
    monkeypatch.setattr(mails, "TIMEOUT", 50.0)
    problem("in_progress")
    moved_clock(minutes=1)
    with talking(say_nothing) as port:
        worker = working(port)
        running = threading.Thread(target=worker.run)
        running.start()
        until(lambda: query.select(LEASED))
        export = ProblemExports(query).add(employees["susi"], "csv", {}, clock.now())
        until(lambda: ProblemExports(query).of(export, clock.now()).is_ready)
        assert query.select(LEASED), "the mail still waits"
        worker.stop(), running.join()
    until(lambda: not query.select(LEASED))
    moved_clock(minutes=10), tend(working())
    assert got(server) == {"rini": 1, "helpdesk": 1}


def test_a_worker_killed_before_its_mark_sends_once_more_under_the_same_id(
    problem, working, server, moved_clock, monkeypatch
):
    problem("in_progress")
    moved_clock(minutes=1)
    with monkeypatch.context() as patched:
        patched.setattr(Outbox, "sent", lambda *_: (_ for _ in ()).throw(SystemExit))
        for _ in range(2):
            with pytest.raises(SystemExit):
                tend(working())
    tend(working())
    assert len(server.handler.mails) == 2, "they are leased"
    moved_clock(to=clock.now() + LEASE + MINUTE), tend(working())
    assert len(server.handler.mails) == 4
    assert len({parsed(mail)["Message-ID"] for mail in server.handler.mails}) == 2


def test_what_was_sent_is_swept_and_what_was_given_up_is_kept(problem, query, working, server, moved_clock):
    problem("in_progress")
    moved_clock(minutes=1), tend(working())
    query.execute("UPDATE outbox SET failed_at = sent_at, sent_at = NULL, error = 'x' WHERE division_id IS NOT NULL")
    problem()
    for days, left in ((0, 2), (2, 1), (90, 0)):
        Outbox(query).sweep(moved_clock(days=days))
        assert query.one("SELECT count(*) AS amount FROM outbox")["amount"] == left
    assert query.one(WAITING)["amount"] == 0


# ---------------------------------------------------------------- the admin's page


def test_the_page_goes_on_by_key(person, query, employees, company):
    facts = {"facts": json.dumps({"events": []}), "id": employees["rini"].id, "now": clock.now(), "most": PAGE_SIZE + 5}
    query.execute("INSERT INTO outbox (key, kind, facts, employee_id, created_at, run_at, error) "
                  "SELECT 'notice ' || n, 'notice', %(facts)s, %(id)s, %(now)s, %(now)s, 'x' "
                  "FROM generate_series(1, %(most)s) AS n", facts)  # fmt: skip
    first = person("adi").get("/mails")
    second = person("adi").get(first.select_one("a[rel=next]")["href"])
    assert [len(page.select("tbody tr")) for page in (first, second)] == [PAGE_SIZE, 5]
    assert not second.select_one("a[rel=next]")
    assert "Semua surat sudah terkirim." in person("adi").get("/mails?after=%00x'").main.text


@pytest.mark.parametrize("name", ["rini", "hadi", "susi"])
def test_only_admins_see_it(person, name):
    person(name).get("/mails", 403)
    person(name).post("/mails/tests", 403)


@pytest.fixture
def mailing(app, settings, monkeypatch):
    """The application has a mail server."""
    smtp = Smtp("127.0.0.1", 25, None, None, "sih@example.com")
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(settings, smtp=smtp))


def test_an_admin_sends_a_test_mail_to_oneself(person, working, server, mailing, moved_clock):
    adi = person("adi")
    page = adi.post("/mails/tests", follow=True)
    adi.post("/mails/tests")  # twice
    assert "Menunggu dikirim" in page.main.text and page.select_one("[data-poll]")
    tend(working())
    page = adi.get("/mails")
    assert got(server) == {"adi": 1} and last(server)["Subject"] == "[SIH] Surat percobaan"
    assert "Diterima server e-mail pada" in page.main.text and not page.select_one("[data-poll]")
    moved_clock(minutes=1), adi.post("/mails/tests"), tend(working(port=1))
    assert "Tidak terkirim:" in adi.get("/mails").main.text and "refused" in adi.get("/mails").main.text


def test_a_test_mail_needs_a_server_and_an_address(person, query, mailing, app, settings, monkeypatch):
    page = person("adi").post("/mails/tests", follow=True)
    assert "Isi dahulu alamat e-mail Anda" in page.main.text and "Isi alamat e-mail Anda di profil" in page.main.text
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    assert "smtp_host" in person("adi").post("/mails/tests", follow=True).main.text
    assert query.select("SELECT key FROM outbox") == []


def test_in_english(person, problem, working, moved_clock):
    problem("in_progress")
    moved_clock(minutes=1), tend(working(port=1))
    text = person("adi").speaks("en").get("/mails").main.text
    assert "Unsent mails" in text and "Tried again" in text


def test_a_freeze_ends_the_mails_of_today_and_not_of_tomorrow(problem, query, employees, working, server, moved_clock):
    freeze(query, employees["rini"])
    problem("in_progress")
    with signed(query, clock.now(), None, "test"):
        Employees(query).unfreeze(employees["rini"].nik)
    number = problem()
    seen = Problems(query).visible_to(employees["hadi"], number).last_event_id
    Problems(query).open(number, seen, employees["hadi"], clock.now(), {
        "category_id": 1, "priority": "low", "diagnosis": "x"})  # fmt: skip
    moved_clock(minutes=1), tend(working())
    assert got(server)["rini"] == 1


def test_the_holder_is_reminded_of_a_question_whose_own_mail_was_given_up(
    person, problem, query, employees, moved_clock, working, server
):
    number = problem("at pandu")
    moved_clock(minutes=10), tend(working())
    person("hadi").act(number, "questions", question="Sejak kapan?", token=form_data.uuid4())
    moved_clock(minutes=10)
    working().gather_mails()
    server.handler.mails.clear()
    query.execute("UPDATE outbox SET failed_at = created_at WHERE sent_at IS NULL")
    freeze(query, employees["hadi"])
    moved_clock(days=7)
    assert working().remind()
    moved_clock(minutes=2), tend(working())
    assert got(server) == {"pandu": 1}
    assert "sudah tujuh hari belum dijawab pelapor" in text_of(last(server)) and "Sejak kapan?" in text_of(last(server))
