"""The test beds of the fault campaign: main.py with its PostgreSQL and eight writers."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench import databases
from bench.client import HOST
from faults import cluster, processes
from faults.cluster import Cluster, PgBouncer
from faults.processes import family, kill, thaw
from faults.proxy import Proxy
from faults.serving import ROOT, SETTINGS, Serving, environment
from faults.writers import Writers
from sih import demo, embedded
from sih.dao.audits import signed
from sih.dao.query import Pool
from sih.domain import clock, pins

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
class Testbed:
    """`account` is how the application's role reaches the database, past every proxy; `data` is the folder in which
    PostgreSQL keeps its data; the other parts belong to some test beds only."""

    servings: list[Serving]
    writers: Writers
    account: dict[str, str]
    data: Path | None = None
    proxy: Proxy | None = None
    disk: Path | None = None
    cluster: Cluster | None = None
    bouncer: PgBouncer | None = None
    crowd: tuple[str, ...] = ()  # NIKs of people who do nothing but sign in

    @property
    def serving(self) -> Serving:
        return self.servings[0]

    @property
    def postmaster(self) -> psutil.Process:
        return processes.postmaster(self.data)

    @property
    def postgres(self) -> list[psutil.Process]:
        """The postmaster and its backends."""
        return family(self.postmaster.pid)

    def opened(self) -> databases.opened:
        return databases.opened(Pool(**self.account))

    def is_whole(self) -> bool:
        """The application is ready, with as many processes as at its start."""
        return all(served.is_whole() for served in self.servings)

    def restart(self) -> None:
        """By hand: where it did not come back by itself."""
        for served in self.servings:
            served.restart()


@contextmanager
def as_new_user(folder: Path, name: str = "embedded") -> Iterator[Testbed]:
    """As somebody who just cloned it starts it: with the PostgreSQL that it brings, on demo data."""
    instance = folder / name
    served = Serving(log_of(name), {"instance_path": str(instance)})
    try:
        password = json.loads((instance / "secrets.json").read_text())["db_password_postgres"]
        yield _ready(served, instance, password)
    finally:
        served.stop()
        kill(_postgres_of(instance))


@contextmanager
def on_a_server(folder: Path) -> Iterator[Testbed]:
    """On a PostgreSQL of its own, behind a proxy, prepared as an administrator does it."""
    data = folder / "server"
    server = embedded.start(data)
    proxy = Proxy(server.port)
    settings = _settings({"host": HOST, "port": str(proxy.port)})
    admin = {"host": HOST, "port": server.port, "user": server.admin_user, "password": server.admin_password}
    try:
        init_db(settings, admin)
        crowd = fill(admin)
        served = Serving(log_of("server"), settings)
        try:
            testbed = _ready(served, data, databases.APP_PASSWORD)
            testbed.proxy, testbed.crowd = proxy, crowd
            yield testbed
        finally:
            served.stop()
    finally:
        proxy.stop()
        thaw(_postgres_of(data))
        server.stop()


@contextmanager
def on_a_small_disk(folder: Path) -> Iterator[Testbed]:
    """As a new user, with the data on a disk of its own, which can be made full. Raises NotRun."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOMY},mode=755", "none", disk], capture_output=True
    )
    if mounted.returncode:
        raise NotRun(f"a full disk: root must be able to mount a tmpfs ({mounted.stderr.decode().strip()})")
    try:
        with as_new_user(disk, "small-disk") as testbed:
            testbed.disk = disk
            yield testbed
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


@contextmanager
def in_a_cluster(folder: Path) -> Iterator[Testbed]:
    """Two applications that know both PostgreSQL of a cluster. Raises NotRun."""
    with _cluster(folder / "cluster") as found:
        both = {"host": f"{HOST},{HOST}", "port": ",".join(str(node.port) for node in found.nodes)}
        with _two_applications(both, both) as testbed:
            testbed.cluster = found
            yield testbed


