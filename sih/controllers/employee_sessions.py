"""Where an employee is signed in, for admins."""

from flask import Blueprint, render_template

from sih import web
from sih.masters.nouns import EMPLOYEE
from sih.web import sessions
from sih.web.master_pages import find

blueprint = Blueprint("employee_sessions", __name__)


@blueprint.get("/employees/<id:employee_id>/sessions")
@web.admins_only
def index(employee_id: int):
    row = find(EMPLOYEE, employee_id)
    return render_template("employee_sessions/index.html", row=row, sessions=sessions.opened(employee_id))
