"""The log: one JSON object a line, with the number of its request, which error pages show too."""

import json
import logging
import sys
import time
import uuid

from flask import Flask, g, has_request_context, request

LONGEST_PATH = 500  # characters; no page of SIH has a longer path


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if has_request_context():
            line |= {"request": number(), "method": request.method, "path": request.path[:LONGEST_PATH]}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


def number() -> str:
    """The random number of this request, 16 hexadecimal digits."""
    if "request_number" not in g:
        g.request_number = uuid.uuid4().hex[:16]
    return g.request_number


def tell(fault: Exception) -> None:
    """Adds a database fault to the log line of this request: its `name` and message, without a stack trace."""
    g.fault = fault


def init_app(app: Flask) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    app.logger.handlers = [handler]
    app.logger.propagate = False
    app.logger.setLevel(logging.INFO)
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response):
    response.headers["X-Request-Id"] = number()
    if request.endpoint not in ("static", "bootstrap.static", "health.healthz", "health.readyz"):
        facts = {"status": response.status_code, "ms": round((time.perf_counter() - g.began) * 1000, 1)}
        if "fault" in g:
            _logger().error(g.fault.name, extra={"facts": facts | {"reason": str(g.fault)}})
        else:
            _logger().info("request", extra={"facts": facts})
    return response


def _logger() -> logging.Logger:
    return logging.getLogger("sih")
