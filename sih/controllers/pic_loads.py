"""The load of one PIC: for that person, and for supervisors."""

from flask import Blueprint, render_template

from sih import web
from sih.dao.loads import Loads
from sih.domain import policy
from sih.domain.errors import NotFound
from sih.recap import loads
from sih.web.load_pages import context

blueprint = Blueprint("pic_loads", __name__)


@blueprint.get("/loads/pics/<id:employee_id>")
@web.signed_in
def show(employee_id: int):
    may_see = policy.can_see_load_of_pic(web.me(), employee_id)
    pic = Loads(web.query()).pic(employee_id) if may_see else None
    if pic is None:
        raise NotFound
    load = loads.build(web.query(), "pic", employee_id, web.now(), web.me().small_masters_version)
    return render_template("loads/pic.html", pic=pic, now=web.now(), **context(load))
