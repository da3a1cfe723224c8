"""Ikuti: hearing of what happens to a problem of others."""

from flask import Blueprint, flash

from sih import web
from sih.dao.follows import Follows
from sih.dao.problems import Problems
from sih.web.i18n import gettext

blueprint = Blueprint("follows", __name__)


@blueprint.post("/problems/<id:problem_id>/follows")
@web.signed_in
def create(problem_id: int):
    Problems(web.query()).visible_to(web.me(), problem_id)
    Follows(web.query()).follow(problem_id, web.me())
    flash(gettext("Anda mengikuti kendala ini."))
    return web.back_to(problem_id)


@blueprint.post("/problems/<id:problem_id>/follows/deletions")
@web.signed_in
def destroy(problem_id: int):
    Problems(web.query()).visible_to(web.me(), problem_id)
    Follows(web.query()).stop(problem_id, web.me())
    flash(gettext("Anda tidak lagi mengikuti kendala ini."))
    return web.back_to(problem_id)
