"""Pairs of an import: stores which new NIKs belong to existing employees, then repeats the dry run."""

from flask import Blueprint, redirect, request, url_for

from sih import web
from sih.domain.errors import TooManyFiles, TwoPeopleAtOnce
from sih.domain.text import clean
from sih.web.i18n import gettext, message_of
from sih.web.import_pages import choose_pairs, find, page

blueprint = Blueprint("import_pairs", __name__)


@blueprint.post("/imports/<id:import_id>/pairs")
@web.admins_only
def create(import_id: int):
    found, fingerprint = find(import_id), clean(request.form.get("fingerprint"))
    if found.state == "shown" and found.fingerprint != fingerprint:
        return page(found, gettext("Hasilnya sudah lain dari yang Anda lihat. Belum ada yang disimpan.")), 409
    try:
        choose_pairs(found, fingerprint)
    except (TooManyFiles, TwoPeopleAtOnce) as refusal:
        return page(found, message_of(refusal)), *web.status(refusal)
    return redirect(url_for("imports.show", import_id=import_id), 303)
