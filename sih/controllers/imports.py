"""Impor: uploads a list from HR or of assets and shows its dry run; confirming writes exactly the changes shown."""

from flask import Blueprint, redirect, render_template, request, url_for

from sih import web
from sih.dao.imports import Imports
from sih.domain.errors import TooManyFiles
from sih.forms.imports import MOST_BYTES, ImportForm
from sih.masters import BY_NAME, NOUNS
from sih.masters.nouns import IMPORT_ORDER
from sih.web.i18n import message_of
from sih.web.import_pages import find, page

blueprint = Blueprint("imports", __name__)


@blueprint.get("/imports/new")
@web.admins_only
def new():
    form = ImportForm(request.args)
    return _new_page(form)


@blueprint.post("/imports")
@web.takes_upload(MOST_BYTES)
@web.admins_only
def create():
    form, imports = ImportForm(request.form), Imports(web.query())
    form.content = request.files["file"].read() if "file" in request.files else b""
    if not form.validate():
        return _new_page(form), 422
    facts = form.facts | {"actor_id": web.me().id, "file_name": form.name_of(request.files["file"].filename)}
    try:
        with web.query().transaction():
            import_id = imports.add(facts, web.now())
            imports.enqueue(import_id, "check_import", web.now(), web.me().id, web.limits().files)
    except TooManyFiles as refusal:
        return _new_page(form, message_of(refusal)), *web.status(refusal)
    return redirect(url_for("imports.show", import_id=import_id), 303)


@blueprint.get("/imports/<id:import_id>")
@web.admins_only
def show(import_id: int):
    return page(find(import_id))


def _new_page(form: ImportForm, refusal: str | None = None):
    recent = Imports(web.query()).recent(web.now())
    noun = BY_NAME.get(form.noun.data or "", NOUNS[0])
    words = {"noun": noun, "nouns": NOUNS, "recent": recent, "by_name": BY_NAME, "refusal": refusal}
    words["order"] = IMPORT_ORDER
    return render_template("imports/new.html", form=form, **words)
