"""Starts SIH: python main.py serves http://localhost:8080 with a production server (Kode Program 3 of the paper)."""

import signal
import sys

import settings as settings_module
from sih import create_app
from sih.background import Background
from sih.commands import demo_text
from sih.embedded import EmbeddedError
from sih.errors import DatabaseGone
from sih.installation import pin_key_fault, schema_fault
from sih.server import serve


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the embedded PostgreSQL is stopped, too
    try:
        settings = settings_module.read()
        app = create_app(settings)
        stop_if_unusable(app)
    except (settings_module.SettingsError, EmbeddedError) as error:
        sys.exit(str(error))
    print(demo_text(app), f"SIH: http://{settings.http_host}:{settings.http_port}", sep="", flush=True)
    app.extensions["pool"].close()
    background = Background()
    try:
        background.start()
        serve(app, settings)
    finally:
        background.stop()


def stop_if_unusable(app) -> None:
    """A database without our schema cannot be served; one that is away for now may come back."""
    try:
        fault = schema_fault(app.extensions["pool"]) or pin_key_fault(app.extensions["pool"], app.config["SETTINGS"])
    except DatabaseGone as error:
        print(f"The database cannot be reached yet: {error}", file=sys.stderr)
        return
    if fault:
        sys.exit(fault)


if __name__ == "__main__":
    main()
