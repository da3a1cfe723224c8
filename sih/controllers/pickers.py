"""Suggestions while a reference is typed (static/js/picker.js). Without JavaScript, forms have a search button."""

from flask import Blueprint, jsonify, request

from sih import web
from sih.dao.masters import Masters
from sih.domain import policy
from sih.domain.errors import Forbidden, NotFound
from sih.forms import master_filters
from sih.masters import BY_NAME

blueprint = Blueprint("pickers", __name__)
SUGGESTED = 10


@blueprint.get("/pickers")
@web.signed_in
def index():
    noun, words = BY_NAME.get(request.args.get("noun", "")), master_filters.words_of(request.args.get("q"))
    if noun is None:
        raise NotFound
    if not policy.can_pick(web.me(), noun.name):
        raise Forbidden
    if not master_filters.is_searchable(words):
        return jsonify([])
    rows, _ = Masters(web.query(), noun).page({"words": words, "active": "yes"}, size=SUGGESTED)
    return jsonify([{"value": row["key"], "text": row.get("name") or row["key"]} for row in rows])
