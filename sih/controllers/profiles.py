"""The profile of the signed-in person: account data, e-mail address, choices of notices, language, theme and open
sessions."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from sih import web
from sih.dao.audits import signed
from sih.dao.notices import topics_of
from sih.dao.profiles import Profiles
from sih.domain.vocabulary import TOPICS
from sih.forms import notice_choices
from sih.forms.profiles import EmailForm
from sih.web import application, sessions
from sih.web.i18n import gettext

blueprint = Blueprint("profiles", __name__)


@blueprint.get("/profile")
@web.signed_in
def show():
    profile = Profiles(web.query()).of(web.me().id)
    return _page(EmailForm(web.typed(), data=profile), profile)


@blueprint.post("/profile")
@web.signed_in
def update():
    form, me, profiles = EmailForm(request.form), web.me(), Profiles(web.query())
    if not form.validate():
        return _page(form, profiles.of(me.id)), 422
    with signed(web.query(), web.now(), me.id):
        profiles.set_email(me.id, form.email.data)
    flash(gettext("E-mail Anda sudah disimpan."))
    return redirect(url_for("profiles.show"), 303)


def _page(form: EmailForm, profile: dict) -> str:
    return render_template(
        "profiles/show.html",
        form=form,
        profile=profile,
        sessions=sessions.opened(web.me().id),
        choices=notice_choices.rows(profile["notice_ways"], topics_of(web.me())),
        topics=TOPICS,
        sends_mail=application.settings().smtp is not None,
    )
