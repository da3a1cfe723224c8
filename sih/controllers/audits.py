"""Audit: every administrative change, newest first, with who, when, from what to what."""

from flask import Blueprint, render_template, request

from sih import web
from sih.dao.audits import Audits
from sih.forms import audit_filters
from sih.masters import NOUNS

blueprint = Blueprint("audits", __name__)


@blueprint.get("/audits")
@web.admins_only
def index():
    reading = audit_filters.parse(request.args)
    audits = Audits(web.query())
    entries, has_more = audits.page(reading.filters, reading.after)
    return render_template(
        "audits/index.html", entries=entries, names=audits.names(entries), reading=reading, nouns=NOUNS,
        titles=audit_filters.TITLES, place_of=audit_filters.place_of, noun=None,
        columns=audit_filters.COLUMNS, words=audit_filters.WORDS,
        next_cursor=audit_filters.cursor_of(entries[-1]) if has_more else None,
    )  # fmt: skip
