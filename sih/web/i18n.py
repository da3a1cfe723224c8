"""Language, theme and time zone of the person who reads this page, looked up once a request. Texts made without a
request use domain/languages.py."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import g, session

from sih import web
from sih.domain import clock, languages
from sih.domain.errors import Refusal
from sih.domain.vocabulary import LANGUAGES, THEMES, ZONES
from sih.sheets import Fault


@dataclass(frozen=True, slots=True)
class Reader:
    language: str
    theme: str
    zone: ZoneInfo


def reader() -> Reader:
    """The choices of the signed-in account; before sign-in those of the browser session. Default: Indonesian, since
    Accept-Language is ignored (docs/architecture.md, Words)."""
    found = g.get("reader")
    if found is None:
        person = web.person()
        language = person.language if person else _of_browser("language", LANGUAGES)
        theme = person.theme if person else _of_browser("theme", THEMES)
        zone = person.zone if person else clock.COMPANY_ZONE
        found = g.reader = Reader(language, theme, zone)
    return found


def language() -> str:
    return reader().language


def theme() -> str:
    return reader().theme


def zone_name() -> str:
    return ZONES[reader().zone.key]


def gettext(text: str, **facts) -> str:
    """This Indonesian text in the reader's language, with `facts` filled in; an empty text stays empty."""
    return languages.gettext(text, language(), **facts)


def translate(words) -> str:
    """A text, or a Fault with its facts, in the reader's language. The fact `label` is translated too."""
    if not isinstance(words, Fault):
        return gettext(words)
    return gettext(words.text) % {
        name: gettext(fact) if name == "label" else fact for name, fact in words.facts.items()
    }


def message_of(refusal: Refusal) -> str:
    """The message of this refusal in the reader's language, with its attributes filled in."""
    return gettext(refusal.message) % vars(refusal)


def moment(at: datetime) -> str:
    """For example '5 Jan 2026 16.00', in the reader's time zone."""
    me = reader()
    return languages.moment(at, me.language, me.zone)


def day(on: date) -> str:
    """For example '5 Jan 2026'."""
    return languages.day(on, language())


def _of_browser(name: str, known: tuple[str, ...]) -> str:
    chosen = session.get(name)
    return chosen if chosen in known else known[0]
