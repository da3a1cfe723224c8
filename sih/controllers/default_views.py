"""The saved view with which the list of a handler opens."""

from flask import Blueprint, flash, redirect, request, url_for

from sih import web
from sih.dao.saved_views import SavedViews
from sih.domain.errors import NotFound
from sih.web.i18n import gettext

blueprint = Blueprint("default_views", __name__)


@blueprint.post("/default-views")
@web.handlers_only
def create():
    """`view`: the id of a view that this person sees; empty: the list opens as usual."""
    text = request.form.get("view", "")
    if text and not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotFound
    SavedViews(web.query(), web.me()).choose(int(text) if text else None)
    flash(gettext("Daftar Anda dibuka dengan tampilan itu.") if text else gettext("Daftar Anda dibuka seperti biasa."))
    return redirect(url_for("saved_views.index"), 303)
