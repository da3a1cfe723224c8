"""A file read in a process of its own, with limits of processor time and memory: a file that costs too much costs only
itself. That process has neither the settings nor the connections of this one."""

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

SECONDS, BYTES = 60, 800_000_000  # of processor time; of memory, several times what 300,000 rows take
SILENCE = 120.0  # seconds without a row
KERNEL_LIMITS = sys.platform == "linux"  # Windows has no such limits, macOS none of memory: there this process looks
LOOK_EVERY = 0.25  # seconds
# The package sih wires the whole application, which takes seconds; here it stands for its folder alone.
PROGRAM = """
import sys, types
sys.modules["sih"] = types.ModuleType("sih")
sys.modules["sih"].__path__ = [sys.argv[1]]
from sih.sheets.reading_process import main
main(*sys.argv[2:])
"""
KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")  # of the environment
log = logging.getLogger("sih")
_running: set[subprocess.Popen] = set()
_stopped: set[subprocess.Popen] = set()


def stop_reading() -> None:
    """Ends every reading that this process has begun; whoever waits for one gets a SystemExit."""
    _stopped.update(_running)
    for process in list(_stopped):
        process.kill()


@contextlib.contextmanager
def read_apart(content: bytes, columns: list[Column], chosen: list[str] | None = None) -> Generator[Lists]:
    """As reading.read_sheet(), and like it raises SheetError, also while the rows are read."""
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as complaints:
        file.write(content)
        file.seek(0)
        command = [sys.executable, "-I", "-c", PROGRAM, str(Path(__file__).parents[1])]
        process = subprocess.Popen(  # noqa: S603 - constants and the names of columns
            [*command, json.dumps([asdict(one) for one in columns]), json.dumps(chosen), str(SECONDS), str(BYTES)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={name: os.environ[name] for name in KEPT if name in os.environ},
        )
        answers = cast(IO[bytes], process.stdout)  # a pipe, as asked for
        _running.add(process)
        if not KERNEL_LIMITS:
            threading.Thread(target=limit, args=(process, SECONDS, BYTES), daemon=True).start()
        try:
            messages = _messages(process, answers, complaints)
            yield Lists([Sheet(**sheet) for sheet in next(messages)["sheets"]], _rows(messages))
        finally:
            process.kill()
            answers.close()
            process.wait()
            _running.discard(process)
            _stopped.discard(process)


def limit(process: subprocess.Popen, seconds: float, size: int) -> None:
    """Kills the process once it has used so many seconds of processor time or bytes of memory; returns when it has
    ended."""
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
        for number, facts, row_faults, is_hidden in message["rows"]:
            found = [Fault(*fault) for fault in row_faults]
            yield Row(number, dict(zip(names, facts, strict=True)), found, sheet, is_hidden)


def _messages(process: subprocess.Popen, answers: IO[bytes], complaints) -> Iterator[dict]:
    """What the process says, up to its end. Raises SheetError for a refusal, and where it fell silent or died."""
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
    """Why it ended before its time: it was killed by a limit or by its silence, unless Python itself gave up."""
    status = process.wait()
    complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - 2000))
    output = complaints.read().decode("utf-8", "replace")
    log.warning("reading ended", extra={"facts": {"status": status, "said": output}})
    if process in _stopped:
        return SystemExit()
    if output and "MemoryError" not in output:
        return RuntimeError(f"the file could not be read: {output[-500:]}")
    return faults.too_complex()
