"""Sending the outbox: each mail is claimed, made by its kind, sent outside any transaction, and marked."""

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
    """Makes the mails of one kind in one run, so it may keep what several of them share."""

    def message(self, mail: Mail) -> EmailMessage | None:
        """Subject, text and attachments in the recipient's language; None if the recipient is not to be told."""


MAKERS: dict[str, Callable[[Query, str, datetime], Maker]] = {"recap": RecapMails}  # kind: (query, public_url, now)


def send_due(query: Query, smtp: Smtp, public_url: str) -> None:
    """Everything that is due, one after another. What the mail server does not take is tried again later; what cannot
    be written as a mail is marked as failed. While a mail is sent neither a transaction nor a connection is held."""
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
            raise  # the database, not the mail: its lease ends by itself
        except OSError as error:
            log.warning("mail postponed", extra={"facts": {"mail": mail.key, "reason": describe(error)}})
            outbox.postpone(mail, describe(error), clock.now())
        except Exception as error:  # whatever the mail library makes of an address or a text
            log.error("mail failed", exc_info=error, extra={"facts": {"mail": mail.key}})
            outbox.fail(mail, describe(error), clock.now())
        else:
            outbox.sent(mail, clock.now())


def _addressed(message: EmailMessage, mail: Mail, smtp: Smtp) -> EmailMessage:
    message["From"], message["To"] = smtp.sender, mail.address
    # Always the same for the same news: what is sent again after a crash can be told from a second one.
    message["Message-ID"] = f"<{mail.key.replace(' ', '-')}@sih>"
    return message
