"""Label inventaris: the labels of a store as an A4 sheet to print."""

from flask import Blueprint, Response, current_app

from sih import labels, security, web
from sih.dao.assets import Assets
from sih.errors import NotFound
from sih.master_pages import find
from sih.masters.nouns import STORE

blueprint = Blueprint("labels", __name__)


@blueprint.get("/stores/<id:store_id>/labels")
@web.admins_only
def index(store_id: int):
    """A PDF; NotFound where the store has nothing to label."""
    store, assets = find(STORE, store_id), Assets(web.query()).of_store(store_id)
    if not assets:
        raise NotFound
    security.note_download(f"label {store['code']}")
    content = labels.sheet(current_app.config["SETTINGS"].public_url, assets)
    name = "".join(c for c in store["code"] if c.isascii() and (c.isalnum() or c in "-_"))
    disposition = {"Content-Disposition": f'inline; filename="label-{name}.pdf"'}
    return Response(content, mimetype="application/pdf", headers=disposition)
