"""The keys of the pages (static/js/keyboard.js): what they do, and the switch of the single ones (WCAG 2.1.4)."""

from flask import Blueprint, redirect, render_template, request, url_for

from sih import web
from sih.dao.employees import Employees
from sih.domain.errors import NotFound

blueprint = Blueprint("keys", __name__)


@blueprint.get("/keys")
@web.signed_in
def index():
    return render_template("keys/index.html")


@blueprint.post("/keys")
@web.signed_in
def update():
    """`keys`: on or off."""
    choice = request.form.get("keys")
    if choice not in ("on", "off"):
        raise NotFound
    Employees(web.query()).set_keys(web.me(), choice == "on")
    return redirect(web.local_path(request.form.get("next")) or url_for("profiles.show"), 303)
