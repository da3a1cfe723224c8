"""Bekukan (docs/paper.md, R10): ends the sessions of an account, prevents sign-in, and hands its problems on."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from sih import web
from sih.dao.audits import signed
from sih.dao.choices import Choices
from sih.dao.employees import Employees
from sih.dao.handovers import Handovers
from sih.domain.errors import RuleViolated
from sih.forms.freezes import FreezeForm
from sih.masters.nouns import EMPLOYEE
from sih.masters.rules import message_for
from sih.web import security_events
from sih.web.i18n import gettext
from sih.web.master_pages import find

blueprint = Blueprint("freezes", __name__)


@blueprint.get("/employees/<id:employee_id>/freezes/new")
@web.admins_only
def new(employee_id: int):
    row, amount = _find(employee_id)
    return _page(row, amount, _form(web.typed(), row, amount))


@blueprint.post("/employees/<id:employee_id>/freezes")
@web.admins_only
def create(employee_id: int):
    row, amount = _find(employee_id)
    form = _form(request.form, row, amount)
    if not form.validate():
        return _page(row, amount, form), 422
    try:
        _freeze(row, form)
    except RuleViolated as error:
        rule = message_for(error.constraint, EMPLOYEE)
        if rule is None:
            raise
        return _page(row, amount, form, rule[1]), 422
    flash(gettext("%(name)s dibekukan.", name=row["name"]))
    return redirect(url_for("employees.edit", row_id=employee_id), 303)


def _freeze(row: dict, form: FreezeForm) -> None:
    query, me, reason = web.query(), web.me(), form.reason.data
    with signed(query, web.now(), me.id, origin=security_events.here(), reason=reason):
        is_new = Employees(query).freeze(row["nik"])
        if is_new and form.hands_on:
            Handovers(query).hand_on(row["id"], me, web.now(), reason, form.pic)


def _find(employee_id: int) -> tuple[dict, int]:
    row = find(EMPLOYEE, employee_id)
    return row, Handovers(web.query()).amount(employee_id)


def _form(typed, row: dict, amount: int) -> FreezeForm:
    pics = Choices(web.query()).colleagues(row["id"]) if amount else []
    return FreezeForm(typed).offer(amount, pics)


def _page(row: dict, amount: int, form: FreezeForm, refusal: str | None = None):
    return render_template("freezes/new.html", row=row, amount=amount, form=form, refusal=refusal)
