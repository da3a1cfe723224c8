"""The limits that a process which reads a file sets itself before it begins."""

import contextlib
import signal

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None


def limit_itself(seconds: int, size: int) -> None:
    """Limits this process to `seconds` of processor time and `size` bytes of memory. Stop signals are for its parent,
    which stops this process."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS has this limit but refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
