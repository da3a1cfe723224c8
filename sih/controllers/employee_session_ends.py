"""An admin ends one session of an employee, or all of them. The employee may sign in again."""

from flask import Blueprint, flash, redirect, request, url_for

from sih import web
from sih.dao.sessions import Sessions
from sih.masters.nouns import EMPLOYEE
from sih.web import security_events, sessions
from sih.web.i18n import gettext
from sih.web.master_pages import find

blueprint = Blueprint("employee_session_ends", __name__)


@blueprint.post("/employees/<id:employee_id>/session-ends")
@web.admins_only
def create(employee_id: int):
    """Ending a session that has already ended is a success too."""
    row, ends_all = find(EMPLOYEE, employee_id), "all" in request.form
    with web.query().transaction():
        if ends_all:
            is_done = Sessions(web.query()).end_all_of(employee_id) > 0
        else:
            is_done = Sessions(web.query()).end(employee_id, sessions.named_session())
        if is_done:
            security_events.note("session_ended", nik=row["nik"], detail="all" if ends_all else "")
    flash(gettext("Semua sesi orang ini sudah diakhiri.") if ends_all else gettext("Sesi itu sudah diakhiri."))
    return redirect(url_for("employee_sessions.index", employee_id=employee_id), 303)
