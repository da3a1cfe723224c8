"""Chooses the sheets of an import if several have its headings: one of them, or all as one list."""

from flask import Blueprint, redirect, request, url_for

from sih import web
from sih.dao.imports import Imports
from sih.web.i18n import gettext
from sih.web.import_pages import find, page

blueprint = Blueprint("import_sheets", __name__)


@blueprint.post("/imports/<id:import_id>/sheets")
@web.admins_only
def create(import_id: int):
    found, imports = find(import_id), Imports(web.query())
    places = set(request.form.getlist("sheet"))
    names = [sheet["name"] for place, sheet in enumerate(found.lists) if str(place) in places]
    if found.state == "choosing" and not names:
        return page(found, gettext("Pilih paling sedikit satu lembar.")), 422
    with web.query().transaction():
        is_chosen = imports.choose(found, names)
        if is_chosen:
            imports.enqueue(import_id, "check_import", web.now(), web.me().id)
    if not is_chosen and find(import_id).chosen != names:
        return page(find(import_id), gettext("Lembarnya sudah dipilih lebih dahulu, dan tidak sama.")), 409
    return redirect(url_for("imports.show", import_id=import_id), 303)
