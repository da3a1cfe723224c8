"""Pemberitahuan: what the signed-in person has heard of, newest first."""

from flask import Blueprint, render_template, request

from sih import web
from sih.dao.notices import Notices
from sih.web import page_state

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
@web.signed_in
def index():
    """`after`: the place of the last notice of the page before."""
    after = request.args.get("after")
    notices, has_more = Notices(web.query()).page(web.me(), page_state.number_of(after) if after else None)
    return render_template(
        "notices/index.html",
        notices=notices,
        is_first=not after,
        next_cursor=notices[-1].place if has_more else None,
    )
