"""Who reads this page, and so in which language, colours and time zone. Looked up once a request.

The catalogs are gettext's, read by the standard library; the sources are Indonesian, so that language needs none."""

import functools
import gettext as catalogs
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import g, session

from sih import web
from sih.domain import clock
from sih.domain.errors import Refusal
from sih.domain.vocabulary import LANGUAGES, SHORT_MONTHS, THEMES, ZONES
from sih.sheets import Fault


@dataclass(frozen=True, slots=True)
class Reader:
    language: str
    theme: str
    zone: ZoneInfo
    words: catalogs.NullTranslations


def reader() -> Reader:
    """The account's choices once somebody is signed in, before that the browser's. Indonesian if there is none:
    Accept-Language is not asked (docs/architecture.md, Words)."""
    if "reader" not in g:
        person = web.person()
        language = person.language if person else _of_browser("language", LANGUAGES)
        theme = person.theme if person else _of_browser("theme", THEMES)
        zone = person.zone if person else clock.COMPANY_ZONE
        g.reader = Reader(language, theme, zone, _catalog(language))
    return g.reader


def language() -> str:
    return reader().language


def theme() -> str:
    return reader().theme


def zone_name() -> str:
    return ZONES[reader().zone.key]


def gettext(text: str, **facts) -> str:
    """This Indonesian text in the reader's language, with its facts; nothing stays nothing."""
    translation = reader().words.gettext(text) if text else ""
    return translation % facts if facts else translation


def told(words) -> str:
    """A sentence, or a fault with its facts, in the reader's language; labels within are translated, too."""
    if not isinstance(words, Fault):
        return gettext(words)
    return gettext(words.text) % {
        name: gettext(fact) if name == "label" else fact for name, fact in words.facts.items()
    }


def message_of(refusal: Refusal) -> str:
    """Why something was refused, in the reader's language, with its facts."""
    return gettext(refusal.message) % vars(refusal)


def moment(at: datetime) -> str:
    """'5 Jan 2026 16.00', in the reader's zone; written out here because fifty a page are too many for a library."""
    me = reader()
    local = at.astimezone(me.zone)
    return f"{local.day} {SHORT_MONTHS[me.language][local.month - 1]} {local.year} {local.hour:02}.{local.minute:02}"


def day(on: date) -> str:
    """'5 Jan 2026'."""
    return f"{on.day} {SHORT_MONTHS[reader().language][on.month - 1]} {on.year}"


@functools.cache
def _catalog(language: str) -> catalogs.NullTranslations:
    folder = Path(__file__).parents[1] / "translations"
    return catalogs.translation("messages", folder, [language], fallback=language == "id")


def _of_browser(name: str, known: tuple[str, ...]) -> str:
    chosen = session.get(name)
    return chosen if chosen in known else known[0]
