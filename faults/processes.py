"""Finds, freezes and kills processes; one that has already ended is no error."""

import signal
import socket
from contextlib import suppress
from pathlib import Path

import psutil

from bench.client import HOST


def free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        return server.getsockname()[1]


def family(pid: int) -> list[psutil.Process]:
    """A process and its descendants; empty if it has ended."""
    with suppress(psutil.NoSuchProcess):
        return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return []


def freeze(processes: list[psutil.Process]) -> None:
    _signal(processes, signal.SIGSTOP)


def thaw(processes: list[psutil.Process]) -> None:
    _signal(processes, signal.SIGCONT)


def kill(processes: list[psutil.Process]) -> None:
    _signal(processes, signal.SIGKILL)


def postmaster(folder: Path) -> psutil.Process:
    """The PostgreSQL whose data lie in this folder. Raises LookupError."""
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            command = process.cmdline()
            if "-D" in command and command[command.index("-D") + 1].startswith(str(folder)):
                return process
    raise LookupError(f"no PostgreSQL runs in {folder}")


def _signal(processes: list[psutil.Process], number: int) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
