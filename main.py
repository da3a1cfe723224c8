"""Starts SIH: python main.py serves http://localhost:8080 with a production server (docs/paper.md, Kode Program 3)."""

import sys

if sys.version_info < (3, 11):
    sys.exit("SIH needs Python 3.11 or later, and this is Python {}.{}.".format(*sys.version_info[:2]))

import settings as settings_module
from sih import create_app
from sih.background.supervisor import Background
from sih.commands import demo_text
from sih.dao.schema import CannotUpgrade
from sih.domain.errors import DatabaseUnavailable
from sih.embedded import EmbeddedError
from sih.runtime.installation import clock_fault, described, has_demo_data, pin_key_fault, schema_fault
from sih.runtime.server import CannotListen, claim, is_loopback, on_stop, serve


def main() -> None:
    on_stop(sys.exit)
    try:
        settings = settings_module.read()
        sockets = claim(settings.http_host, settings.http_port)
        app = create_app(settings)
        stop_if_unusable(app, settings.allow_demo_on_network or is_loopback(sockets))
    except (settings_module.SettingsError, CannotListen, EmbeddedError, CannotUpgrade) as error:
        sys.exit(str(error))
    print(demo_text(app), f"SIH: http://{settings.http_host}:{settings.http_port}", sep="", flush=True)
    print(f"The data are in {described(settings)}.", file=sys.stderr, flush=True)
    app.extensions["pool"].close()
    background = Background()
    try:
        background.start()
        serve(app, settings, sockets, background.begin_stop)
    finally:
        background.stop()


def stop_if_unusable(app, may_be_demo: bool) -> None:
    """A database without our schema cannot be served, nor demo data to a network; one that is away may come back."""
    pool = app.extensions["pool"]
    try:
        fault = schema_fault(pool) or pin_key_fault(pool, app.config["SETTINGS"])
        if not fault and not may_be_demo and has_demo_data(pool):
            fault = (
                "This is demo data, whose PINs everybody knows, and http_host would show it to the network."
                " Set http_host=localhost, or allow_demo_on_network=1 if that is what you want."
            )
        warning = None if fault else clock_fault(pool)
    except DatabaseUnavailable as error:
        print(f"The database cannot be reached yet: {error}", file=sys.stderr)
        return
    if fault:
        sys.exit(fault)
    if warning:
        print(warning, file=sys.stderr)


if __name__ == "__main__":
    main()
