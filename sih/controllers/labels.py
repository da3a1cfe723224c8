"""Label inventaris: the labels of a store as an A4 sheet to print."""

from flask import Blueprint, Response, render_template, request

from sih import web
from sih.dao.assets import Assets
from sih.domain.errors import NotFound
from sih.masters.nouns import STORE
from sih.pdf import labels
from sih.web import application, security_events
from sih.web.master_pages import find

blueprint = Blueprint("labels", __name__)


@blueprint.get("/stores/<id:store_id>/labels")
@web.admins_only
def index(store_id: int):
    """A PDF; before that, unless `anyway` is in the address, a page that names the characters which it cannot show.
    NotFound where the store has nothing to label."""
    store, assets = find(STORE, store_id), Assets(web.query()).of_store(store_id)
    if not assets:
        raise NotFound
    missing = labels.missing_characters(assets)
    if missing and "anyway" not in request.args:
        incomplete = [asset for asset in assets if labels.missing_characters([asset])]
        return render_template("labels/incomplete.html", store=store, missing=missing, incomplete=incomplete)
    security_events.note_download(f"label {store['code']}")
    content = labels.sheet(application.settings().public_url, assets)
    name = "".join(c for c in store["code"] if c.isascii() and (c.isalnum() or c in "-_"))
    disposition = {"Content-Disposition": f'inline; filename="label-{name}.pdf"'}
    return Response(content, mimetype="application/pdf", headers=disposition)
