"""File locks that the kernel releases when their process ends, also after kill -9: flock, or on Windows (not tested)
locks of single bytes, one for each process that shares the file.
Sources: https://man7.org/linux/man-pages/man2/flock.2.html, https://docs.python.org/3/library/msvcrt.html"""

import os
import sys
from contextlib import suppress

if sys.platform == "win32":
    import msvcrt

    SHARERS = 200  # so many processes can share a file

    def take(fd: int) -> None:
        while not _take_byte(fd, 0, msvcrt.LK_LOCK):  # LK_LOCK gives up after ten seconds
            pass

    def share(fd: int) -> None:
        next(byte for byte in range(SHARERS) if _take_byte(fd, byte, msvcrt.LK_NBLCK))

    def is_last(fd: int) -> bool:
        return sum(_take_byte(fd, byte, msvcrt.LK_NBLCK) for byte in range(SHARERS)) == SHARERS - 1

    def _take_byte(fd: int, byte: int, how: int) -> bool:
        os.lseek(fd, byte, os.SEEK_SET)
        try:
            msvcrt.locking(fd, how, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def take(fd: int) -> None:
        """Waits until no other process holds the file, and holds it exclusively."""
        fcntl.flock(fd, fcntl.LOCK_EX)

    def share(fd: int) -> None:
        """Holds the file in shared mode."""
        fcntl.flock(fd, fcntl.LOCK_SH)

    def is_last(fd: int) -> bool:
        """Whether only the caller shares the file. The caller loses its shared lock by this call."""
        with suppress(BlockingIOError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
