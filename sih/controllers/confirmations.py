"""Beres: the reporter agrees that a closed problem is solved, which ends the right to reopen it."""

from flask import Blueprint, flash

from sih import web
from sih.web.i18n import gettext

blueprint = Blueprint("confirmations", __name__)


@blueprint.post("/problems/<id:problem_id>/confirmations")
@web.signed_in
def create(problem_id: int):
    web.begin_to("confirm", problem_id).do()
    flash(gettext("Terima kasih. Kendala #%(number)d dinyatakan beres.", number=problem_id))
    return web.back_to(problem_id)
