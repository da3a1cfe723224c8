"""Two PostgreSQL under Patroni with etcd, and PgBouncer, all on this machine and in one folder.
Sources: https://patroni.readthedocs.io, https://www.pgbouncer.org/config.html"""

import http.client
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from bench.client import HOST
from faults.processes import family, free_port, kill, postmaster, thaw

BINARIES = Path("/usr/lib/postgresql/15/bin")
NEEDED = ("etcd", "patroni", "pgbouncer", str(BINARIES / "postgres"))
OWNER, PASSWORD = "postgres", "only-for-tests"  # PostgreSQL refuses to be root's
TIMES = {"ttl": 20, "loop_wait": 5, "retry_timeout": 5}  # seconds; the shortest ttl that Patroni takes
PATIENCE = 180.0  # seconds until the cluster must be as it should be


class Node:
    """A machine of the cluster: a Patroni and its PostgreSQL."""

    def __init__(self, name: str, folder: Path, logs: Path, etcd_port: int) -> None:
        self.name, self.port, self._rest_port, self._data = name, free_port(), free_port(), folder / name
        self._folder, self._log = folder, logs / f"cluster-{name}.log"
        self._config = folder / f"{name}.json"
        self._config.write_text(json.dumps(self._settings(folder, etcd_port)))  # JSON is YAML, too
        self.start()

    def start(self) -> None:
        self._process = _started(["patroni", str(self._config)], self._folder, self._log)

    def processes(self) -> list[psutil.Process]:
        """The processes of Patroni and of its PostgreSQL, which outlives it."""
        found = family(self._process.pid)
        with suppress(LookupError):
            found += family(postmaster(self._data).pid)
        return found

    def kill(self) -> None:
        kill(self.processes())
        self._process.wait()

    def is_a(self, role: str) -> bool:
        """`role`: primary, or synchronous (a standby that has every acknowledged change)."""
        return self.status_of("GET", f"/{role}") == 200

    def status_of(self, method: str, path: str, facts: dict | None = None) -> int | None:
        """The HTTP status of Patroni's answer; None without an answer."""
        connection = http.client.HTTPConnection(HOST, self._rest_port, timeout=60 if facts else 2)
        with suppress(OSError, http.client.HTTPException):
            connection.request(method, path, json.dumps(facts) if facts else None)
            return connection.getresponse().status
        return None

    def _settings(self, folder: Path, etcd_port: int) -> dict:
        rest, place = f"{HOST}:{self._rest_port}", f"{HOST}:{self.port}"
        accounts = {use: {"username": use, "password": PASSWORD} for use in ("replication", "rewind")}
        everybody = [f"host {what} all {HOST}/32 scram-sha-256" for what in ("all", "replication")]
        return {
            "scope": "sih",
            "name": self.name,
            "restapi": {"listen": rest, "connect_address": rest},
            # Not etcd3: with it a Patroni 3.0 that was frozen takes the lock back from the node that was promoted
            # meanwhile, and what that one acknowledged is rewound.
            "etcd": {"host": f"{HOST}:{etcd_port}"},
            "bootstrap": {
                "dcs": TIMES | {"synchronous_mode": True, "postgresql": {"use_pg_rewind": True}},
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
            },
            "postgresql": {
                "listen": place,
                "connect_address": place,
                "data_dir": str(self._data),
                "bin_dir": str(BINARIES),
                "pgpass": str(folder / f"{self.name}.pgpass"),
                "authentication": accounts | {"superuser": {"username": OWNER, "password": PASSWORD}},
                "parameters": {"unix_socket_directories": str(folder)},
                "pg_hba": ["local all all scram-sha-256", *everybody],
            },
        }


class Cluster:
    def __init__(self, folder: Path, logs: Path) -> None:
        folder.mkdir(mode=0o700)
        shutil.chown(folder, OWNER, OWNER)
        client, peer = (f"http://{HOST}:{free_port()}" for _ in range(2))
        command = ["etcd", "--data-dir", str(folder / "etcd"), "--log-level", "error", "--enable-v2"]
        command += ["--listen-client-urls", client, "--advertise-client-urls", client]
        command += ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer]
        self._etcd = _started([*command, "--initial-cluster", f"default={peer}"], folder, logs / "cluster-etcd.log")
        port = int(client.rpartition(":")[2])
        self.nodes = [Node(name, folder, logs, port) for name in ("one", "two")]
        self.admin = {"user": OWNER, "password": PASSWORD}

    @property
    def primary(self) -> Node:
        return self._node("primary")

    @property
    def standby(self) -> Node:
        return self._node("synchronous")

    def is_whole(self) -> bool:
        """A primary, and a standby without which nothing is acknowledged."""
        return {node.is_a("primary") for node in self.nodes} == {True, False} and any(
            node.is_a("synchronous") for node in self.nodes
        )

    def _node(self, role: str) -> Node:
        for node in self.nodes:
            if node.is_a(role):
                return node
        raise TimeoutError(f"no node of the cluster is {role}")

    def stop(self) -> None:
        for processes in [*[node.processes() for node in self.nodes], family(self._etcd.pid)]:
            thaw(processes)
            kill(processes)


class PgBouncer:
    """In transaction mode, before the server on this port; `account` may enter its database and the console."""

    def __init__(self, folder: Path, logs: Path, target: int, account: dict[str, str]) -> None:
        self.port, self._account, users = free_port(), account, folder / "users.txt"
        users.write_text(f'"{account["user"]}" "{account["password"]}"\n')
        config = folder / "pgbouncer.ini"
        config.write_text(
            f"[databases]\n{account['dbname']} = host={HOST} port={target}\n[pgbouncer]\nlisten_addr = {HOST}\n"
            f"listen_port = {self.port}\nunix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {users}\n"
            f"pool_mode = transaction\ndefault_pool_size = 20\nadmin_users = {account['user']}\n"
        )
        self._process = _started(["pgbouncer", str(config)], folder, logs / "cluster-pgbouncer.log")
        wait_for(lambda: self.runs("SHOW VERSION"), "PgBouncer answers")

    def runs(self, command: str) -> bool:
        """Runs a command on its console; whether it succeeded."""
        address = ["-h", HOST, "-p", str(self.port), "-U", self._account["user"], "-d", "pgbouncer"]
        psql = [str(BINARIES / "psql"), *address, "-X", "-q", "-c", command]
        env = os.environ | {"PGPASSWORD": self._account["password"]}
        return subprocess.run(psql, env=env, capture_output=True).returncode == 0

    def stop(self) -> None:
        kill(family(self._process.pid))


def missing() -> str | None:
    """What this machine lacks for a cluster; None if nothing is missing."""
    if os.geteuid():
        return "root, who starts programs as another user"
    return ", ".join(name for name in NEEDED if not shutil.which(name)) or None


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"it did not come about within {PATIENCE:.0f} s that {what}")
        time.sleep(0.1)


def _started(command: list[str], folder: Path, log: Path) -> subprocess.Popen:
    """As the owner of PostgreSQL, in a session of its own, so that Ctrl-C reaches it through `stop` alone."""
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder)}
    with log.open("a") as output:
        return subprocess.Popen(
            command, cwd=folder, env=env, user=OWNER, group=OWNER, extra_groups=[], stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
