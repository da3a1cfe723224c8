"""Texts and dates in a given language: that of the reader of a page or of the recipient of a mail.

Catalogs are gettext's. The source texts are Indonesian, so Indonesian needs no catalog."""

import functools
import gettext as catalogs
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sih.domain.vocabulary import SHORT_MONTHS


def gettext(text: str, language: str, **facts) -> str:
    """This Indonesian text in `language`, with `facts` filled in; an empty text stays empty."""
    translation = _catalog(language).gettext(text) if text else ""
    return translation % facts if facts else translation


def moment(at: datetime, language: str, zone: ZoneInfo) -> str:
    """'5 Jan 2026 16.00' in `zone`, in English '5 Jan 2026 16:00'. Written out here because a library is too slow for
    fifty a page."""
    local = at.astimezone(zone)
    return f"{day(local, language)} {local.hour:02}{':' if language == 'en' else '.'}{local.minute:02}"


def day(on: date, language: str) -> str:
    """For example '5 Jan 2026'."""
    return f"{on.day} {SHORT_MONTHS[language][on.month - 1]} {on.year}"


@functools.cache
def _catalog(language: str) -> catalogs.NullTranslations:
    folder = Path(__file__).parents[1] / "translations"
    return catalogs.translation("messages", folder, [language], fallback=language == "id")
