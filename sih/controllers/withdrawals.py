"""Tarik Laporan: the reporter takes back a report that nobody has opened yet."""

from flask import Blueprint, flash, request

from sih import web
from sih.forms.withdrawals import WithdrawalForm
from sih.web import action_pages
from sih.web.i18n import gettext

blueprint = Blueprint("withdrawals", __name__)


@blueprint.get("/problems/<id:problem_id>/withdrawals/new")
@web.signed_in
def new(problem_id: int):
    return action_pages.page("withdrawals/new.html", web.find_to("withdraw", problem_id), WithdrawalForm(web.typed()))


@blueprint.post("/problems/<id:problem_id>/withdrawals")
@web.signed_in
def create(problem_id: int):
    action, form = web.begin_to("withdraw", problem_id), WithdrawalForm(request.form)
    if not form.validate():
        return action_pages.page("withdrawals/new.html", action.problem, form), 422
    action.do(reason=form.reason.data)
    flash(gettext("Laporan #%(number)d ditarik.", number=problem_id))
    return web.back_to(problem_id)
