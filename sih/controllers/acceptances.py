"""Terima: the receiver accepts an escalated problem. There is no form."""

from flask import Blueprint, flash

from sih import web
from sih.web.i18n import gettext

blueprint = Blueprint("acceptances", __name__)


@blueprint.post("/problems/<id:problem_id>/acceptances")
@web.handlers_only
def create(problem_id: int):
    web.begin_to("accept", problem_id).do()
    flash(gettext("Kendala #%(number)d diterima.", number=problem_id))
    return web.back_to(problem_id)
