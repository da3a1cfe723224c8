"""How the signed-in person hears of what happens: in the page, by mail, both, neither, and "Ringkasan pagi"."""

from flask import Blueprint, flash, redirect, request, url_for

from sih import web
from sih.dao.notices import topics_of
from sih.dao.profiles import Profiles
from sih.domain.errors import NotFound
from sih.forms import notice_choices
from sih.web.i18n import gettext

blueprint = Blueprint("notice_choices", __name__)


@blueprint.post("/profile/notices")
@web.signed_in
def update():
    """`page` and `mail`: the ticked topics, perhaps none; `digest`: whether a summary comes instead of single mails;
    `shown`: that the form is whole."""
    form, me = request.form, web.me()
    if form.get("shown") != "1":
        raise NotFound
    ways = notice_choices.parse(form.getlist("page"), form.getlist("mail"), topics_of(me))
    Profiles(web.query()).set_notices(me.id, ways, form.get("digest") == "1", web.now())
    flash(gettext("Pilihan pemberitahuan Anda sudah disimpan."))
    return redirect(url_for("profiles.show", _anchor="notices"), 303)
