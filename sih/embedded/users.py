"""The processes that use a cluster. Each holds a shared file lock; the kernel releases it when the process dies, so a
crashed process never counts as a user."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from . import locks
from .account import is_root

_open: set[int] = set()


def _close_in_child() -> None:
    # A forked child shares its parent's lock: if it kept the file open, a dead parent would still count as a user.
    for fd in _open:
        os.close(fd)
    _open.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_in_child)


class Users:
    """This process as one of the users of the cluster whose data folder is `data`."""

    def __init__(self, data: Path) -> None:
        self._gate, self._roll = data.with_name(f"{data.name}.gate"), data.with_name(f"{data.name}.users")
        self._fd: int | None = None
        self._pid = os.getpid()

    @contextmanager
    def gate(self) -> Generator[None]:
        """An exclusive lock for starting and stopping the cluster. Raises PermissionError."""
        fd = _open_file(self._gate)
        try:
            locks.take(fd)
            yield
        finally:
            _close(fd)

    def is_member(self) -> bool:
        return self._fd is not None and self._pid == os.getpid()

    def join(self) -> None:
        self._fd = _open_file(self._roll)
        locks.share(self._fd)

    def leave(self) -> bool:
        """Stops being a user; the caller holds the gate. Returns whether no user is left. Raises ValueError if join
        was not called."""
        if self._fd is None:
            raise ValueError("only who has joined can leave")
        last = locks.is_last(self._fd)
        _close(self._fd)
        self._fd = None
        return last


def _open_file(path: Path) -> int:
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)  # Python closes it on exec
    _open.add(fd)
    if is_root():
        # In a folder of another user, that user must be able to open the file later.
        owner = path.parent.stat()
        os.fchown(fd, owner.st_uid, owner.st_gid)
    return fd


def _close(fd: int) -> None:
    if fd in _open:
        _open.discard(fd)
        os.close(fd)
