"""The recap of a closed month is mailed once, over a real mail server, despite failures."""

import dataclasses
import json
import ssl
import threading
from contextlib import ExitStack
from email.message import EmailMessage

import pypdfium2
import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from settings import Smtp
from sih.background import mail as outgoing
from sih.background import smtp as mails
from sih.background.worker import Worker
from sih.dao.audits import signed
from sih.dao.outbox import LEASE, Outbox
from sih.dao.recap.figures import Recaps
from sih.domain import clock
from sih.domain.errors import RuleViolated
from tests.concurrency import all_at_once
from tests.histories import first_of_march, lives
from tests.mail_servers import drip, parsed, say_nothing, serving, talking, text_of

pytestmark = pytest.mark.filled(by=lives(40, seed=3, closes=False))


@pytest.fixture
def march(query, monkeypatch):
    return first_of_march(query, monkeypatch)


@pytest.fixture
def server():
    with serving() as controller:
        yield controller


@pytest.fixture
def guarded():
    """guarded(...): a server that wants a password, on these terms; `.credentials` are those that clients sent."""
    with ExitStack() as stack:

        def begin(**terms) -> Controller:
            credentials = []

            def authenticate(server, session, envelope, mechanism, account) -> AuthResult:
                credentials.append((account.login, account.password))
                return AuthResult(success=True)

            terms |= {"authenticator": authenticate, "auth_require_tls": "tls_context" in terms}
            controller = stack.enter_context(serving(**terms))
            controller.credentials = credentials
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


def test_the_recap_is_mailed_with_figures_and_pdf(march, working, server, query):
    tend(working())
    (mail,) = server.handler.mails
    text = mail.content.decode()
    assert mail.rcpt_tos == ["susi@example.com"] and "Subject: Rekap Februari 2024" in text
    assert "https://sih.example.com/recaps?year=3D2024&month=3D2" in text or "recaps?year=2024&month=2" in text
    assert "rekap-2024-02.pdf" in text
    assert list(Recaps(query).closed())[-1] == 202402


def pdf_of(message: EmailMessage) -> str:
    """The text of its only attachment, on one line."""
    (file,) = message.iter_attachments()
    pages = pypdfium2.PdfDocument(file.get_content())
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pages).split())


def test_mail_and_pdf_are_in_the_language_of_the_recipient(march, working, server, query):
    query.execute("UPDATE employee SET role = 'supervisor', email = 'rini@example.com', language = 'en' "
                  "WHERE name = 'Rini'")  # fmt: skip
    query.execute("UPDATE employee SET role = 'supervisor', email = 'sari@example.com' WHERE name = 'Sari'")
    tend(working())
    found = {envelope.rcpt_tos[0]: parsed(envelope) for envelope in server.handler.mails}
    english, susis, saris = (found[f"{name}@example.com"] for name in ("rini", "susi", "sari"))
    assert english["Subject"] == "Recap of February 2024" and susis["Subject"] == "Rekap Februari 2024"
    link = "https://sih.example.com/recaps?year=2024&month=2\n"
    assert text_of(english).startswith("The recap of February 2024 is ready.\n\nReported: ")
    assert text_of(english).endswith(f"\n\nAll of it: {link}")
    assert text_of(susis).startswith("Rekap Februari 2024 sudah siap.\n\nDilaporkan: ")
    assert text_of(susis).endswith(f"\n\nSelengkapnya: {link}")
    assert text_of(susis) == text_of(saris) and pdf_of(susis) == pdf_of(saris)
    indonesian_words = ("Rekap Februari 2024", "Januari", "Dilaporkan", "Perubahan", "ditutup", "menurut divisi",
                        "Umur yang masih terbuka", "sampai 1 hari", "Bulan demi bulan 2024")  # fmt: skip
    english_words = ("Recap of February 2024", "January", "Reported", "Changes", "closed", "by division",
                     "up to 1 day", "Month by month 2024")  # fmt: skip
    assert [word for word in indonesian_words if word not in pdf_of(susis)] == []
    assert [word for word in english_words if word not in pdf_of(english)] == []
    assert [word for word in indonesian_words if word in pdf_of(english)] == []


