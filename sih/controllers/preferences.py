"""Language and theme: stored in the browser's session, and in the account of a signed-in person."""

from flask import Blueprint, redirect, request, session, url_for
from flask_login import current_user

from sih import web
from sih.dao.employees import Employees
from sih.domain.vocabulary import LANGUAGES, THEMES

blueprint = Blueprint("preferences", __name__)


@blueprint.post("/language")
@web.public
def language():
    choice = request.form.get("language")
    if choice in LANGUAGES:
        session["language"] = choice
        if current_user.is_authenticated:
            Employees(web.query()).set_language(web.me(), choice)
    return _back()


@blueprint.post("/theme")
@web.public
def theme():
    choice = request.form.get("theme")
    if choice in THEMES:
        session["theme"] = choice
        if current_user.is_authenticated:
            Employees(web.query()).set_theme(web.me(), choice)
    return _back()


def _back():
    return redirect(web.local_path(request.form.get("next")) or url_for("lists.index"), 303)
