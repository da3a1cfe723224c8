"""What a person sees when something is refused or fails: a sentence, a number that is in the log, what was typed."""

from flask import Flask, current_app, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from sih import security, web
from sih.dao.problems import Problems
from sih.dao.query import DatabaseFault
from sih.errors import STATUS, DatabaseGone, Refusal, Stale
from sih.forms.fields import clean
from sih.logs import number
from sih.reader import gettext, message_of

RETRY_SECONDS = 5
OF_THE_PAPER = "/searchUserAccount"
# The fields that a person writes in words, by their label.
TEXTS = {
    "title": "Judul",
    "description": "Deskripsi",
    "diagnosis": "Diagnosis",
    "solution": "Solusi",
    "reason": "Alasan",
    "remark": "Komentar",
}
SENTENCES = {
    404: "Yang Anda cari tidak ada, atau bukan untuk Anda.",
    405: "Halaman ini tidak dapat dibuka dengan cara itu.",
    413: "Yang Anda kirim terlalu besar. Batasnya 500 kB, untuk impor 25 MB. Belum ada yang disimpan.",
}


def init_app(app: Flask) -> None:
    app.register_error_handler(Stale, _stale)
    app.register_error_handler(DatabaseGone, _database_gone)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _lost_token)
    app.register_error_handler(RequestEntityTooLarge, _http_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def page(sentence: str, status: int, **more):
    """The error page; it needs no database. The paper's own address answers its script, whatever is wrong."""
    if request.path == OF_THE_PAPER:
        told = gettext("Gagal Mendapatkan Data User!") if status >= 500 else sentence
        return jsonify(status=False, message=told), status
    return render_template("errors/error.html", sentence=sentence, status=status, number=number(), **more), status


def _refused(refusal: Refusal):
    if STATUS[type(refusal)] == 403:
        _note_refusal()
    return page(message_of(refusal), STATUS[type(refusal)], typed=_typed())


def _stale(refusal: Stale):
    """Somebody was faster: the problem as it is now, and what was typed, so that nothing is lost."""
    problem = Problems(web.query()).visible_to(web.me(), request.view_args["problem_id"])
    facts = {"sentence": message_of(refusal), "status": 409, "number": number()}
    return render_template("errors/stale.html", problem=problem, typed=_typed(), **facts), 409


def _database_gone(error: DatabaseGone):
    """A page that is asked for returns by itself; what was sent keeps its words and a button to send it again."""
    g.database_is_gone = True
    current_app.logger.error("database gone", exc_info=error)
    if request.method != "POST":
        session["retries"] = True  # the page asks again by itself, which is no use of the session
    kept = _kept() if request.method == "POST" else {}
    more = {"kept": kept, "typed": _typed(), "csrf": generate_csrf() if kept else None}
    body, status = page(gettext(DatabaseGone.__doc__), 503, retry=request.method != "POST" and RETRY_SECONDS, **more)
    return body, status, {"Retry-After": str(RETRY_SECONDS)}


def _lost_token(error: CSRFError):
    """The session that made this form is over. Its author finds it filled again; nobody else sees anything of it."""
    answer = getattr(current_app.view_functions[request.endpoint], "without_token", None)
    if answer:
        return answer()
    try:
        return _keep_for_author()
    except DatabaseGone as gone:
        return _database_gone(gone)


def _keep_for_author():
    author = web.author()
    if author is None:
        return page(gettext("Sesi Anda sudah berakhir. Buka lagi halamannya, lalu coba sekali lagi."), 400)
    place = web.keep_draft(author)
    if not current_user.is_authenticated:
        return redirect(url_for("login.new", next=place, lost=1), 303)
    if web.me().id != author:
        return page(gettext("Formulir ini dibuat untuk akun lain. Belum ada yang disimpan."), 400)
    flash(gettext("Belum ada yang disimpan. Silakan tekan tombolnya sekali lagi."))
    return redirect(place, 303)


def _http_error(error: HTTPException):
    if error.code is None or error.code < 400:
        return error
    if error.code == 403:
        _note_refusal()
    return page(gettext(SENTENCES.get(error.code, Refusal.__doc__)), error.code)


def _note_refusal() -> None:
    """Refused all the same where it cannot be noted."""
    try:
        security.note_refusal()
    except (Refusal, DatabaseFault) as error:
        current_app.logger.warning("refusal not noted: %s", error)


def _unexpected(error: Exception):
    current_app.logger.error("unexpected", exc_info=error)
    return page(gettext("Terjadi kesalahan pada sistem. Belum tentu ada yang disimpan."), 500)


def _kept() -> dict[str, list[str]]:
    """What is sent again, under the same token; never a secret."""
    names = [name for name in request.form if name not in web.UNTYPED - {"token", "seen", "next", "author", "step"}]
    return {name: [clean(text) for text in request.form.getlist(name)] for name in names}


def _typed() -> list[tuple[str, str]]:
    """What the person wrote, as (label, text): just now, or in the draft that this page was to show."""
    form = (web.typed() if web.person() else request.form) or {}
    return [(gettext(label), clean(form[name])) for name, label in TEXTS.items() if form.get(name)]
