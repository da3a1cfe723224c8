"""Ending one of one's own sessions."""

from flask import Blueprint, flash, redirect, url_for

from sih import web
from sih.dao.sessions import Sessions
from sih.web import security_events, sessions
from sih.web.i18n import gettext

blueprint = Blueprint("session_ends", __name__)


@blueprint.post("/session-ends")
@web.signed_in
def create():
    """Ending a session that has already ended is a success too; ending the current one is a sign-out."""
    me, session_id = web.me(), sessions.named_session()
    with web.query().transaction():
        if Sessions(web.query()).end(me.id, session_id):
            security_events.note("session_ended", nik=me.nik)
    if session_id == me.session_id:
        return sessions.leave(url_for("login.new"))
    flash(gettext("Sesi itu sudah diakhiri."))
    return redirect(url_for("profiles.show"), 303)
