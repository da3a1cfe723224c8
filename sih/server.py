"""The production server: gunicorn with two processes, or waitress with one where gunicorn does not run (Windows)."""

import sys

from flask import Flask

from settings import Settings

THREADS = 4  # of each process; docs.gunicorn.org, "threads"


def serve(app: Flask, settings: Settings) -> None:
    """Serves until it is told to stop."""
    if sys.platform == "win32":
        _serve_waitress(app, settings)
    else:
        _serve_gunicorn(app, settings)


def _serve_gunicorn(app: Flask, settings: Settings) -> None:
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 - not on Windows

    class Server(BaseApplication):
        def load_config(self) -> None:
            self.cfg.set("bind", f"{settings.http_host}:{settings.http_port}")
            self.cfg.set("workers", settings.processes)
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("threads", THREADS)
            self.cfg.set("preload_app", True)
            self.cfg.set("control_socket_disable", True)
            self.cfg.set("loglevel", "warning")

        def load(self) -> Flask:
            return app

    Server().run()


def _serve_waitress(app: Flask, settings: Settings) -> None:
    import waitress  # noqa: PLC0415 - only on Windows

    waitress.serve(app, host=settings.http_host, port=settings.http_port, threads=2 * THREADS)
