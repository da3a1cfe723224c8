"""Suggestions while somebody is named in a remark (static/js/mentions.js). Without JavaScript a NIK or a name is
typed."""

from flask import Blueprint, jsonify, request

from sih import web
from sih.dao.mentions import Mentions
from sih.dao.problems import Problems
from sih.domain import policy
from sih.domain.errors import Forbidden
from sih.domain.vocabulary import ROLES
from sih.forms import master_filters
from sih.web.i18n import gettext

blueprint = Blueprint("mentions", __name__)


@blueprint.get("/problems/<id:problem_id>/mentions")
@web.signed_in
def index(problem_id: int):
    """`q`: what is typed after "@"; `internal`: of an internal note."""
    problem, internal = Problems(web.query()).visible_to(web.me(), problem_id), "internal" in request.args
    if not policy.can_comment(web.me(), problem) or (internal and not policy.can_note(web.me())):
        raise Forbidden
    words = master_filters.words_of(request.args.get("q"))
    people = Mentions(web.query()).suggestions(words, problem, web.me(), internal)
    return jsonify(
        [{"nik": one.nik, "name": one.name, "about": f"{gettext(ROLES[one.role])} · {one.place}"} for one in people]
    )
