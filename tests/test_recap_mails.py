"""A closed month is told by mail once, over a real mail server, whatever befalls it."""

import dataclasses
import socket
import ssl
from contextlib import ExitStack, contextmanager

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from settings import Smtp
from sih.dao.recaps import Recaps
from sih.worker import Worker
from tests.at_once import all_at_once
from tests.histories import first_of_march


@pytest.fixture
def march(query, employees, monkeypatch):
    return first_of_march(query, employees, monkeypatch)


class Inbox:
    """Keeps what a mail server is given."""

    def __init__(self) -> None:
        self.mails = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.mails.append(envelope)
        return "250 OK"


@contextmanager
def serving(**terms):
    """A mail server on these terms."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Inbox(), hostname="127.0.0.1", port=port, **terms)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def server():
    with serving() as controller:
        yield controller


@pytest.fixture
def guarded():
    """guarded(...): a server that wants a password, on these terms; `.asked` is who has sent one."""
    with ExitStack() as stack:

        def begin(**terms) -> Controller:
            asked = []

            def authenticate(server, session, envelope, mechanism, account) -> AuthResult:
                asked.append((account.login, account.password))
                return AuthResult(success=True)

            terms |= {"authenticator": authenticate, "auth_require_tls": "tls_context" in terms}
            controller = stack.enter_context(serving(**terms))
            controller.asked = asked
            return controller

        yield begin


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


def tls_of(authority) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def working(pool, settings, server):
    def made(port: int | None = None, user: str | None = None) -> Worker:
        smtp = Smtp("127.0.0.1", port or server.port, user, user and "rahasia", "sih@example.com")
        return Worker(pool, dataclasses.replace(settings, smtp=smtp, public_url="https://sih.example.com"))

    return made


def tend(worker: Worker) -> None:
    """Closes the months and sends their mails."""
    worker.close_months()
    worker.send_mails()


def test_it_comes_by_mail_with_its_figures_and_its_pdf(march, working, server, query):
    tend(working())
    (mail,) = server.handler.mails
    text = mail.content.decode()
    assert mail.rcpt_tos == ["susi@example.com"] and "Subject: Rekap Februari 2024" in text
    assert "https://sih.example.com/recaps?year=3D2024&month=3D2" in text or "recaps?year=2024&month=2" in text
    assert "rekap-2024-02.pdf" in text
    assert list(Recaps(query).closed())[-1] == 202402


def test_it_comes_once_however_many_work_and_however_often(march, working, server):
    all_at_once([lambda: tend(working())] * 3)
    tend(working())
    assert len(server.handler.mails) == 1


def test_it_comes_when_the_mail_server_is_back(march, working, server, query):
    tend(working(port=1))
    assert server.handler.mails == []
    failed = query.select_one("SELECT attempts, error FROM outbox")
    assert failed["attempts"] == 1 and "refused" in failed["error"]
    march(8)
    tend(working())
    tend(working())
    assert len(server.handler.mails) == 1


def test_a_password_goes_to_a_server_with_a_trusted_certificate(march, working, guarded, authority, monkeypatch):
    mail_server = guarded(tls_context=tls_of(authority))
    with authority.cert_pem.tempfile() as trusted:
        monkeypatch.setenv("SSL_CERT_FILE", trusted)
        tend(working(mail_server.port, user="sih"))
    assert mail_server.asked == [(b"sih", b"rahasia")] and len(mail_server.handler.mails) == 1


def test_no_password_goes_to_a_server_with_any_other_certificate(march, working, guarded, authority, query):
    mail_server = guarded(tls_context=tls_of(authority))
    tend(working(mail_server.port, user="sih"))
    assert mail_server.asked == mail_server.handler.mails == []
    assert "certificate verify failed" in query.select_one("SELECT error FROM outbox")["error"]


def test_no_password_goes_out_unencrypted(march, working, guarded, query):
    mail_server = guarded()
    tend(working(mail_server.port, user="sih"))
    assert mail_server.asked == mail_server.handler.mails == []
    assert "STARTTLS" in query.select_one("SELECT error FROM outbox")["error"]


def test_old_months_are_closed_without_a_mail(march, working, server, query):
    tend(working())
    assert len(Recaps(query).closed()) > 1 and len(server.handler.mails) == 1


def test_who_has_no_address_or_is_frozen_gets_none(march, working, server, query):
    query.execute("UPDATE employee SET is_frozen = true WHERE name = 'Susi'")
    tend(working())
    assert server.handler.mails == []


def test_without_a_mail_server_none_is_written(march, pool, settings, query):
    tend(Worker(pool, settings))
    assert query.select("SELECT 1 FROM outbox") == [] and Recaps(query).closed()
