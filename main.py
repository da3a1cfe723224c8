"""Starts SIH: `python main.py` serves http://localhost:8080 with the production server (docs/paper.md, Kode Program
3)."""

import contextlib
import os
import signal
import sys
import threading
import time

if sys.version_info < (3, 11):
    sys.exit("SIH needs Python 3.11 or later, and this is Python {}.{}.".format(*sys.version_info[:2]))

from flask import Flask, request

import settings as settings_module
from sih import create_app
from sih.background.supervisor import Background
from sih.commands import demo_text
from sih.dao.schema import CannotUpgrade
from sih.domain.errors import DatabaseGone, DatabaseUnavailable
from sih.embedded import EmbeddedError
from sih.runtime.installation import clock_fault, described, start_fault
from sih.runtime.server import CannotListen, claim, is_loopback, on_stop, serve
from sih.web import application

LOOK_EVERY = 2.0  # seconds


def main() -> None:
    on_stop(sys.exit)
    try:
        settings = settings_module.read()
        sockets = claim(settings.http_host, settings.http_port)
        app = create_app(settings)
        check = StartCheck(app, settings.allow_demo_on_network or is_loopback(sockets))
    except (settings_module.SettingsError, CannotListen, EmbeddedError, CannotUpgrade) as error:
        sys.exit(str(error))
    print(demo_text(app), f"SIH: http://{settings.http_host}:{settings.http_port}", sep="", flush=True)
    print(f"The data are in {described(settings)}.", file=sys.stderr, flush=True)
    application.connection_pool(app).close()
    background = Background()
    try:
        background.start()
        check.watch()
        serve(app, settings, sockets, background.begin_stop)
    finally:
        background.stop()
    if check.fault:
        sys.exit(check.fault)


class StartCheck:
    """Refuses to start on a database with another schema or pin_key, or with demo data on the network. A database that
    is not reachable yet does not prevent the start: requests wait for this check until it is."""

    def __init__(self, app: Flask, may_be_demo: bool) -> None:
        self._app, self._may_be_demo, self._is_known = app, may_be_demo, False
        self.fault: str | None = None
        try:
            fault = self._look()
            warning = None if fault else clock_fault(application.connection_pool(app))
        except DatabaseUnavailable as error:
            print(f"The database cannot be reached yet: {error}", file=sys.stderr)
            app.before_request(self._hold)
            return
        if fault:
            sys.exit(fault)
        if warning:
            print(warning, file=sys.stderr)

    def watch(self) -> None:
        """Repeats the check in a thread until the database is reachable; a fault then stops the server."""
        if not self._is_known:
            threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._is_known:
            time.sleep(LOOK_EVERY)
            with contextlib.suppress(DatabaseUnavailable):
                self._look()
        if self.fault:
            os.kill(os.getpid(), signal.SIGTERM)

    def _hold(self) -> None:
        """Before each request, in every process of the server: checks the database until it was reachable once. Raises
        DatabaseUnavailable, or DatabaseGone after a fault."""
        if request.endpoint == "health.healthz":
            return
        if not self._is_known:
            self._look()
        if self.fault:
            raise DatabaseGone

    def _look(self) -> str | None:
        pool, settings = application.connection_pool(self._app), application.settings(self._app)
        self.fault = start_fault(pool, settings, self._may_be_demo)
        self._is_known = True  # set last, so that a thread that sees it also sees the fault
        return self.fault


if __name__ == "__main__":
    main()
