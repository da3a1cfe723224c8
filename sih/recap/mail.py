"""The recap of a closed month as a mail: its figures, a link to the page, and the PDF."""

from datetime import datetime
from email.message import EmailMessage
from functools import partial

from sih.dao.outbox import Mail
from sih.dao.query import Query
from sih.domain import policy
from sih.domain.languages import gettext
from sih.domain.periods import Period
from sih.domain.vocabulary import FIGURES
from sih.recap import build, pdf
from sih.recap.build import Recap
from sih.recap.wording import amount, period_name


class RecapMails:
    """The mails of one run. Each recap is computed once, and its PDF created once per language."""

    def __init__(self, query: Query, public_url: str, now: datetime) -> None:
        self._query, self._public_url, self._now = query, public_url, now
        self._recaps: dict[int, Recap] = {}
        self._pdfs: dict[tuple[int, str], bytes] = {}

    def message(self, mail: Mail) -> EmailMessage | None:
        """Subject, text and PDF in the recipient's language; None if the recipient may no longer see recaps. The facts
        are {"month": 202610}."""
        if not policy.can_see_recap(mail):
            return None
        recap = self._recap(mail.facts["month"])
        message = message_of(recap, mail.language, self._public_url)
        name = f"rekap-{recap.period.text}.pdf"
        message.add_attachment(self._pdf(recap, mail.language), maintype="application", subtype="pdf", filename=name)
        return message

    def _recap(self, month: int) -> Recap:
        if month not in self._recaps:
            self._recaps[month] = build.build(self._query, Period(month), "division", self._now)
        return self._recaps[month]

    def _pdf(self, recap: Recap, language: str) -> bytes:
        drawn = (recap.period.number, language)
        if drawn not in self._pdfs:
            self._pdfs[drawn] = pdf.pdf(recap, self._now, language)
        return self._pdfs[drawn]


def message_of(recap: Recap, language: str, public_url: str) -> EmailMessage:
    """The mail with its subject and text, without the PDF."""
    say, month = partial(gettext, language=language), period_name(recap.period, language)
    lines = [f"{say(word)}: {amount(recap.figures[name], language)}" for name, word in FIGURES.items()]
    link = f"{public_url}/recaps?year={recap.period.year}&month={recap.period.month}"
    parts = [
        say("Rekap %(month)s sudah siap.", month=month),
        "\n".join(lines),
        say("Selengkapnya: %(link)s", link=link),
    ]
    message = EmailMessage()
    message["Subject"] = say("Rekap %(month)s", month=month)
    message.set_content("\n\n".join(parts) + "\n")
    return message
