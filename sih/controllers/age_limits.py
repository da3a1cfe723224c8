"""Batas umur: admins set after how many hours an open problem of each priority is marked in the list."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from sih import web
from sih.dao.age_limits import AgeLimits
from sih.dao.audits import signed
from sih.forms.age_limits import LABELS, AgeLimitForm
from sih.masters import NOUNS
from sih.web import security_events
from sih.web.i18n import gettext

blueprint = Blueprint("age_limits", __name__)


@blueprint.get("/age-limits/edit")
@web.admins_only
def edit():
    limits, version = AgeLimits(web.query()).all()
    return _page(AgeLimitForm(web.typed(), data={name: str(hours) for name, hours in limits.items()}), version)


@blueprint.post("/age-limits")
@web.admins_only
def update():
    form, age_limits = AgeLimitForm(request.form), AgeLimits(web.query())
    if not form.validate():
        return _page(form, web.seen()), 422
    with signed(web.query(), web.now(), web.me().id, origin=security_events.here()):
        is_changed = age_limits.change(form.hours, web.seen())
    if not is_changed:
        present, version = age_limits.all()
        return _page(form, version, present), 409
    flash(gettext("Batas umur tersimpan."))
    return redirect(url_for("age_limits.edit"), 303)


def _page(form, version: int, present: dict[str, int] | None = None) -> str:
    """`present`: what others have stored since the form's page was opened."""
    return render_template(
        "age_limits/edit.html", form=form, version=version, present=present, labels=LABELS, nouns=NOUNS, noun=None
    )
