"""Sends the outbox: each mail is claimed, composed by the class of its kind, sent outside any transaction, and
marked."""

import logging
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol

from settings import Smtp
from sih.background import smtp as mails
from sih.dao.outbox import Mail, Outbox
from sih.dao.query import DatabaseFault, Query
from sih.domain import clock
from sih.domain.errors import Refusal, describe
from sih.recap.mail import RecapMails

log = logging.getLogger("sih")


class Maker(Protocol):
    """Composes the mails of one kind. There is one instance a run, which may cache what several mails share."""

    def message(self, mail: Mail) -> EmailMessage | None:
        """Subject, text and attachments in the recipient's language; None if the recipient shall not get this mail."""


MAKERS: dict[str, Callable[[Query, str, datetime], Maker]] = {"recap": RecapMails}  # kind: (query, public_url, now)


def send_due(query: Query, smtp: Smtp, public_url: str) -> None:
    """Sends all due mails, one after another. A mail that the server does not accept is retried later; one that cannot
    be composed is marked as failed. No database connection is held while a mail is sent."""
    outbox = Outbox(query)
    makers = {kind: make(query, public_url, clock.now()) for kind, make in MAKERS.items()}
    while mail := outbox.claim(list(makers), clock.now()):
        try:
            message = makers[mail.kind].message(mail)
            if message is None:
                outbox.drop(mail)
                continue
            query.close()
            mails.deliver(smtp, _addressed(message, mail, smtp))
        except (Refusal, DatabaseFault):
            raise  # the database failed, not the mail: its lease expires and it is claimed again
        except OSError as error:
            log.warning("mail postponed", extra={"facts": {"mail": mail.key, "reason": describe(error)}})
            outbox.postpone(mail, describe(error), clock.now())
        except Exception as error:  # the mail library may raise anything for an address or a text
            log.error("mail failed", exc_info=error, extra={"facts": {"mail": mail.key}})
            outbox.fail(mail, describe(error), clock.now())
        else:
            outbox.sent(mail, clock.now())


def _addressed(message: EmailMessage, mail: Mail, smtp: Smtp) -> EmailMessage:
    message["From"], message["To"] = smtp.sender, mail.address
    # The same for the same content, so that mail programs recognise a duplicate sent after a crash.
    message["Message-ID"] = f"<{mail.key.replace(' ', '-')}@sih>"
    return message
