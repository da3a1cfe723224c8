"""The recap of a closed month by mail, with its PDF, to each supervisor who has an address."""

import logging
from email.message import EmailMessage

from settings import Smtp
from sih.background import smtp as mails
from sih.dao.outbox import Outbox
from sih.dao.query import DatabaseFault, Query
from sih.domain import clock
from sih.domain.errors import Refusal, told
from sih.domain.periods import Period
from sih.domain.vocabulary import FIGURES
from sih.recap import build
from sih.recap import pdf as recap_pdf
from sih.recap.build import Recap
from sih.recap.wording import amount, period_name

log = logging.getLogger("sih")


def send_due(query: Query, smtp: Smtp, public_url: str) -> None:
    """Everything that is due, one after another. What the mail server does not take is tried again later; what cannot
    be written as a mail is marked as failed. While a mail is sent neither a transaction nor a connection is held."""
    made: dict[int, tuple[Recap, bytes]] = {}
    outbox = Outbox(query)
    while mail := outbox.claim(clock.now()):
        try:
            if mail["month"] not in made:
                recap = build.build(query, Period(mail["month"]), "division", clock.now())
                made[mail["month"]] = (recap, recap_pdf.pdf(recap))
            query.close()
            mails.deliver(smtp, _message(smtp, public_url, mail, *made[mail["month"]]))
        except (Refusal, DatabaseFault):
            raise  # the database, not the mail: its lease ends by itself
        except OSError as error:
            log.warning("mail postponed", extra={"facts": {"mail": mail["key"], "reason": told(error)}})
            outbox.postpone(mail, told(error), clock.now())
        except Exception as error:  # whatever the mail library makes of an address or a text
            log.error("mail failed", exc_info=error, extra={"facts": {"mail": mail["key"]}})
            outbox.fail(mail, told(error), clock.now())
        else:
            outbox.sent(mail, clock.now())


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
