"""Records security events of this request: person, address and browser."""

from flask import request

from sih import web
from sih.dao.security_events import SecurityEvents
from sih.domain.records import Origin
from sih.domain.text import clean
from sih.web import known_browsers

ADDRESS_LENGTH = 45  # characters of the longest IPv6 address


def here() -> Origin:
    """Address and browser of this request."""
    browser = known_browsers.named(request.headers.get("User-Agent", ""))
    return Origin(clean((request.remote_addr or "")[:ADDRESS_LENGTH]), browser)


def note(kind: str, nik: str = "", detail: str = "") -> None:
    """Records an event with the signed-in person as the actor; `nik`: the person concerned."""
    actor = web.person()
    SecurityEvents(web.query()).add(
        kind, web.now(), here(), nik=nik, actor_id=actor.id if actor else None, detail=clean(detail[:200])
    )


def note_refusal() -> None:
    """Records a 403: one row a minute for each person, with the first page of that minute."""
    actor = web.person()
    key = f"employee:{actor.id}" if actor else f"address:{here().address}"
    SecurityEvents(web.query()).count(
        "refused", key, web.now(), here(), nik=actor.nik if actor else "", actor_id=actor.id if actor else None,
        detail=clean(f"{request.method} {request.path}"[:200]),
    )  # fmt: skip


def note_download(name: str) -> None:
    """Records that a list was downloaded as this file."""
    note("list_downloaded", nik=web.me().nik, detail=name)
