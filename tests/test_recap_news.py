"""A closed month is offered to each supervisor until opened or put away, and told by mail once, over a real server."""

import dataclasses
import socket
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from settings import Smtp
from sih import clock
from sih.dao.recaps import Recaps
from sih.worker import Worker
from tests.at_once import all_at_once
from tests.histories import ENDS, History

FIRST = ENDS[3] + timedelta(hours=3)  # 1 March 2024, early in the morning


class Inbox:
    """Keeps what a mail server is given."""

    def __init__(self) -> None:
        self.mails = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.mails.append(envelope)
        return "250 OK"


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Inbox(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def march(query, employees, monkeypatch):
    """The first of March 2024, in a company with a history; moved by march(hours)."""
    History(query, employees, 3).play(40, closes=False)
    hours = [0]
    monkeypatch.setattr(clock, "now", lambda: FIRST + timedelta(hours=hours[0]))
    query.execute("UPDATE employee SET email = 'susi@example.com' WHERE name = 'Susi'")
    return lambda later: hours.__setitem__(0, later)


@pytest.fixture
def working(pool, settings, server):
    def made(port: int | None = None) -> Worker:
        smtp = Smtp("127.0.0.1", port or server.port, None, None, "sih@example.com")
        return Worker(pool, dataclasses.replace(settings, smtp=smtp, public_url="https://sih.example.com"))

    return made


def banner(page):
    return page.select_one("form[action='/recap-notices']")


def test_the_closed_month_is_offered_and_opened(march, person):
    susi = person("susi")
    assert "Rekap Februari 2024 sudah siap" in banner(susi.get("/problems")).text
    page = susi.post("/recap-notices", period="2024-02", open="1", follow=True)
    assert page.h1.text == "Rekap Februari 2024"
    assert banner(susi.get("/problems")) is None


def test_it_is_put_away_twice_and_for_this_supervisor_alone(march, person, query):
    susi = person("susi")
    for _ in range(2):
        susi.post("/recap-notices", period="2024-02")
    assert banner(susi.get("/problems")) is None
    query.execute("UPDATE employee SET role = 'supervisor', session_version = session_version WHERE name = 'Koko'")
    assert banner(person("koko").get("/problems"))


@pytest.mark.parametrize("name", ["rini", "hadi", "adi"])
def test_it_is_offered_to_supervisors_alone(march, person, name):
    assert banner(person(name).get("/problems")) is None
    person(name).post("/recap-notices", 403, period="2024-02")


def test_a_month_without_problems_is_no_news(person):
    assert banner(person("susi").get("/problems")) is None


@pytest.mark.parametrize("period", ["", "2024", "x", "2099-01"])
def test_what_is_no_month_is_not_found(march, person, period):
    person("susi").post("/recap-notices", 404, period=period)


def test_it_comes_by_mail_with_its_figures_and_its_pdf(march, working, server, query):
    working().tend()
    (mail,) = server.handler.mails
    text = mail.content.decode()
    assert mail.rcpt_tos == ["susi@example.com"] and "Subject: Rekap Februari 2024" in text
    assert "https://sih.example.com/recaps?year=3D2024&month=3D2" in text or "recaps?year=2024&month=2" in text
    assert "rekap-2024-02.pdf" in text
    assert list(Recaps(query).closed())[-1] == 202402


def test_it_comes_once_however_many_work_and_however_often(march, working, server):
    all_at_once([working().tend] * 3)
    working().tend()
    assert len(server.handler.mails) == 1


def test_it_comes_when_the_mail_server_is_back(march, working, server, query):
    working(port=1).tend()
    assert server.handler.mails == []
    failed = query.select_one("SELECT attempts, error FROM outbox")
    assert failed["attempts"] == 1 and "refused" in failed["error"]
    march(8)
    working().tend()
    working().tend()
    assert len(server.handler.mails) == 1


def test_old_months_are_closed_without_a_mail(march, working, server, query):
    working().tend()
    assert len(Recaps(query).closed()) > 1 and len(server.handler.mails) == 1


def test_who_has_no_address_or_is_frozen_gets_none(march, working, server, query):
    query.execute("UPDATE employee SET is_frozen = true WHERE name = 'Susi'")
    working().tend()
    assert server.handler.mails == []


def test_without_a_mail_server_none_is_written(march, pool, settings, query):
    Worker(pool, settings).tend()
    assert query.select("SELECT 1 FROM outbox") == [] and Recaps(query).closed()
