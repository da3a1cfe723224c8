"""Where the faults happen: main.py with its eight writers, and the PostgreSQL that it uses."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.client import HOST
from faults import serving
from faults.proxy import Proxy
from faults.serving import ROOT, SETTINGS, Serving
from faults.writers import Writers
from sih import clock, demo, embedded, pins
from sih.dao.audits import signed
from sih.dao.query import Pool, Query
from tests import servers

PEOPLE = 500
LOGS = ROOT / "instance" / "faults"
ACCOUNT = {"user": "sih_app", "dbname": "sih"}
ROOMY = "600m"  # of the small disk: more than PostgreSQL fills by itself
GUARDS = ("fsync", "full_page_writes", "synchronous_commit")
CHOICES = """
SELECT (SELECT max(k.id) FROM asset_kind k WHERE k.is_active) AS asset_kind_id,
       (SELECT max(c.id) FROM category c WHERE c.is_active) AS category_id,
       (SELECT max(d.id) FROM division d
        WHERE d.is_active AND d.parent_id IS NULL AND NOT d.is_helpdesk
          AND NOT EXISTS (SELECT FROM division b WHERE b.parent_id = d.id)) AS division_id
"""
# Each with the PIN of the demo, so that all can sign in at once without being mistaken for one who guesses.
CROWD = """
INSERT INTO employee (nik, name, role, store_id, pin_hash)
SELECT 'R' || n || 'X', 'Pelapor ' || n, 'reporter', e.store_id, e.pin_hash
FROM (SELECT store_id, pin_hash FROM employee WHERE role = 'reporter' AND pin_hash IS NOT NULL LIMIT 1) AS e,
     generate_series(1000, 999 + %(people)s) AS n
"""


class NotRun(Exception):
    """This part needs what the machine does not have; the message names it."""


@dataclass
class Stand:
    """`data` is the folder in which PostgreSQL keeps its data, somewhere; `disk` a small one of its own."""

    serving: Serving
    writers: Writers
    data: Path
    account: dict[str, str]
    proxy: Proxy | None = None
    disk: Path | None = None
    crowd: tuple[str, ...] = ()  # NIKs of people who do nothing but sign in

    @property
    def postmaster(self) -> psutil.Process:
        return serving.postmaster(self.data)

    @property
    def postgres(self) -> list[psutil.Process]:
        """The postmaster and its backends."""
        return [self.postmaster, *self.postmaster.children(recursive=True)]

    def opened(self) -> servers.opened:
        """A Query of the application's role, not through the proxy."""
        return servers.opened(Pool(**self.account))


@contextmanager
def as_new_user(folder: Path, name: str = "embedded") -> Iterator[Stand]:
    """As somebody who just cloned it starts it: with the PostgreSQL that it brings, on demo data."""
    instance = folder / name
    served = Serving(_log(name), {"instance_path": str(instance)})
    try:
        password = json.loads((instance / "secrets.json").read_text())["db_password_postgres"]
        yield _ready(served, instance, password)
    finally:
        served.stop()
        for process in _postgres_left(instance):
            process.kill()


@contextmanager
def on_a_server(folder: Path) -> Iterator[Stand]:
    """On a PostgreSQL of its own, behind a proxy, prepared as an administrator does it."""
    data = folder / "server"
    server = embedded.start(data)
    proxy = Proxy(server.port)
    settings = {"db_host_postgres": HOST, "db_user_postgres": ACCOUNT["user"], "db_sid_postgres": ACCOUNT["dbname"]}
    settings |= {"db_port_postgres": str(proxy.port), "db_password_postgres": servers.APP_PASSWORD}
    admin = {"host": HOST, "port": server.port, "user": server.admin_user, "password": server.admin_password}
    try:
        init_db(settings, admin)
        crowd = fill(admin)
        served = Serving(_log("server"), settings)
        try:
            stand = _ready(served, data, servers.APP_PASSWORD)
            stand.proxy, stand.crowd = proxy, crowd
            yield stand
        finally:
            served.stop()
    finally:
        proxy.stop()
        for process in _postgres_left(data):
            process.resume()
        server.stop()


@contextmanager
def on_a_small_disk(folder: Path) -> Iterator[Stand]:
    """As a new user, with the data on a disk of its own, which can be made full. Raises NotRun."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOMY},mode=755", "none", disk], capture_output=True
    )
    if mounted.returncode:
        raise NotRun(f"a full disk: root must be able to mount a tmpfs ({mounted.stderr.decode().strip()})")
    try:
        with as_new_user(disk, "small-disk") as stand:
            stand.disk = disk
            yield stand
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def init_db(settings: dict[str, str], admin: dict) -> None:
    """`flask --app sih init-db --admin-user ...` on the server of `admin`."""
    place = {"db_host_postgres": str(admin["host"]), "db_port_postgres": str(admin["port"])}
    command = [sys.executable, "-m", "flask", "--app", "sih", "init-db", "--admin-user", admin["user"]]
    env = serving.environment(settings | place) | {"PGPASSWORD": admin["password"]}
    subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


def fill(admin: dict) -> tuple[str, ...]:
    """The invented company, and a crowd of reporters; gives the crowd's NIKs."""
    with servers.opened(Pool(**admin, dbname=ACCOUNT["dbname"])) as query:
        demo.fill(query, lambda pin: pins.hash_pin(pin, SETTINGS["pin_key"]), clock.now())
        with signed(query, clock.now(), None, "faults"):
            query.execute(CROWD, {"people": PEOPLE})
    return tuple(f"R{number}X" for number in range(1000, 1000 + PEOPLE))


def choices(query: Query) -> dict[str, int]:
    """What the writers' forms name. Raises RuntimeError unless PostgreSQL keeps what it acknowledged."""
    for name in GUARDS:
        if query.select_one(f"SHOW {name}")[name] != "on":
            raise RuntimeError(f"{name} is off: what was acknowledged may be lost")
    return query.select_one(CHOICES)


def _ready(served: Serving, data: Path, password: str) -> Stand:
    command = serving.postmaster(data).cmdline()
    port = next(part.partition("=")[2] for part in command if part.startswith("port="))
    account = ACCOUNT | {"host": HOST, "port": port, "password": password, "sslmode": "disable"}
    with servers.opened(Pool(**account)) as query:
        writers = Writers([served.port], served.niks("handler", "Helpdesk"), served.pin, choices(query))
    return Stand(served, writers, data, account)


def _postgres_left(data: Path) -> list[psutil.Process]:
    try:
        postmaster = serving.postmaster(data)
        return [postmaster, *postmaster.children(recursive=True)]
    except (LookupError, psutil.NoSuchProcess):
        return []


def _log(name: str) -> Path:
    """What main.py says on this stand, of this run only."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    log.unlink(missing_ok=True)
    return log
