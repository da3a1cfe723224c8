"""What has changed since a page was made, asked for by the page itself (static/js/changes.js), and what its
header counts."""

from flask import Blueprint, jsonify, request

from sih import web
from sih.dao.changes import Changes
from sih.web import page_state
from sih.web.counts import counts

blueprint = Blueprint("changes", __name__)


@blueprint.get("/changes")
@web.signed_in
def index():
    """`since`: when the page was made; `filters`: those of its list, signed; `rows`: its problems; `cursor`: of
    the last answer."""
    cursor = request.args.get("cursor")
    news = Changes(web.query()).since(
        web.me(),
        page_state.moment_of(request.args.get("since", "")),
        web.now(),
        page_state.filters_of(request.args.get("filters")),
        page_state.rows_of(request.args.get("rows", "")),
        page_state.number_of(cursor) if cursor else None,
    )
    return jsonify(
        new=news.new, is_over=news.is_over, cursor=news.cursor, changed=news.changed, present=news.present,
        counts=counts(web.me()),
    )  # fmt: skip
