"""The parameters with which postgres is started, sized for a small server, and its log.
Source: https://www.postgresql.org/docs/current/runtime-config.html"""

import time
from collections.abc import Mapping
from pathlib import Path

from .access import HOST

WEEK = 6 * 24 * 3600  # seconds; postgres would append to last week's file of the same weekday
BIGGEST = 20_000_000  # bytes

PARAMETERS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    # No statements and no details that quote rows, because they contain personal data.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


def of(port: int, further: Mapping[str, str]) -> list[str]:
    """The command-line arguments of postgres; `further` overrides PARAMETERS."""
    chosen = {**PARAMETERS, "port": str(port), **further}
    return [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]


def log_folder(data: Path) -> Path:
    return data / "log"


def tidy_log(data: Path) -> None:
    """Deletes log files older than a week or larger than BIGGEST, since postgres truncates a weekday's file only if
    it runs at midnight."""
    for file in log_folder(data).glob("*.log"):
        found = file.lstat()
        if found.st_mtime < time.time() - WEEK or found.st_size > BIGGEST:
            file.unlink()


def last_words(data: Path) -> str:
    """The last four lines of the newest log file, for a message."""
    files = sorted(log_folder(data).glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
    lines = [line for file in files[-1:] for line in file.read_text("utf-8", "replace").splitlines()]
    return " / ".join(line.strip() for line in lines[-4:])