@contextmanager
def behind_pgbouncer(folder: Path) -> Iterator[Testbed]:
    """Two applications that reach the primary of a cluster through PgBouncer. Raises NotRun."""
    place = folder / "cluster-behind-pgbouncer"
    with _cluster(place) as found:
        bouncer = PgBouncer(place, LOGS, found.primary.port, ACCOUNT | {"password": databases.APP_PASSWORD})
        try:
            address = {"host": HOST, "port": str(bouncer.port)}
            with _two_applications(address, address | {"port": str(found.primary.port)}) as testbed:
                testbed.bouncer = bouncer
                yield testbed
        finally:
            bouncer.stop()


@contextmanager
def _cluster(folder: Path) -> Iterator[Cluster]:
    if fault := cluster.missing():
        raise NotRun(f"the cluster: it needs {fault}")
    LOGS.mkdir(parents=True, exist_ok=True)
    found = Cluster(folder, LOGS)
    try:
        cluster.wait_for(found.is_whole, "the cluster has a primary and a standby")
        admin = found.admin | {"host": HOST, "port": found.primary.port}
        init_db(_settings({}), admin)
        fill(admin)
        yield found
    finally:
        found.stop()


@contextmanager
def _two_applications(address: dict[str, str], past: dict[str, str]) -> Iterator[Testbed]:
    """`address` is theirs, `past` the one past every proxy; with the db_timeout that SIH has by itself."""
    with ExitStack() as stack:
        servings = []
        for name in ("first", "second"):
            servings.append(Serving(log_of(f"cluster-{name}"), _settings(address) | {"db_timeout": "20"}))
            stack.callback(servings[-1].stop)
        yield ready(servings, None, past | {"password": databases.APP_PASSWORD})


def _settings(address: dict[str, str]) -> dict[str, str]:
    """Of the application's role, on the server of this host and port."""
    settings = {"db_user_postgres": ACCOUNT["user"], "db_sid_postgres": ACCOUNT["dbname"]}
    return (
        settings
        | {"db_password_postgres": databases.APP_PASSWORD}
        | {f"db_{name}_postgres": text for name, text in address.items()}
    )


def init_db(settings: dict[str, str], admin: dict) -> None:
    """`flask --app sih init-db --admin-user ...` on the server of `admin`."""
    place = {"db_host_postgres": str(admin["host"]), "db_port_postgres": str(admin["port"])}
    command = [sys.executable, "-m", "flask", "--app", "sih", "init-db", "--admin-user", admin["user"]]
    env = environment(settings | place) | {"PGPASSWORD": admin["password"]}
    subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


def fill(admin: dict) -> tuple[str, ...]:
    """The invented company, and a crowd of reporters; gives the crowd's NIKs."""
    with databases.opened(Pool(**admin, dbname=ACCOUNT["dbname"])) as query:
        demo.fill(query, lambda pin: pins.hash_pin(pin, SETTINGS["pin_key"]), clock.now())
        with signed(query, clock.now(), None, "faults"):
            query.execute(CROWD, {"people": PEOPLE})
    return tuple(f"R{number}X" for number in range(1000, 1000 + PEOPLE))


def ready(servings: list[Serving], data: Path | None, address: dict[str, str]) -> Testbed:
    """With writers who go to all of these in turn. Raises RuntimeError unless PostgreSQL keeps what it acknowledged."""
    account = ACCOUNT | {"host": HOST, "sslmode": "disable"} | address
    ports, one = [served.port for served in servings], servings[0]
    with databases.opened(Pool(**account)) as query:
        for name in GUARDS:
            if query.one(f"SHOW {name}")[name] != "on":
                raise RuntimeError(f"{name} is off: what was acknowledged may be lost")
        writers = Writers(ports, one.niks("handler", "Helpdesk"), one.pin, query.one(CHOICES))
    return Testbed(servings, writers, account, data)


def _ready(served: Serving, data: Path, password: str) -> Testbed:
    """On the PostgreSQL of this folder, whatever its port is."""
    command = processes.postmaster(data).cmdline()
    port = next(part.partition("=")[2] for part in command if part.startswith("port="))
    return ready([served], data, {"port": port, "password": password})


def _postgres_of(data: Path) -> list[psutil.Process]:
    try:
        return family(processes.postmaster(data).pid)
    except LookupError:
        return []


def log_of(name: str) -> Path:
    """What main.py says on this testbed, of this run only."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    log.unlink(missing_ok=True)
    return log
