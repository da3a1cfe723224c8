"""The recap of a closed month by mail, with its PDF, to each supervisor who has an address."""

import logging
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage

from settings import Smtp
from sih import recap_pdf, recaps
from sih.dao.outbox import Outbox
from sih.dao.query import Query
from sih.periods import Period
from sih.recap_words import FIGURES, amount, period_name
from sih.recaps import Recap

log = logging.getLogger("sih")
TIMEOUT, TLS_PORT = 20, 465


def send_due(query: Query, smtp: Smtp, public_url: str, now: datetime) -> None:
    """Everything that is due; what the mail server does not take stays for later."""
    made: dict[int, tuple[Recap, bytes]] = {}

    def send(mail: dict) -> None:
        if mail["month"] not in made:
            recap = recaps.build(query, Period(mail["month"]), "division", now)
            made[mail["month"]] = (recap, recap_pdf.pdf(recap))
        _deliver(smtp, _message(smtp, public_url, mail, *made[mail["month"]]))

    while Outbox(query).send_next(now, send):
        pass


def _message(smtp: Smtp, public_url: str, mail: dict, recap: Recap, pdf: bytes) -> EmailMessage:
    period, message = recap.period, EmailMessage()
    message["Subject"] = f"Rekap {period_name(period)}"
    message["From"], message["To"] = smtp.sender, mail["email"]
    # Always the same for the same news: what is sent again after a crash can be told from a second one.
    message["Message-ID"] = f"<{mail['key'].replace(' ', '-')}@sih>"
    figures = "\n".join(f"{word}: {amount(recap.figures[name])}" for name, word in FIGURES.items())
    link = f"{public_url}/recaps?year={period.year}&month={period.month}"
    message.set_content(f"Rekap {period_name(period)} sudah siap.\n\n{figures}\n\nSelengkapnya: {link}\n")
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"rekap-{period.text}.pdf")
    return message


def _deliver(smtp: Smtp, message: EmailMessage) -> None:
    """Raises OSError, which SMTPException and a certificate that is not trusted are. A password goes to nobody but the
    named server, and never unencrypted."""
    context = ssl.create_default_context() if smtp.user else None
    with _connected(smtp, context) as server:
        if smtp.port != TLS_PORT and (smtp.user or _has_tls(server)):
            server.starttls(context=context)
        if smtp.user:
            server.login(smtp.user, smtp.password or "")
        server.send_message(message)
    log.info("mail", extra={"facts": {"to": message["To"], "subject": message["Subject"]}})


def _connected(smtp: Smtp, context: ssl.SSLContext | None) -> smtplib.SMTP:
    if smtp.port == TLS_PORT:
        return smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(smtp.host, smtp.port, timeout=TIMEOUT)


def _has_tls(server: smtplib.SMTP) -> bool:
    server.ehlo_or_helo_if_needed()
    return server.has_extn("starttls")
