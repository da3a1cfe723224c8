"""Captures what the application logs: one JSON line for each record."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sih.web.logs import JsonFormatter


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.setFormatter(JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


class Log:
    def __init__(self, handler: _Lines) -> None:
        self._handler = handler

    @property
    def text(self) -> str:
        return "\n".join(self._handler.texts)

    @property
    def lines(self) -> list[dict]:
        return [json.loads(text) for text in self._handler.texts]

    def of(self, number: str) -> list[dict]:
        """The lines of the request with this number."""
        return [line for line in self.lines if line.get("request") == number]


@contextmanager
def captured_log() -> Iterator[Log]:
    handler, logger = _Lines(), logging.getLogger("sih")
    logger.addHandler(handler)
    yield Log(handler)
    logger.removeHandler(handler)
