"""Sends the outbox: each mail is claimed, composed by the class of its kind, sent outside any transaction, and
marked."""

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

from settings import Smtp
from sih.background import smtp as mails
from sih.background.notice_mails import DigestMails, ProblemMails, TestMails
from sih.dao.outbox import NO_ADDRESS, Mail, Outbox
from sih.dao.query import DatabaseFault, Query
from sih.domain import clock
from sih.domain.errors import Refusal, describe
from sih.recap.mail import RecapMails

# What a server answers about one mail; any other OSError is about the server.
ANSWERS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
log = logging.getLogger("sih")


class Maker(Protocol):
    """Composes the mails of one kind. There is one instance a run, which may cache what several mails share."""

    def message(self, mail: Mail) -> EmailMessage | None:
        """Subject, text and attachments in the recipient's language; None if the recipient shall not get this mail."""


MAKERS: dict[str, Callable[[Query, str, datetime], Maker]] = {  # kind: (query, public_url, now)
    "recap": RecapMails,
    "notice": ProblemMails,
    "digest": DigestMails,
    "test": TestMails,
}


def send_due(query: Query, smtp: Smtp, public_url: str) -> None:
    """Sends all due mails, one after another. A mail that the server does not accept is retried later; one that cannot
    be composed, or whose recipient has no address any more, is given up. Stops where the server is away, so that the
    others keep their turn. No database connection is held while a mail is sent."""
    outbox, is_there = Outbox(query), True
    makers = {kind: make(query, public_url, clock.now()) for kind, make in MAKERS.items()}
    while is_there and (mail := outbox.claim(list(makers), clock.now())):
        try:
            message = None if mail.is_frozen else makers[mail.kind].message(mail)
            if message is None:
                outbox.drop(mail)
                continue
            if not mail.address:
                outbox.fail(mail, NO_ADDRESS, clock.now())
                continue
            query.close()
            mails.deliver(smtp, _addressed(message, mail, smtp))
        except (Refusal, DatabaseFault):
            raise  # the database failed, not the mail: its lease expires and it is claimed again
        except OSError as error:
            log.warning("mail postponed", extra={"facts": {"mail": mail.key, "reason": describe(error)}})
            outbox.postpone(mail, describe(error), clock.now())
            is_there = isinstance(error, ANSWERS)
        except Exception as error:  # the mail library may raise anything for an address or a text, and quote the text
            reason = type(error).__name__
            log.error("mail failed", extra={"facts": {"mail": mail.key, "reason": reason}})
            outbox.fail(mail, reason, clock.now())
        else:
            outbox.sent(mail, clock.now())


def _addressed(message: EmailMessage, mail: Mail, smtp: Smtp) -> EmailMessage:
    message["From"], message["To"] = smtp.sender, mail.address
    message["Date"] = format_datetime(clock.now())
    message["Auto-Submitted"] = "auto-generated"
    # The same for the same content, so that mail programs recognise a duplicate sent after a crash.
    message["Message-ID"] = f"<{mail.key.replace(' ', '-')}@sih>"
    return message
