"""What every page has: language, theme, times in the reader's zone, and the headers that keep it safe."""

import functools
import hashlib
import secrets
from datetime import datetime
from pathlib import Path

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import gettext
from flask_bootstrap import Bootstrap5

from sih import clock, web
from sih.forms.openings import PRIORITIES
from sih.forms.problem_filters import STATUSES

LANGUAGES = ("id", "en")
THEMES = ("auto", "light", "dark")
CDN = "https://cdn.jsdelivr.net"
MONTHS = {
    "id": ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
ROLES = {"reporter": "Pelapor", "handler": "Penanggung", "supervisor": "Atasan", "admin": "Admin"}
KINDS = {
    "reported": "Dilaporkan",
    "opened": "Dibuka",
    "closed": "Ditutup",
    "escalated": "Dialihkan",
    "accepted": "Diterima",
    "returned": "Dikembalikan",
    "reopened": "Dibuka lagi",
    "commented": "Komentar",
    "confirmed": "Dinyatakan beres",
}
ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


def language() -> str:
    """The reader's choice; Indonesian if there is none. Accept-Language is not asked (design: words)."""
    return _choice("language", LANGUAGES)


def theme() -> str:
    return _choice("theme", THEMES)


def _choice(name: str, known: tuple[str, ...]) -> str:
    """The account's choice once somebody is signed in, before that the browser's."""
    if person := web.person():
        return getattr(person, name)
    chosen = session.get(name)
    return chosen if chosen in known else known[0]


def zone():
    person = web.person()
    return person.zone if person else clock.COMPANY_ZONE


def moment(at: datetime) -> str:
    """'5 Jan 2026 16.00', in the reader's zone; written out here because fifty a page are too many for a library."""
    local = at.astimezone(zone())
    return f"{local.day} {MONTHS[language()][local.month - 1]} {local.year} {local.hour:02}.{local.minute:02}"


def zone_name() -> str:
    return ZONES[zone().key]


def nonce() -> str:
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return g.nonce


def asset(name: str) -> str:
    """The address of a static file, which changes with its content and may so be kept for a year."""
    return url_for("static", filename=name, v=_version(name))


@functools.cache
def _version(name: str) -> str:
    return hashlib.sha256((Path(current_app.static_folder) / name).read_bytes()).hexdigest()[:12]


def translated(text: str) -> str:
    """A message that a form or a refusal keeps in Indonesian, in the reader's language."""
    return gettext(text) if text else ""


def init_app(app: Flask, bootstrap: Bootstrap5) -> None:
    app.jinja_env.globals |= {
        "nonce": nonce,
        "language": language,
        "theme": theme,
        "zone_name": zone_name,
        "author_token": web.author_token,
        "person": web.person,
        "asset": asset,
        "bootstrap_version": bootstrap.bootstrap_version,
        "bootstrap_integrity": bootstrap.bootstrap_css_integrity,
        "bootstrap_cdn": f"{CDN}/npm/bootstrap@{bootstrap.bootstrap_version}/dist/css/bootstrap.min.css",
        "STATUSES": dict(STATUSES),
        "PRIORITIES": dict(PRIORITIES),
        "KINDS": KINDS,
        "ROLES": ROLES,
    }
    app.jinja_env.filters |= {"moment": moment, "translated": translated}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(_add_headers)


def _add_headers(response):
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce()}'; style-src 'self' {CDN}; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Frame-Options"] = "DENY"
    if request.endpoint not in ("static", "bootstrap.static"):
        response.headers["Cache-Control"] = "private, no-cache"
    elif "v" in request.args:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
