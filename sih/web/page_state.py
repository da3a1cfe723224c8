"""What a page was made of, as its scripts send it back to ask what has changed since (controllers/changes.py)."""

import functools
import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from flask import url_for
from itsdangerous import BadData, URLSafeSerializer

from sih import web
from sih.domain.errors import NotFound
from sih.domain.records import Filters
from sih.web import application

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_ROWS = 100  # of a page
TIMES = ("since", "until")  # fields of Filters


def changes_url(filters: Filters | None = None) -> str:
    """The URL at which a page asks for changes since now. `filters`: of its list. They are sent as they were found, and
    signed, so that nothing has to be looked up or checked again."""
    given = {name: value for name, value in asdict(filters).items() if value} if filters else None
    token = _signer().dumps(given) if given is not None else None
    return url_for("changes.index", since=(web.now() - EPOCH) // timedelta(milliseconds=1), filters=token)


def filters_of(token: str | None) -> Filters | None:
    """The filters of a token by changes_url; None without a token. Raises NotFound for any other text."""
    if token is None:
        return None
    try:
        return Filters(**{name: _value(name, value) for name, value in _signer().loads(token).items()})
    except (BadData, TypeError):  # TypeError: of an earlier version of SIH, with other filters
        raise NotFound from None


def moment_of(text: str) -> datetime:
    """The time of a page, from milliseconds since 1970. Raises NotFound."""
    return EPOCH + timedelta(milliseconds=number_of(text, 14))


def rows_of(text: str) -> list[int]:
    """The problems of a page, from "12,13". Raises NotFound, also beyond MOST_ROWS."""
    numbers = text.split(",", MOST_ROWS + 1) if text else []
    if len(numbers) > MOST_ROWS:
        raise NotFound
    return [number_of(number) for number in numbers]


def number_of(text: str, most: int = 18) -> int:
    """A number of at most so many digits. Raises NotFound."""
    if not (text.isascii() and text.isdecimal() and len(text) <= most):
        raise NotFound
    return int(text)


def _value(name: str, value):
    if isinstance(value, list):
        return tuple(value)
    return datetime.fromisoformat(value) if name in TIMES else value


def _signer() -> URLSafeSerializer:
    return _signer_of(application.settings().secret_key)


@functools.cache
def _signer_of(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="page state", serializer=json, serializer_kwargs={"default": str})
