"""The browsers that a NIK signed in with during the last 30 days: kept by the browser itself, signed. And how a
browser is called to a person."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

KNOWN_FOR = timedelta(days=30)
MOST_NIKS = 20  # the people of one store share its computer
# What a User-Agent is known by, the one first that others put behind their own sign.
NAMES = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Opera": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "UCBrowser": "UC Browser",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "Chrome/": "Chrome",
    "CriOS": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


@dataclass
class Browser:
    """`niks`: each NIK that signed in here, and when, in seconds since 1970."""

    number: str = field(default_factory=lambda: secrets.token_hex(8))
    niks: dict[str, int] = field(default_factory=dict)

    def knows(self, nik: str, now: datetime) -> bool:
        return now.timestamp() - self.niks.get(nik, 0) < KNOWN_FOR.total_seconds()

    def knows_any(self, now: datetime) -> bool:
        """Whether anybody signed in here of late."""
        return any(self.knows(nik, now) for nik in self.niks)

    def remember(self, nik: str, now: datetime) -> None:
        others = [(other, at) for other, at in self.niks.items() if other != nik]
        self.niks = dict([*others[-MOST_NIKS + 1 :], (nik, int(now.timestamp()))])


def named(user_agent: str) -> str:
    """ "Chrome/Android"; empty for one that is not known. The header says what it likes: nothing of it is kept."""
    name = next((name for sign, name in NAMES.items() if sign in user_agent), None)
    system = next((system for sign, system in SYSTEMS.items() if sign in user_agent), None)
    return f"{name}/{system}" if name and system else ""


def from_cookie(cookie: str | None, key: str) -> Browser:
    """The browser of this cookie; a new one where there is none, or none that we signed."""
    try:
        number, niks = _signer(key).loads(cookie or "")
        return Browser(number, dict(niks))
    except (BadData, TypeError, ValueError):
        return Browser()


def to_cookie(browser: Browser, key: str) -> str:
    return _signer(key).dumps([browser.number, list(browser.niks.items())])


def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="browser")
