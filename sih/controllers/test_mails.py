"""Surat percobaan: an admin sends a mail to oneself, through the outbox like any other, so the page waits for no mail
server."""

from flask import Blueprint, flash, redirect, url_for

from sih import web
from sih.dao.outbox import Outbox
from sih.dao.profiles import Profiles
from sih.web import application
from sih.web.i18n import gettext

blueprint = Blueprint("test_mails", __name__)


@blueprint.post("/mails/tests")
@web.admins_only
def create():
    if application.settings().smtp is None:
        flash(gettext("SIH ini belum mengirim e-mail: setelan smtp_host belum diisi."))
    elif not Profiles(web.query()).of(web.me().id)["email"]:
        flash(gettext("Isi dahulu alamat e-mail Anda di profil."))
    else:
        Outbox(web.query()).add_test(web.me(), web.now())
        flash(gettext("Surat percobaan menunggu dikirim. Hasilnya muncul di halaman ini."))
    return redirect(url_for("mails.index"), 303)
