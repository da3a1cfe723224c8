"""Error pages: a sentence, the request's number in the log, and what the person had typed."""

from collections.abc import Callable

from flask import Flask, Response, current_app, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError

from sih import web
from sih.dao.problems import Problems
from sih.dao.query import DatabaseFault
from sih.domain.errors import (
    STATUS,
    DatabaseConflict,
    DatabaseUnavailable,
    Frozen,
    Refusal,
    SessionLost,
    Stale,
    WeakPin,
)
from sih.domain.records import Problem
from sih.domain.text import clean
from sih.forms.fields import Select
from sih.web import security_events
from sih.web.action_pages import correction_form, escalation_form, opening_form
from sih.web.i18n import gettext, message_of, translate
from sih.web.logs import number, tell
from sih.web.masks import csrf_token
from sih.web.sessions import BY_ITSELF, forget_frozen, sign_in_page

RETRY_SECONDS = 5
OF_THE_PAPER = "/searchUserAccount"
# The free-text fields, with their labels.
TEXTS = {
    "title": "Judul",
    "description": "Deskripsi",
    "diagnosis": "Diagnosis",
    "solution": "Solusi",
    "reason": "Alasan",
    "remark": "Komentar",
    "question": "Pertanyaan",
}
SENTENCES = {
    404: "Halaman tidak ditemukan, atau Anda tidak berhak melihatnya.",
    405: "Halaman ini tidak dapat dibuka dengan cara itu.",
    414: "Alamat ini terlalu panjang: paling banyak %(limit)s byte, kelebihan %(over)s.",
    431: "Permintaan peramban Anda terlalu besar. Hapus cookie situs ini, lalu coba lagi.",
    413: "Yang Anda kirim terlalu besar. Batasnya 500 kB, untuk impor 25 MB, untuk formulir dengan foto 110 MB. "
    "Belum ada yang disimpan.",
}


def init_app(app: Flask) -> None:
    app.register_error_handler(Stale, _stale)
    app.register_error_handler(DatabaseUnavailable, _database_unavailable)
    app.register_error_handler(SessionLost, _lost_session)
    app.register_error_handler(WeakPin, _weak_pin)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _lost_token)
    app.register_error_handler(RequestEntityTooLarge, _http_error)
    app.register_error_handler(SecurityError, _untrusted_host)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    app.dispatch_request = _again_once(app.dispatch_request)


def page(sentence: str, status: int, **more):
    """The error page with this sentence; needs no database. The API address of the paper answers in JSON."""
    if request.path == OF_THE_PAPER:
        message = gettext("Gagal Mendapatkan Data User!") if status >= 500 else sentence
        return jsonify(status=False, message=message), status
    return render_template("errors/error.html", sentence=sentence, status=status, number=number(), **more), status


def _refused(refusal: Refusal):
    status, headers = web.status(refusal)
    if status == 403:
        _note_refusal()
    return *page(message_of(refusal), status, typed=typed_texts()), headers


def _weak_pin(refusal: WeakPin):
    """No draft could be kept, so the error page itself carries what was sent."""
    return page(message_of(refusal), STATUS[WeakPin], **_words())


def _stale(refusal: Stale):
    """Somebody else was faster: shows the problem as it is now and what was typed."""
    problem = Problems(web.query()).visible_to(web.me(), (request.view_args or {})["problem_id"])
    facts = {"sentence": message_of(refusal), "status": 409, "number": number()}
    facts["back"] = web.local_path(request.values.get("next")) or url_for("lists.index")
    return render_template("errors/stale.html", problem=problem, typed=_chosen(problem) + typed_texts(), **facts), 409


def _database_unavailable(error: DatabaseUnavailable):
    """A GET is retried by the error page itself; a sent form is shown with a button to send it again."""
    g.database_is_gone = True  # so that this page makes no further query
    tell(error)
    retry = RETRY_SECONDS if request.method in ("GET", "HEAD") else None
    if retry and BY_ITSELF not in request.headers:
        session["retries"] = True  # an automatic retry does not extend the session
    body, status = page(gettext(error.message), STATUS[type(error)], retry=retry, **_words())
    return body, status, {"Retry-After": str(RETRY_SECONDS)}


def _lost_token(error: CSRFError | SessionLost):
    """The session of this form has ended. Its content is kept for its author and shown to nobody else."""
    answer = getattr(current_app.view_functions.get(request.endpoint or ""), "without_token", None)
    if answer:
        return answer()
    try:
        return _keep_for_author()
    except DatabaseUnavailable as fault:
        return _database_unavailable(fault)


