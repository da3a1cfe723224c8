"""A signed cookie that lists which NIKs signed in with this browser in the last 30 days. Also: names of browsers for
pages."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

KNOWN_FOR = timedelta(days=30)
MOST_NIKS = 20  # the people of a store share its computer
# Signs in the User-Agent. Order matters: most browsers also contain the signs of those further down.
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
    """`number` identifies the browser; `niks`: {NIK: time of its last sign-in, in seconds since 1970}."""

    number: str = field(default_factory=lambda: secrets.token_hex(8))
    niks: dict[str, int] = field(default_factory=dict)

    def knows(self, nik: str, now: datetime) -> bool:
        return now.timestamp() - self.niks.get(nik, 0) < KNOWN_FOR.total_seconds()

    def knows_any(self, now: datetime) -> bool:
        """Whether anybody signed in here within KNOWN_FOR."""
        return any(self.knows(nik, now) for nik in self.niks)

    def remember(self, nik: str, now: datetime) -> None:
        others = [(other, at) for other, at in self.niks.items() if other != nik]
        self.niks = dict([*others[-MOST_NIKS + 1 :], (nik, int(now.timestamp()))])


def named(user_agent: str) -> str:
    """For example "Chrome/Android"; empty if unknown. Only these fixed words are returned, never text of the header."""
    name = next((name for sign, name in NAMES.items() if sign in user_agent), None)
    system = next((system for sign, system in SYSTEMS.items() if sign in user_agent), None)
    return f"{name}/{system}" if name and system else ""


def from_cookie(cookie: str | None, key: str) -> Browser:
    """The browser of this cookie; a new one if the cookie is missing or its signature is wrong."""
    try:
        number, niks = _signer(key).loads(cookie or "")
        return Browser(number, dict(niks))
    except (BadData, TypeError, ValueError):
        return Browser()


def to_cookie(browser: Browser, key: str) -> str:
    return _signer(key).dumps([browser.number, list(browser.niks.items())])


def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="browser")