def test_a_former_supervisor_gets_no_mail(march, working, server, query):
    working().close_months()
    query.execute("UPDATE employee SET role = 'reporter' WHERE name = 'Susi'")
    working().send_mails()
    assert server.handler.mails == [] and query.select("SELECT 1 FROM outbox") == []


class Greetings:
    """A second kind of mail; its facts say who is greeted, and whether at all."""

    def __init__(self, query, public_url, now) -> None:
        pass

    def message(self, mail) -> EmailMessage | None:
        if not mail.facts["is_due"]:
            return None
        message = EmailMessage()
        message["Subject"] = f"{mail.language}: {mail.facts['greeted']}"
        message.set_content(".")
        return message


ADD = """
INSERT INTO outbox (key, kind, facts, employee_id, division_id, created_at, run_at)
VALUES (%(key)s, %(kind)s, %(facts)s, %(employee_id)s, %(division_id)s, %(now)s, %(now)s)
"""


def add(query, key: str, kind="greeting", employee_id=None, division_id=None, is_due=True) -> None:
    facts = json.dumps({"greeted": key, "is_due": is_due})
    recipient = {"employee_id": employee_id, "division_id": division_id}
    query.execute(ADD, {"key": key, "kind": kind, "facts": facts, "now": clock.now(), **recipient})


@pytest.fixture
def umum(query) -> int:
    """The number of a division with a mailbox."""
    with signed(query, clock.now(), None, "test"):
        query.execute("UPDATE division SET mailbox = 'umum@example.com' WHERE name = 'Umum'")
    return query.one("SELECT id FROM division WHERE name = 'Umum'")["id"]


def test_mails_of_several_kinds_go_to_people_and_mailboxes(march, working, server, query, employees, umum, monkeypatch):
    monkeypatch.setitem(outgoing.MAKERS, "greeting", Greetings)
    query.execute("UPDATE employee SET email = 'rini@example.com', language = 'en' WHERE name = 'Rini'")
    add(query, "a", employee_id=employees["rini"].id)
    add(query, "b", division_id=umum)
    add(query, "not due", division_id=umum, is_due=False)
    tend(working())
    found = {(mail.rcpt_tos[0], str(parsed(mail)["Subject"])) for mail in server.handler.mails}
    assert found == {
        ("rini@example.com", "en: a"),
        ("umum@example.com", "id: b"),
        ("susi@example.com", "Rekap Februari 2024"),
    }
    assert query.select("SELECT key FROM outbox WHERE key = 'not due' OR sent_at IS NULL") == []


def test_a_mail_of_an_unknown_kind_stays_queued(march, working, server, query, umum, monkeypatch):
    add(query, "b", division_id=umum)
    working().send_mails()
    assert server.handler.mails == []
    monkeypatch.setitem(outgoing.MAKERS, "greeting", Greetings)
    working().send_mails()
    assert len(server.handler.mails) == 1


def test_a_mail_has_one_recipient(query, employees, umum):
    for recipients in ({}, {"employee_id": employees["rini"].id, "division_id": umum}):
        with pytest.raises(RuleViolated, match="outbox_one_recipient"):
            add(query, "a", **recipients)


def test_concurrent_workers_send_a_mail_once(march, working, server):
    all_at_once([lambda: tend(working())] * 3)
    tend(working())
    assert len(server.handler.mails) == 1


def test_a_mail_is_retried_when_the_mail_server_is_back(march, working, server, query):
    tend(working(port=1))
    assert server.handler.mails == []
    failed = query.one_or_none("SELECT attempts, error FROM outbox")
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
    assert mail_server.credentials == [(b"sih", b"rahasia")] and len(mail_server.handler.mails) == 1


