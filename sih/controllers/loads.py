"""Beban Kerja (docs/paper.md, P6, P7): the overview that leads to the loads of divisions and PICs."""

from flask import Blueprint, render_template

from sih import web
from sih.dao.loads import Loads
from sih.domain import policy
from sih.domain.errors import Forbidden

blueprint = Blueprint("loads", __name__)


@blueprint.get("/loads")
@web.signed_in
def index():
    me = web.me()
    if not policy.can_see_loads(me):
        raise Forbidden
    own = me.division_id if policy.is_handler(me) else None
    return render_template("loads/index.html", places=Loads(web.query()).places(own), own=own)
