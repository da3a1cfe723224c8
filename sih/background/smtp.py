"""Delivers a mail to the mail server, within a time limit for the whole SMTP session."""

import contextlib
import logging
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from email.message import EmailMessage

from settings import Smtp
from sih.domain.numbers import half_up

TIMEOUT, LONGEST = 20.0, 60.0  # seconds: without a byte; for the whole session
TLS_PORT = 465
log = logging.getLogger("sih")


def deliver(smtp: Smtp, message: EmailMessage) -> None:
    """Sends this mail. With a user, TLS with a valid certificate is required before the password is sent; without one,
    TLS is used if the server offers it. Raises OSError (SMTPException and certificate errors are subclasses), and
    whatever Python's mail library raises for an address that it cannot write."""
    context = ssl.create_default_context() if smtp.user else None
    with _Deadline(LONGEST) as deadline, _connected(smtp, context, deadline.watch) as server:
        if smtp.port != TLS_PORT and (smtp.user or _has_tls(server)):
            server.starttls(context=context)
        if smtp.user:
            server.login(smtp.user, smtp.password or "")
        server.send_message(message)
    log.info("mail", extra={"facts": {"to": message["To"], "id": message["Message-ID"]}})


class _Deadline:
    """Shuts a connection down after so many seconds, because the socket's own timeout starts again with every byte.
    Then leaving the block raises TimeoutError."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._is_over, self._watched = seconds, False, None
        self._timer = threading.Timer(seconds, self._end)

    def watch(self, connection: socket.socket) -> None:
        self._watched = connection.dup()  # a copy, since wrapping in TLS detaches the original socket
        if self._is_over:
            self._end()

    def _end(self) -> None:
        self._is_over = True
        if self._watched is not None:
            with contextlib.suppress(OSError):
                self._watched.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        return self

    def __exit__(self, kind, error, trace) -> None:
        self._timer.cancel()
        if self._watched is not None:
            self._watched.close()
        if self._is_over and isinstance(error, OSError):
            raise TimeoutError(f"the mail server took longer than {half_up(self._seconds)} s") from error


class _Watched:
    """Mixin that passes the socket of an SMTP session to `watch` as soon as it is connected."""

    def __init__(self, watch: Callable[[socket.socket], None], *place, **terms) -> None:
        self._watch = watch
        super().__init__(*place, **terms)


class _Smtp(smtplib.SMTP):
    _watch: Callable[[socket.socket], None]

    def _get_socket(self, host, port, timeout):
        made = socket.create_connection((host, port), timeout)
        self._watch(made)
        return made


class _Plain(_Watched, _Smtp):
    pass


class _Encrypted(_Watched, smtplib.SMTP_SSL, _Smtp):
    """SMTP_SSL takes its socket from the next class, so the socket is watched before the TLS handshake."""


def _connected(smtp: Smtp, context: ssl.SSLContext | None, watch: Callable[[socket.socket], None]) -> smtplib.SMTP:
    if smtp.port == TLS_PORT:
        return _Encrypted(watch, smtp.host, smtp.port, timeout=TIMEOUT, context=context)
    return _Plain(watch, smtp.host, smtp.port, timeout=TIMEOUT)


def _has_tls(server: smtplib.SMTP) -> bool:
    server.ehlo_or_helo_if_needed()
    return server.has_extn("starttls")
