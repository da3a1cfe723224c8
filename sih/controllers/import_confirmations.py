"""Confirms an import: writes the changes that were shown, and no others."""

from flask import Blueprint, redirect, request, url_for

from sih import web
from sih.dao.imports import Imports
from sih.domain.errors import TooManyFiles, TwoPeopleAtOnce
from sih.domain.text import clean
from sih.masters.records import Import
from sih.web.i18n import gettext, message_of
from sih.web.import_pages import choose_pairs, find, page

blueprint = Blueprint("import_confirmations", __name__)


@blueprint.post("/imports/<id:import_id>/confirmations")
@web.admins_only
def create(import_id: int):
    found, imports = find(import_id), Imports(web.query())
    skips_faults = "skips_faults" in request.form
    typed, fingerprint = clean(request.form.get("amount")), clean(request.form.get("fingerprint"))
    try:
        if choose_pairs(found, fingerprint):  # changed ticks are not in the dry run yet, so it is repeated first
            return redirect(url_for("imports.show", import_id=import_id), 303)
    except (TooManyFiles, TwoPeopleAtOnce) as refusal:
        return page(found, message_of(refusal), typed, skips_faults), *web.status(refusal)
    if found.must_be_typed and typed != str(found.must_be_typed):
        message = gettext("Ketik %(amount)d untuk menonaktifkan sebanyak itu.", amount=found.must_be_typed)
        return page(found, message, typed, skips_faults), 422
    if found.state == "shown" and (message := _fault_refusal(found, skips_faults)):
        return page(found, message, typed, skips_faults), 422
    with web.query().transaction():
        is_confirmed = imports.confirm(import_id, fingerprint, web.me().id, skips_faults)
        if is_confirmed:
            imports.enqueue(import_id, "write_import", web.now(), web.me().id)
    if not is_confirmed and not _was_confirmed(find(import_id), fingerprint):
        return page(found, gettext("Hasilnya sudah lain dari yang Anda lihat. Belum ada yang disimpan.")), 409
    return redirect(url_for("imports.show", import_id=import_id), 303)


def _fault_refusal(found: Import, skips_faults: bool) -> str | None:
    amount = found.counts.get("fault")
    if amount and "without_key" in found.counts:
        return gettext("Baris yang salah tidak dapat dilewati; perbaiki di berkas, lalu unggah lagi.")
    if amount and not skips_faults:
        return gettext('Centang "Lewati %(amount)d baris yang salah", atau perbaiki baris itu.', amount=amount)
    return None


def _was_confirmed(found: Import, fingerprint: str) -> bool:
    """Whether a second click, or another admin at the same time, has confirmed it already."""
    return found.state in ("writing", "written") and found.fingerprint == fingerprint
