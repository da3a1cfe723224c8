"""Beres: the reporter agrees that a closed problem is solved, which ends the right to reopen it."""

from flask import Blueprint, flash

from sih import web
from sih.dao.events import Events
from sih.domain.errors import Stale
from sih.web.actions import find_for_post
from sih.web.i18n import gettext

blueprint = Blueprint("confirmations", __name__)


@blueprint.post("/problems/<id:problem_id>/confirmations")
@web.signed_in
def create(problem_id: int):
    find_for_post(problem_id, "confirm")
    if not Events(web.query()).confirm(problem_id, web.seen(), web.me(), web.now()):
        raise Stale
    flash(gettext("Terima kasih. Kendala #%(number)d dinyatakan beres.", number=problem_id))
    return web.back_to(problem_id)