def test_no_password_goes_to_a_server_with_any_other_certificate(march, working, guarded, authority, query):
    mail_server = guarded(tls_context=tls_of(authority))
    tend(working(mail_server.port, user="sih"))
    assert mail_server.credentials == mail_server.handler.mails == []
    assert "certificate verify failed" in query.one("SELECT error FROM outbox")["error"]


def test_no_password_goes_out_unencrypted(march, working, guarded, query):
    mail_server = guarded()
    tend(working(mail_server.port, user="sih"))
    assert mail_server.credentials == mail_server.handler.mails == []
    assert "STARTTLS" in query.one("SELECT error FROM outbox")["error"]


def test_old_months_are_closed_without_a_mail(march, working, server, query):
    tend(working())
    assert len(Recaps(query).closed()) > 1 and len(server.handler.mails) == 1


def test_a_supervisor_without_address_or_frozen_gets_no_mail(march, working, server, query):
    query.execute("UPDATE employee SET is_frozen = true WHERE name = 'Susi'")
    tend(working())
    assert server.handler.mails == []


def test_without_a_mail_server_no_mail_is_queued(march, pool, settings, query):
    tend(Worker(pool, settings))
    assert query.select("SELECT 1 FROM outbox") == [] and Recaps(query).closed()


def test_a_mail_that_cannot_be_built_fails_and_the_next_is_sent(march, working, server, query):
    query.execute("UPDATE employee SET role = 'supervisor', email = 'a@[' WHERE name = 'Rini'")
    tend(working())
    tend(working())
    assert [mail.rcpt_tos for mail in server.handler.mails] == [["susi@example.com"]]
    failed = query.one_or_none("SELECT attempts, error FROM outbox WHERE failed_at IS NOT NULL")
    assert failed["attempts"] == 1 and "Error" in failed["error"]


def test_a_silent_mail_server_holds_no_transaction_and_no_connection(march, working, pool, query, monkeypatch):
    monkeypatch.setattr(mails, "TIMEOUT", 2.0)
    with talking(say_nothing) as port:
        worker = working(port)
        worker.close_months()
        thread = threading.Thread(target=worker.send_mails)
        thread.start()
        found = None
        while thread.is_alive() and not found:
            found = query.one_or_none("SELECT key FROM outbox WHERE leased_until IS NOT NULL")
        assert found and query.select(HELD) == []
        thread.join()
    assert "timed out" in query.one("SELECT error FROM outbox")["error"]


HELD = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()
"""


def test_a_slow_mail_server_is_abandoned_at_the_deadline(march, working, query, monkeypatch):
    monkeypatch.setattr(mails, "LONGEST", 1.0)
    with talking(drip) as port:
        tend(working(port))
    assert "took longer than 1 s" in query.one("SELECT error FROM outbox")["error"]


def test_a_refused_recipient_does_not_stop_other_mails(march, working, server, query):
    async def refuse_rini(server, session, envelope, address, options) -> str:
        if address.startswith("rini"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    server.handler.handle_RCPT = refuse_rini
    query.execute("UPDATE employee SET role = 'supervisor', email = 'rini@example.com' WHERE name = 'Rini'")
    tend(working())
    assert [mail.rcpt_tos for mail in server.handler.mails] == [["susi@example.com"]]
    assert "no such mailbox" in query.one("SELECT error FROM outbox WHERE sent_at IS NULL")["error"]


def test_a_late_worker_does_not_overwrite_the_result_of_a_mail(march, working, query):
    working().close_months()
    outbox = Outbox(query)
    first = outbox.claim(["recap"], clock.now())
    assert outbox.claim(["recap"], clock.now()) is None
    second = outbox.claim(["recap"], clock.now() + LEASE * 2)
    outbox.fail(first, "too late", clock.now())
    outbox.sent(second, clock.now())
    assert query.one_or_none("SELECT failed_at, error FROM outbox") == {"failed_at": None, "error": None}
