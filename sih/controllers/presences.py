"""Having a form of a problem open, as its dialog says by itself (static/js/presences.js)."""

from flask import Blueprint, jsonify

from sih import web
from sih.dao.presences import Presences

blueprint = Blueprint("presences", __name__)


@blueprint.post("/problems/<id:problem_id>/presences")
@web.signed_in
def create(problem_id: int):
    """Answers with the names of others who have this problem open."""
    return jsonify(names=Presences(web.query()).note(web.me(), problem_id, web.now()))
