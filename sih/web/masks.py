"""Masks the secrets in pages with a random pad per page, so that the length of compressed pages reveals nothing about
them (BREACH). A masked secret is the pad followed by secret XOR pad, as in Django and Rails."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Flask, g
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf


class MaskedCSRFProtect(CSRFProtect):
    """CSRFProtect with masked tokens: the plain token is constant for a second, and most of it for the whole
    session."""

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.add_template_global(csrf_token)
        app.context_processor(lambda: {"csrf_token": csrf_token})

    def _get_csrf_token(self) -> str | None:
        return unmasked(super()._get_csrf_token() or "")


def csrf_token() -> str:
    """The masked CSRF token for the forms of this page."""
    if "masked_csrf_token" not in g:
        g.masked_csrf_token = masked(generate_csrf())
    return g.masked_csrf_token


def masked(secret: str) -> str:
    """The secret under a new pad, as text of letters, digits, "-" and "_", about 2.7 times as long."""
    content = secret.encode()
    pad = secrets.token_bytes(len(content))
    return urlsafe_b64encode(pad + _xor(content, pad)).decode().rstrip("=")


def unmasked(text: str) -> str | None:
    """The secret of a text made by masked(); None for other texts."""
    try:
        content = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        half, odd = divmod(len(content), 2)
        return None if odd else _xor(content[:half], content[half:]).decode()
    except ValueError:
        return None


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))
