"""Marking notices as read: those of a problem, or all."""

from dataclasses import replace

from flask import Blueprint, jsonify, redirect, request, url_for

from sih import web
from sih.dao.notices import Notices
from sih.web import page_state
from sih.web.counts import counts
from sih.web.sessions import BY_ITSELF

blueprint = Blueprint("readings", __name__)


@blueprint.post("/readings")
@web.signed_in
def create():
    """`until`: the newest event that the page showed; `problem_id`: of whose notices, else of all. Answers a script
    (static/js/readings.js) with what the header counts now."""
    until, problem = (request.form.get(name, "") for name in ("until", "problem_id"))
    problem_id = page_state.number_of(problem) if problem else None
    unread = Notices(web.query()).read(web.me(), page_state.number_of(until), web.now(), problem_id)
    if BY_ITSELF in request.headers:
        return jsonify(counts(replace(web.me(), unread=unread)))
    return redirect(url_for("notices.index"), 303)
