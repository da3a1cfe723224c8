"""Signing out everywhere: ends all sessions of the signed-in person."""

from flask import Blueprint, url_for

from sih import web
from sih.dao.sessions import Sessions
from sih.web import security_events, sessions

blueprint = Blueprint("sign_outs", __name__)


@blueprint.post("/sign-outs")
@web.signed_in
def create():
    me = web.me()
    with web.query().transaction():
        if Sessions(web.query()).end_all(me):
            security_events.note("session_ended", nik=me.nik, detail="all")
    return sessions.leave(url_for("login.new", everywhere=1))
