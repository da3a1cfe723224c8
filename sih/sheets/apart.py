"""Reads a file in a separate process with limits of processor time and memory, so that a hostile file can harm only
that process. It has neither the settings nor the database connections of this one."""

import contextlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, cast

import psutil

from sih.sheets import faults
from sih.sheets.faults import Fault, SheetError
from sih.sheets.reading import Column, Lists, Row, Sheet

SECONDS, BYTES = 60, 800_000_000  # CPU seconds; bytes of memory, several times what 300,000 rows take
SILENCE = 120.0  # seconds without a row before the process is killed
KERNEL_LIMITS = sys.platform == "linux"  # Windows has no such limits, macOS none of memory: this process polls
LOOK_EVERY = 0.25  # seconds
# The package sih imports the whole application, which takes seconds; an empty module replaces it in the child.
PROGRAM = """
import importlib, sys, types
sys.modules["sih"] = types.ModuleType("sih")
sys.modules["sih"].__path__ = [sys.argv[1]]
importlib.import_module(sys.argv[2]).main(*sys.argv[3:])
"""
KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")  # environment variables that the child inherits
log = logging.getLogger("sih")
_running: set[subprocess.Popen] = set()
_stopped: set[subprocess.Popen] = set()


def stop_reading() -> None:
    """Kills every reading process of this process; the code that waits for one gets a SystemExit."""
    _stopped.update(_running)
    for process in list(_stopped):
        process.kill()


@contextlib.contextmanager
def read_apart(
    content: bytes, columns: list[Column], chosen: list[str] | None = None, has_cells: bool = False
) -> Generator[Lists]:
    """Reads as reading.read_sheet() does, in a separate process. Raises SheetError, also while the rows are read."""
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as complaints:
        file.write(content)
        file.seek(0)
        command = command_of("sih.sheets.reading_process")
        process = subprocess.Popen(  # noqa: S603 - constants and the names of columns
            [
                *command,
                json.dumps({"columns": [asdict(one) for one in columns], "chosen": chosen, "has_cells": has_cells}),
                str(SECONDS),
                str(BYTES),
            ],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment(),
        )
        answers = cast(IO[bytes], process.stdout)  # a pipe, see stdout=PIPE
        _running.add(process)
        if not KERNEL_LIMITS:
            threading.Thread(target=limit, args=(process, SECONDS, BYTES), daemon=True).start()
        try:
            messages = _messages(process, answers, complaints)
            head = next(messages)
            yield Lists([Sheet(**sheet) for sheet in head["sheets"]], head["headings"], _rows(messages))
        finally:
            process.kill()
            answers.close()
            process.wait()
            _running.discard(process)
            _stopped.discard(process)


def command_of(module: str) -> list[str]:
    """The command that runs main() of this module of SIH with the arguments that follow, in a bare process."""
    return [sys.executable, "-I", "-c", PROGRAM, str(Path(__file__).parents[1]), module]


def environment() -> dict[str, str]:
    """What such a process inherits."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}


def limit(process: subprocess.Popen, seconds: float, size: int) -> None:
    """Kills the process once it has used `seconds` of processor time or `size` bytes of memory; returns when the
    process has ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        seen = psutil.Process(process.pid)
        while process.poll() is None:
            times = seen.cpu_times()
            if times.user + times.system > seconds or seen.memory_info().rss > size:
                process.kill()
            time.sleep(LOOK_EVERY)


def _rows(messages: Iterator[dict]) -> Iterator[Row]:
    for message in messages:
        sheet, names = message["sheet"], message["columns"]
        for number, facts, row_faults, is_hidden, more in message["rows"]:
            found = [Fault(*fault) for fault in row_faults]
            yield Row(number, dict(zip(names, facts, strict=True)), found, sheet, is_hidden, **more)


def _messages(process: subprocess.Popen, answers: IO[bytes], complaints) -> Iterator[dict]:
    """The messages of the process until it ends. Raises SheetError for a refused file, and where the process is silent
    for too long or dies."""
    while True:
        silence = threading.Timer(SILENCE, process.kill)
        silence.start()
        line = answers.readline()
        silence.cancel()
        if not line.endswith(b"\n"):
            raise _end(process, complaints)
        message = json.loads(line)
        if "refused" in message:
            log.info("import refused", extra={"facts": {"cause": message["cause"]}})
            raise SheetError(message["refused"], **message["facts"])
        if "end" in message:
            return
        yield message


def _end(process: subprocess.Popen, complaints) -> BaseException:
    """The exception for a process that ended early: a limit or its silence killed it, unless Python itself ran out of
    memory."""
    status = process.wait()
    complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - 2000))
    output = complaints.read().decode("utf-8", "replace")
    log.warning("reading ended", extra={"facts": {"status": status, "output": output}})
    if process in _stopped:
        return SystemExit()
    if output and "MemoryError" not in output:
        return RuntimeError(f"the file could not be read: {output[-500:]}")
    return faults.too_complex()
