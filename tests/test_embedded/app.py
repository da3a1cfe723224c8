"""A process that uses the embedded PostgreSQL, as SIH does: `python app.py <wish as JSON>`. It prints
its facts as a line of JSON and stays until its input ends. Meanwhile the tests stop and kill it."""

import json
import os
import pwd
import signal
import sys
import types
from pathlib import Path

import psycopg2

# Without the application around it: half a second less for each of many processes.
SIH = types.ModuleType("sih")
SIH.__path__ = [str(Path(__file__).resolve().parents[2] / "sih")]
sys.modules["sih"] = SIH

from sih import embedded  # noqa: E402
from sih.embedded.account import Account  # noqa: E402
from sih.embedded.binaries import find  # noqa: E402
from sih.embedded.home import reachable  # noqa: E402

COUNT_THIS_START = """
    SELECT pg_advisory_xact_lock(1);
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE EXTENSION IF NOT EXISTS btree_gin;
    CREATE TABLE IF NOT EXISTS start (at timestamptz DEFAULT clock_timestamp());
    INSERT INTO start DEFAULT VALUES;
    SELECT count(*) FROM start"""


def main(
    folder: str,
    binaries: str | None = None,
    settings: dict | None = None,
    user: str | None = None,
    fork: bool = False,
    exit_on_term: bool = False,
    make_only: bool = False,
    watch: bool = False,
) -> None:
    """Joins the server of the folder as `user`; `make_only` leaves at once, `fork` begins a worker, `watch` starts a
    server that has died again."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is born deaf to Ctrl+C
    binaries = binaries and Path(binaries)
    if user:
        binaries = _become(user, binaries)
    if exit_on_term:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server = embedded.start(Path(folder), binaries, {"fsync": "off", **(settings or {})})
    except embedded.EmbeddedError as error:
        _tell(error=str(error))
        return
    try:
        if make_only:
            return
        if watch:
            server.watch()
        _tell(pid=os.getpid(), child=_forked(server) if fork else None, **_facts(server))
        sys.stdin.read()
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()
        server.stop()


def _become(name: str, binaries: Path | None) -> Path | None:
    """From root to a normal user, in this process: Python itself may lie where that user cannot go."""
    user = pwd.getpwnam(name)
    binaries = binaries or reachable(find(), Account(user.pw_uid, user.pw_gid)).folder
    "".encode("idna")  # loaded now, as long as it can be read
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    return binaries


def _forked(server: embedded.EmbeddedServer) -> int:
    """A worker that inherited the server, tries to stop it, and then stays. Returns its pid."""
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        server.stop()
        os.write(tell, b"!")
        signal.pause()
    os.read(ready, 1)
    return child


def _facts(server: embedded.EmbeddedServer) -> dict:
    who = {"user": server.admin_user, "password": server.admin_password, "dbname": "postgres"}
    connection = psycopg2.connect(host=server.host, port=server.port, sslmode="disable", options="", **who)
    with connection, connection.cursor() as cursor:
        cursor.execute(COUNT_THIS_START)
        starts = cursor.fetchone()[0]
        cursor.execute("SELECT name, setting FROM pg_settings")
        settings = dict(cursor.fetchall())
        cursor.execute("SELECT datcollate, datlocprovider FROM pg_database WHERE datname = 'postgres'")
        collation = cursor.fetchone()
    connection.close()
    return {"port": server.port, **who, "starts": starts, "settings": settings, "collation": collation}


def _tell(**facts) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
