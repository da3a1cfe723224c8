"""Lembar kode aktivasi: a PDF with activation codes for the people of some stores who have neither PIN nor code."""

from flask import Blueprint, redirect, render_template, request, url_for

from sih import web
from sih.dao.activation_sheets import ActivationSheets
from sih.domain.errors import NotFound
from sih.domain.text import clean
from sih.forms.activation_sheets import SheetForm
from sih.forms.fields import refuse
from sih.masters import NOUNS
from sih.web.i18n import gettext

blueprint = Blueprint("activation_sheets", __name__)


@blueprint.get("/activation-sheets/new")
@web.admins_only
def new():
    """`store`: the store code to fill in."""
    return _page(SheetForm(data={"stores": clean(request.args.get("store", "")[:20])}))


@blueprint.post("/activation-sheets")
@web.admins_only
def create():
    form, sheets = SheetForm(request.form), ActivationSheets(web.query())
    if not form.validate():
        return _page(form), 422
    codes = form.codes if form.scope.data == "stores" else None
    city = sheets.city(form.city.data) if form.scope.data == "city" else None
    if codes and (unknown := sheets.unknown_stores(codes)):
        message = gettext("Toko ini tidak ada: %(codes)s", codes=", ".join(unknown[:20]))
        refuse(form.stores, message)
        return _page(form), 422
    if form.scope.data == "city" and city is None:
        refuse(form.city, "Tidak ada toko di kota ini.")
        return _page(form), 422
    number = sheets.add(web.me().id, city, codes, form.replaces.data, web.now(), web.limits().files)
    return redirect(url_for("activation_sheets.show", sheet_id=number), 303)


@blueprint.get("/activation-sheets/<id:sheet_id>")
@web.admins_only
def show(sheet_id: int):
    """Progress, then the download button. 404 for other admins, after the download, and after an hour."""
    found = ActivationSheets(web.query()).of(sheet_id, web.now(), web.me().id)
    if found is None:
        raise NotFound
    return render_template("activation_sheets/show.html", found=found, nouns=NOUNS, noun=None)


def _page(form: SheetForm):
    return render_template("activation_sheets/new.html", form=form, nouns=NOUNS, noun=None)
