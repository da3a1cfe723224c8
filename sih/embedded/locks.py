"""Locks on an open file that the kernel drops when their process ends, kill -9 included: flock, or on Windows
(untried) single bytes, of which each sharer holds one.
Sources: https://man7.org/linux/man-pages/man2/flock.2.html, https://docs.python.org/3/library/msvcrt.html"""

import os
import sys
from contextlib import suppress

if sys.platform == "win32":
    import msvcrt

    SHARERS = 200  # as many processes can share

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
        """Waits until nobody else holds the file."""
        fcntl.flock(fd, fcntl.LOCK_EX)

    def share(fd: int) -> None:
        """Holds the file together with others."""
        fcntl.flock(fd, fcntl.LOCK_SH)

    def is_last(fd: int) -> bool:
        """Whether nobody shares the file any more but the caller, who gives up the own share by asking."""
        with suppress(BlockingIOError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
