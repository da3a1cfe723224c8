"""The load of one division: for its handlers, and for supervisors."""

from flask import Blueprint, render_template

from sih import web
from sih.dao.loads import Loads
from sih.domain import policy
from sih.domain.errors import NotFound
from sih.recap import loads
from sih.web.load_pages import context

blueprint = Blueprint("division_loads", __name__)


@blueprint.get("/loads/divisions/<id:division_id>")
@web.signed_in
def show(division_id: int):
    me = web.me()
    if not policy.can_see_load_of_division(me, division_id):
        raise NotFound
    places = Loads(web.query()).places(division_id, with_pics=policy.can_see_load_of_every_pic(me))
    division = places.division(division_id)
    if division is None:
        raise NotFound
    # A division with sub-divisions has no load of its own, unless problems wait at the division itself.
    is_holder = division.load or not places.below(division_id)
    if not is_holder:
        return render_template("loads/division.html", places=places, division=division, now=web.now(), load=None)
    load = loads.build(web.query(), "division", division_id, web.now(), me.small_masters_version)
    return render_template("loads/division.html", places=places, division=division, now=web.now(), **context(load))
