"""Globals and filters of the templates, and the security headers of every response."""

import functools
import hashlib
import secrets
from pathlib import Path

from flask import Flask, current_app, g, request
from flask import url_for as built_url
from flask_bootstrap import Bootstrap5

from sih import web
from sih.domain import policy, vocabulary
from sih.domain.text import clean, dialed
from sih.sheets import Fault
from sih.web import page_state, recap_pages
from sih.web.counts import counts
from sih.web.i18n import day, gettext, language, moment, theme, translate, zone_name
from sih.web.links import linked

CDN = "https://cdn.jsdelivr.net"
# The noun in the address of each verb. Verbs of AT_ONCE need no form.
NOUNS = {
    "open": "openings",
    "open_and_escalate": "openings",
    "close": "closures",
    "escalate": "escalations",
    "accept": "acceptances",
    "return": "returns",
    "reopen": "reopenings",
    "confirm": "confirmations",
    "correct": "corrections",
    "withdraw": "withdrawals",
    "ask": "questions",
}
AT_ONCE = ("accept", "confirm")


def nonce() -> str:
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return g.nonce


@functools.cache
def asset(name: str) -> str:
    """The URL of a static file with a hash of its content, so that browsers may cache it for a year."""
    content = Path(current_app.root_path, "static", name).read_bytes()
    return built_url("static", filename=name, v=hashlib.sha256(content).hexdigest()[:12])


def takes_focus() -> bool:
    """True once a page: its first wrong field takes the focus."""
    is_first = "has_focus" not in g
    g.has_focus = True
    return is_first


def url_for(endpoint: str, **values) -> str:
    """Flask's url_for, with a cache for URLs without values: a page has about a dozen, each as slow as a row of the
    list."""
    return built_url(endpoint, **values) if values else _fixed_url(request.script_root, endpoint)


@functools.cache
def _fixed_url(root: str, endpoint: str) -> str:
    return built_url(endpoint)


def kilobytes(size: int) -> int:
    """Rounded up, of bytes."""
    return -(-size // 1000)


def init_app(app: Flask, bootstrap: Bootstrap5) -> None:
    words: dict = app.jinja_env.globals
    words |= {
        "_": gettext,
        "nonce": nonce,
        "language": language,
        "theme": theme,
        "zone_name": zone_name,
        "author_token": web.author_token,
        "counts": counts,
        "changes_url": page_state.changes_url,
        "person": web.person,
        "page_address": web.page_address,
        "here": web.here,
        "policy": policy,
        "asset": asset,
        "takes_focus": takes_focus,
        "url_for": url_for,
        "VERBS": vocabulary.VERBS,
        "BULK_VERBS": vocabulary.BULK_VERBS,
        "NOUNS": NOUNS,
        "AT_ONCE": AT_ONCE,
        "bootstrap_version": bootstrap.bootstrap_version,
        "bootstrap_integrity": bootstrap.bootstrap_css_integrity,
        "bootstrap_cdn": f"{CDN}/npm/bootstrap@{bootstrap.bootstrap_version}/dist/css/bootstrap.min.css",
        "STATUSES": vocabulary.STATUSES,
        "status_words": vocabulary.status_words,
        "PRIORITIES": vocabulary.PRIORITIES,
        "ORDERS": vocabulary.ORDERS,
        "EVENTS": vocabulary.EVENTS,
        "INTERNAL": vocabulary.INTERNAL,
        "ROLES": vocabulary.ROLES,
        "IMPORT_STATES": vocabulary.IMPORT_STATES,
        "IMPORT_CHANGES": vocabulary.IMPORT_CHANGES,
        "NON_ROWS": vocabulary.NON_ROWS,
        "refused": lambda fault: translate(Fault(fault["text"], fault["facts"])),
    }
    filters = {"moment": moment, "day": day, "translated": translate, "cleaned": clean, "dialed": dialed}
    app.jinja_env.filters |= filters | {"linked": linked, "kilobytes": kilobytes, "local": web.local_path}
    app.jinja_env.filters |= {function.__name__: function for function in recap_pages.FILTERS}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(_add_headers)


def _add_headers(response):
    styles = "'self'" if current_app.config["BOOTSTRAP_SERVE_LOCAL"] else f"'self' {CDN}"
    allowed = (
        f"default-src 'none'; script-src 'nonce-{nonce()}'; style-src {styles}; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", allowed)  # files have their own
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Frame-Options"] = "DENY"
    if request.endpoint not in ("static", "bootstrap.static"):
        if not response.cache_control.no_store:
            response.headers["Cache-Control"] = "private, no-cache"  # also for files, overriding send_file
    elif "v" in request.args:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
