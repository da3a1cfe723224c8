"""Security events of this request: who, from which address, with which browser."""

from flask import request

from sih import web
from sih.dao.security_events import SecurityEvents
from sih.domain.records import Origin
from sih.domain.text import clean
from sih.web import known_browsers

ADDRESS_LENGTH = 45  # of the longest IPv6 address


def here() -> Origin:
    """Where this request comes from."""
    browser = known_browsers.named(request.headers.get("User-Agent", ""))
    return Origin(clean((request.remote_addr or "")[:ADDRESS_LENGTH]), browser)


def note(kind: str, nik: str = "", detail: str = "") -> None:
    """Whoever is signed in did this; `nik`: to whom."""
    actor = web.person()
    SecurityEvents(web.query()).add(
        kind, web.now(), here(), nik=nik, actor_id=actor.id if actor else None, detail=clean(detail[:200])
    )


def note_refusal() -> None:
    """403: one row a minute for each person, with the page that was asked for first."""
    actor = web.person()
    key = f"employee:{actor.id}" if actor else f"address:{here().address}"
    SecurityEvents(web.query()).count(
        "refused", key, web.now(), here(), nik=actor.nik if actor else "", actor_id=actor.id if actor else None,
        detail=clean(f"{request.method} {request.path}"[:200]),
    )  # fmt: skip


def note_download(name: str) -> None:
    """A list left as this file."""
    note("list_downloaded", nik=web.me().nik, detail=name)
