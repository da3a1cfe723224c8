"""Compression of text responses (gzip, RFC 1952; negotiated as in RFC 9110, 12.5.3, by Werkzeug): pages at each request
at the fastest level, static files once at the best level.

BREACH (breachattack.com) guesses a secret from the length of compressed pages that repeat the guess. Therefore secrets
are masked (web/masks.py), lengths are blurred, and no-store responses, which show activation codes, stay
uncompressed."""

import functools
import gzip
import io
import secrets

from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from sih.web import application

TEXTS = {
    "application/javascript",
    "application/json",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/plain",
}
STATIC = ("static", "bootstrap.static")
LEAST = 1000  # bytes; a shorter response fits one packet anyway
FAST, BEST = 1, 9  # zlib levels; level 1 takes 0.1 ms for the list page
BLUR = 100  # bytes; the most by which the length of a page varies


def init_app(app: Flask) -> None:
    app.extensions["compressed"] = {}
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    is_file = request.endpoint in STATIC
    if not _may_be_compressed(response) or (response.is_streamed and not is_file):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code in (206, 304) or not _takes_gzip(request.headers.get("Accept-Encoding")):
        return response
    etag = response.get_etag()[0]
    response.set_data(_file(etag, response) if is_file and etag else _page(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.remove("Accept-Ranges")  # ranges are served from the uncompressed file
    if etag:
        response.set_etag(f"{etag}-gzip")  # a different representation needs a different ETag
        response.make_conditional(request)
    return response


def _may_be_compressed(response: Response) -> bool:
    is_text = response.mimetype in TEXTS and "Content-Encoding" not in response.headers
    is_long = response.status_code == 304 or (response.content_length or 0) >= LEAST
    return is_text and is_long and not response.cache_control.no_store


def _page(content: bytes) -> bytes:
    """Gzipped, with a file name of random length in the gzip header, which browsers ignore (see BLUR)."""
    return _gzipped(content, FAST, "x" * secrets.randbelow(BLUR))


def _file(etag: str, response: Response) -> bytes:
    compressed = application.compressed()
    if etag not in compressed:
        response.direct_passthrough = False
        compressed[etag] = _gzipped(response.get_data(), BEST)
    response.close()
    return compressed[etag]


def _gzipped(content: bytes, level: int, name: str = "") -> bytes:
    file = io.BytesIO()
    with gzip.GzipFile(name, "wb", level, file, mtime=0) as packed:
        packed.write(content)
    return file.getvalue()


@functools.lru_cache(100)
def _takes_gzip(accepted: str | None) -> bool:
    """Whether to answer with gzip: if it is accepted no less than identity. "gzip;q=0" or no header mean no."""
    return parse_accept_header(accepted, Accept).best_match(["gzip", "identity"]) == "gzip"
