"""Tampilan tersimpan: named filters of the list, own ones or those of a division."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from sih import web
from sih.dao.saved_views import SavedView, SavedViews
from sih.domain import policy
from sih.domain.errors import RuleViolated, Stale, TooManyViews
from sih.forms.saved_views import NewViewForm, SavedViewForm, filters_in
from sih.web.i18n import gettext, message_of

blueprint = Blueprint("saved_views", __name__)


@blueprint.get("/saved-views")
@web.signed_in
def index():
    return render_template("saved_views/index.html", views=_views().kept())


@blueprint.get("/saved-views/new")
@web.signed_in
def new():
    """`filters`: a query string of the list."""
    typed = web.typed()
    return _new_page(_new_form(typed), filters_in((typed or request.args).get("filters")))


@blueprint.post("/saved-views")
@web.signed_in
def create():
    form, filters = _new_form(request.form), filters_in(request.form.get("filters"))
    if not form.validate() or not filters:
        return _new_page(form, filters), 422
    try:
        _views().create(form.name.data, filters, form.division_id)
    except TooManyViews as refusal:
        return _new_page(form, filters, message_of(refusal)), *web.status(refusal)
    except RuleViolated:
        form.refuse_name()
        return _new_page(form, filters), 422
    flash(gettext('Tampilan "%(name)s" disimpan.', name=form.name.data))
    return redirect(f"{url_for('lists.index')}?{filters}", 303)


@blueprint.get("/saved-views/<id:view_id>/edit")
@web.signed_in
def edit(view_id: int):
    view = _views().find(view_id)
    return _edit_page(SavedViewForm(web.typed(), name=view.name), view)


@blueprint.post("/saved-views/<id:view_id>")
@web.signed_in
def update(view_id: int):
    view, form = _views().find(view_id), SavedViewForm(request.form)
    if not form.validate():
        return _edit_page(form, view), 422
    try:
        _views().rename(view, web.seen(), form.name.data)
    except RuleViolated:
        form.refuse_name()
        return _edit_page(form, view), 422
    except Stale:
        return _edit_page(form, _views().find(view_id), is_stale=True), 409
    return _done(gettext("Perubahan tersimpan."))


@blueprint.post("/saved-views/<id:view_id>/deletions")
@web.signed_in
def destroy(view_id: int):
    _views().delete(view_id)
    return _done(gettext("Tampilan itu dihapus."))


def _views() -> SavedViews:
    return SavedViews(web.query(), web.me())


def _new_form(typed) -> NewViewForm:
    divisions = web.choices().divisions_by_name() if policy.shares_views(web.me()) else None
    return NewViewForm(typed).offer(divisions, gettext("Saya sendiri"))


def _new_page(form: NewViewForm, filters: str, alert: str | None = None):
    alert = alert or form.alert or ("" if filters else gettext("Pilih dulu filter di daftar, lalu simpan."))
    return render_template("saved_views/new.html", form=form, filters=filters, alert=alert)


def _edit_page(form: SavedViewForm, view: SavedView, is_stale: bool = False):
    return render_template("saved_views/edit.html", form=form, view=view, is_stale=is_stale)


def _done(message: str):
    flash(message)
    return redirect(url_for("saved_views.index"), 303)
