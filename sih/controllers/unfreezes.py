"""Aktifkan: a frozen account may sign in again (docs/paper.md, R10)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from sih import web
from sih.dao.audits import signed
from sih.dao.employees import Employees
from sih.forms.freezes import UnfreezeForm
from sih.masters.nouns import EMPLOYEE
from sih.web import security_events
from sih.web.i18n import gettext
from sih.web.master_pages import find

blueprint = Blueprint("unfreezes", __name__)


@blueprint.get("/employees/<id:employee_id>/unfreezes/new")
@web.admins_only
def new(employee_id: int):
    return render_template("unfreezes/new.html", row=find(EMPLOYEE, employee_id), form=UnfreezeForm(web.typed()))


@blueprint.post("/employees/<id:employee_id>/unfreezes")
@web.admins_only
def create(employee_id: int):
    row, form = find(EMPLOYEE, employee_id), UnfreezeForm(request.form)
    if not form.validate():
        return render_template("unfreezes/new.html", row=row, form=form), 422
    with signed(web.query(), web.now(), web.me().id, origin=security_events.here(), reason=form.reason.data):
        Employees(web.query()).unfreeze(row["nik"])
    flash(gettext("%(name)s dapat masuk lagi.", name=row["name"]))
    return redirect(url_for("employees.edit", row_id=employee_id), 303)
