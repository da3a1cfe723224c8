"""The page of an action, which JavaScript shows as a dialog: its form beside what is decided on."""

from flask import render_template

from sih import web
from sih.dao.events import Events
from sih.domain.records import Problem

LATEST = 3  # steps and remarks


def page(template: str, problem: Problem, form, **more) -> str:
    """The page of an action on this problem; `more`: further variables of its template."""
    events = Events(web.query()).latest(problem.id, LATEST, web.me().small_masters_version)
    return render_template(template, problem=problem, form=form, events=events, **more)