def _lost_session(refusal: SessionLost):
    """Keeps the sent form for its author; a form without a valid author leads to the sign-in page."""
    if web.author() is None:
        return redirect(sign_in_page(url_for("lists.index"), is_lost=True), 303)
    return _lost_token(refusal)


def _keep_for_author():
    author = web.author()
    if author is None:
        return page(message_of(SessionLost()), 400)
    place = web.keep_draft(author.id) if author.is_fresh else None
    if current_user.is_authenticated and web.me().id != author.id:
        return page(gettext("Formulir ini dibuat untuk akun lain. Belum ada yang disimpan."), 400)
    if place is None:
        return _show_again()
    if not current_user.is_authenticated:
        return redirect(sign_in_page(place, is_lost=True), 303)
    flash(gettext("Belum ada yang disimpan. Silakan tekan tombolnya sekali lagi."))
    return redirect(place, 303)


def _show_again():
    """No draft could be kept, so the answer itself carries what was sent, with a button to send it again. After signing
    in in another tab, the first press still has the old token and leads here again; the second succeeds."""
    if current_user.is_authenticated:
        author = web.author_token()
        sentence = gettext("Belum ada yang disimpan. Silakan tekan tombolnya sekali lagi.")
    elif forget_frozen():
        author, sentence = request.form["author"], message_of(Frozen())
    else:
        author = request.form["author"]
        sentence = gettext(
            "Sesi Anda sudah berakhir; belum ada yang disimpan. Masuk di tab lain, lalu kirim dari sini."
        )
    kept = _kept() | {"author": [author]}
    more = {"kept": kept, "typed": typed_texts(), "csrf": csrf_token(), "asks_to_sign_in": not web.person()}
    return page(sentence, 400, **more)


def _http_error(error: HTTPException):
    if error.code is None or error.code < 400:
        return error
    if error.code == 403:
        _note_refusal()
    headers = [header for header in error.get_headers() if header[0] != "Content-Type"]  # Allow of a 405
    facts = web.address_over_limit() if error.code == 414 else {}
    return *page(gettext(SENTENCES.get(error.code, Refusal().message), **facts), error.code), headers


def _untrusted_host(error: SecurityError):
    """Plain text without anything of the request: under a foreign host name no link would be right."""
    sentence = "This host name is not served here. It has to be in the setting public_url or trusted_hosts.\n"
    if request.path == OF_THE_PAPER:
        return jsonify(status=False, message=sentence.strip()), 400
    return Response(sentence, 400, mimetype="text/plain")


def _note_refusal() -> None:
    """Records the refusal. If that fails, the request is refused all the same."""
    try:
        security_events.note_refusal()
    except (Refusal, DatabaseFault) as error:
        current_app.logger.warning("refusal not noted: %s", error)


def _unexpected(error: Exception):
    current_app.logger.error("unexpected", exc_info=error)
    return page(gettext("Terjadi kesalahan pada sistem. Belum tentu ada yang disimpan."), 500, **_words())


def _again_once(dispatch: Callable) -> Callable:
    """Runs a view a second time after a DatabaseConflict (deadlock or serialization failure). Its transaction was
    rolled back. The whole view is repeated, because only it knows its transaction, and every form is idempotent."""

    def dispatch_request():
        try:
            return dispatch()
        except DatabaseConflict:
            web.begin_again()
            return dispatch()

    return dispatch_request


def _words() -> dict:
    """Template variables of an error page that carries what was sent."""
    kept = _kept() if request.method == "POST" else {}
    return {"kept": kept, "typed": typed_texts(), "csrf": csrf_token() if kept else None}


def _kept() -> dict[str, list[str]]:
    """The fields to send again, with the same form token and without secrets."""
    untyped = web.UNTYPED - {"token", "seen", "next", "author", "step", "ready_text"}
    names = [name for name in request.form if name not in untyped]
    return {name: [clean(text) for text in request.form.getlist(name)] for name in names}


def _chosen(problem: Problem) -> list[tuple[str, str]]:
    """The options that were chosen in an action's form, as (label, words)."""
    typed, forms = web.typed() or {}, []
    if "category_id" in typed:
        forms.append(opening_form(typed))
    if "kind" in typed:
        forms.append(escalation_form(typed))
    if "good" in typed:
        forms.append(correction_form(problem, typed, has_texts=False))
    chosen = [(field.label.text, field.words) for form in forms for field in form if isinstance(field, Select)]
    return [(gettext(label), translate(words)) for label, words in chosen if words]


def typed_texts() -> list[tuple[str, str]]:
    """The free texts as (label, text): of the sent form, or of the draft for this page."""
    form = (web.typed() if web.person() else request.form) or {}
    return [(gettext(label), clean(form[name])) for name, label in TEXTS.items() if form.get(name)]
