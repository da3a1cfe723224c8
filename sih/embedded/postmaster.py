"""Whether a server runs on a data folder. The pid file alone does not prove it: the process may be a zombie, or the
number may belong to another program by now. Lines of the file: https://www.postgresql.org/docs/current/storage-file-layout.html"""

from contextlib import suppress
from pathlib import Path

import psutil
import psycopg2
import psycopg2.extensions

from .access import ADMIN, HOST, Access

# Set explicitly, because PG* environment variables of this process could set them otherwise.
PLAIN = {
    "dbname": "postgres",
    "connect_timeout": 5,  # seconds
    "sslmode": "disable",
    "gssencmode": "disable",
    "channel_binding": "disable",
    "client_encoding": "utf8",
    "options": "",
    "target_session_attrs": "any",
}
if psycopg2.extensions.libpq_version() >= 160000:
    # Another program may have taken the port: never send it the password in clear text.
    PLAIN["require_auth"] = "scram-sha-256"


def answers(data: Path, entry: Access) -> bool:
    """Whether the server on the stored port accepts the password and serves this data folder."""
    try:
        connection = psycopg2.connect(host=HOST, port=entry.port, user=ADMIN, password=entry.password, **PLAIN)
    except psycopg2.OperationalError:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            return Path(cursor.fetchone()[0]).resolve() == data
    except psycopg2.Error:  # the server is shutting down
        return False
    finally:
        connection.close()


def says_ready(data: Path) -> bool:
    """Whether the pid file says "ready". Earlier attempts to connect would only add lines to the server's log."""
    lines = _pid_file(data)
    return len(lines) > 7 and lines[7].strip() == "ready"


def runs(data: Path) -> bool:
    """Whether the process of the pid file is alive and is a postgres started on these data."""
    lines = _pid_file(data)
    try:
        # A zombie has no command line, so this excludes zombies too.
        command = psutil.Process(int(lines[0])).cmdline()
    except (psutil.Error, ValueError, IndexError):
        return False
    return bool(command) and Path(command[0]).name.startswith("postgres") and str(data) in command


def end_orphans(data: Path) -> None:
    """Kills backends that outlived their postmaster. A busy one notices its death late, and no server can start on
    these data until it ends. Call only while no server runs. Crash recovery repairs whatever they were writing."""
    for process in psutil.process_iter(["name"]):
        if (process.info["name"] or "").startswith("postgres"):
            # No permission to inspect the process, or it has just ended.
            with suppress(psutil.Error, OSError):
                if Path(process.cwd()) == data:  # the data folder is the working directory of every process of a server
                    process.kill()


def forget(data: Path) -> None:
    """Removes the pid file of a server that is not running, since postgres would trust it."""
    (data / "postmaster.pid").unlink(missing_ok=True)


def _pid_file(data: Path) -> list[str]:
    with suppress(FileNotFoundError):
        return (data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
    return []
