"""The PostgreSQL of the tests: the embedded one, or, where SIH_TEST_PG names it, a server of its own."""

from pathlib import Path

from bench.databases import named_server
from sih import embedded

FOLDER = Path(__file__).resolve().parent.parent / "instance" / "tests"
QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "200"}


def start() -> tuple[dict, object]:
    """An administrator's address, and what to stop at the end (or None)."""
    if named := named_server():
        return named, None
    server = embedded.start(FOLDER, settings=QUICK)
    place = {"host": server.host, "port": server.port, "sslmode": "disable"}
    return {**place, "user": server.admin_user, "password": server.admin_password}, server
