"""Does a server of these data run? Its pid file only hints: the number may be a zombie's or a stranger's.
Source of the file's lines: https://www.postgresql.org/docs/current/storage-file-layout.html"""

from contextlib import suppress
from pathlib import Path

import psutil
import psycopg2
import psycopg2.extensions

from .access import ADMIN, HOST, Access

# Everything that PG* variables of this process could turn otherwise.
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
    # Whoever took our port while we were away must not be told the password.
    PLAIN["require_auth"] = "scram-sha-256"


def answers(data: Path, entry: Access) -> bool:
    """The proof of life: somebody signs in on the remembered port and is told that these data are served."""
    try:
        connection = psycopg2.connect(host=HOST, port=entry.port, user=ADMIN, password=entry.password, **PLAIN)
    except psycopg2.OperationalError:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            return Path(cursor.fetchone()[0]).resolve() == data
    except psycopg2.Error:  # it was just stopping
        return False
    finally:
        connection.close()


def says_ready(data: Path) -> bool:
    """Whether it is worth signing in; before, each attempt would be a line in the server's log."""
    lines = _pid_file(data)
    return len(lines) > 7 and lines[7].strip() == "ready"


def runs(data: Path) -> bool:
    """Whether the number in the pid file is a living postgres that was started on these data."""
    lines = _pid_file(data)
    try:
        # A zombie has no command line, so this asks for life too.
        command = psutil.Process(int(lines[0])).cmdline()
    except (psutil.Error, ValueError, IndexError):
        return False
    return bool(command) and Path(command[0]).name.startswith("postgres") and str(data) in command


def end_orphans(data: Path) -> None:
    """Kills what a dead postmaster left behind: a backend that is busy notices its death late, and no server starts
    on these data before. Only where no server runs. Crash recovery makes good whatever they were writing."""
    for process in psutil.process_iter(["name"]):
        if (process.info["name"] or "").startswith("postgres"):
            # Not ours to ask, or just ended.
            with suppress(psutil.Error, OSError):
                if Path(process.cwd()) == data:  # every process of a server stands in its data folder
                    process.kill()


def forget(data: Path) -> None:
    """Removes the pid file of a server that does not run; postgres would believe it."""
    (data / "postmaster.pid").unlink(missing_ok=True)


def _pid_file(data: Path) -> list[str]:
    with suppress(FileNotFoundError):
        return (data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
    return []
