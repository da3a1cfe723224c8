"""Peristiwa keamanan: sign-ins, failures, refusals and downloads, newest first, with filters."""

from flask import Blueprint, render_template, request

from sih import web
from sih.dao.security_events import SecurityEvents
from sih.domain.records import SecurityEvent
from sih.domain.vocabulary import SECURITY_EVENTS
from sih.forms import security_filters
from sih.forms.audit_filters import cursor_of
from sih.masters import NOUNS
from sih.web.i18n import gettext

blueprint = Blueprint("security_events", __name__)


@blueprint.get("/security-events")
@web.admins_only
def index():
    reading = security_filters.parse(request.args)
    events, has_more = SecurityEvents(web.query()).page(reading.filters, reading.after)
    return render_template(
        "security_events/index.html", events=events, reading=reading, kinds=SECURITY_EVENTS,
        detail_of=_detail, nouns=NOUNS, noun=None,
        next_cursor=cursor_of(events[-1]) if has_more else None,
    )  # fmt: skip


def _detail(event: SecurityEvent) -> str:
    """The detail of an event as text."""
    name, _, number = event.detail.partition(" ")
    if event.kind in ("sheet_made", "sheet_downloaded"):
        sheet, _, amount = event.detail.partition(": ")
        return gettext("Lembar %(id)s: %(n)s orang", id=sheet, n=amount)
    if name in security_filters.NUMBERED and number.isdecimal():
        return f"{gettext(security_filters.NUMBERED[name])} {number}"
    return gettext(security_filters.DETAILS.get(event.detail, event.detail)) if event.detail else ""
