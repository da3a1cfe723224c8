"""Where signing in leads: to the list or to the form of a report."""

from flask import Blueprint, redirect, request, url_for

from sih import web
from sih.dao.employees import Employees
from sih.domain.errors import NotFound

blueprint = Blueprint("start_pages", __name__)


@blueprint.post("/start-pages")
@web.signed_in
def update():
    """`start`: list or report."""
    choice = request.form.get("start")
    if choice not in ("list", "report"):
        raise NotFound
    Employees(web.query()).set_start(web.me(), choice == "report")
    return redirect(web.local_path(request.form.get("next")) or url_for("profiles.show"), 303)
