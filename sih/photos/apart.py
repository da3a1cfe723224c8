"""Converts a file in a separate process with limits of processor time and memory, so that a hostile photo can harm only
that process. A PDF is not decoded, and stored as it is."""

import contextlib
import io
import json
import logging
import shutil
import subprocess
import tempfile
import threading
import zipfile
from dataclasses import dataclass
from typing import IO

from sih.photos import faults
from sih.photos.faults import PhotoError
from sih.photos.limits import (
    AT_ONCE,
    BYTES,
    MOST_BYTES,
    MOST_PDF_BYTES,
    SECONDS,
    TURN_SECONDS,
    WAIT_SECONDS,
)
from sih.sheets.apart import KERNEL_LIMITS, command_of, environment, limit

PDF_START, PDF_END = b"%PDF-", b"%%EOF"
STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", PDF_START)
BRANDS = (b"WEBP", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")  # RIFF and ISO 23008-12
HEAD = 1024  # bytes in which readers of PDF look for its start, and for its end
log = logging.getLogger("sih")
_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Converted:
    """What is stored of a file. A PDF has neither thumbnail nor pixels."""

    format: str  # jpeg or pdf
    content: bytes
    thumbnail: bytes | None = None
    width: int | None = None
    height: int | None = None


def convert(file: IO[bytes]) -> Converted:
    """Raises PhotoError."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(HEAD)
    if not size:
        raise PhotoError(faults.EMPTY)
    if size > MOST_BYTES:
        raise PhotoError(faults.TOO_LARGE)
    is_container = (head.startswith(b"RIFF") or head[4:8] == b"ftyp") and head[8:12] in BRANDS
    if not head.startswith(STARTS) and not is_container:
        raise PhotoError(faults.UNKNOWN)
    if _is_several(file, head):
        raise PhotoError(faults.SEVERAL_IN_ONE)
    if head.startswith(PDF_START):
        return _checked_pdf(file, size)
    if not _turns.acquire(timeout=TURN_SECONDS):
        raise PhotoError(faults.BUSY)
    try:
        return _convert_photo(file)
    finally:
        _turns.release()


def _is_several(file: IO[bytes], head: bytes) -> bool:
    """Whether the file is an archive as well, or a photo that a reader of PDF would open."""
    file.seek(0)
    is_archive = zipfile.is_zipfile(file)
    return is_archive or (PDF_START in head and not head.startswith(PDF_START))


def _checked_pdf(file: IO[bytes], size: int) -> Converted:
    if size > MOST_PDF_BYTES:
        raise PhotoError(faults.TOO_LARGE)
    file.seek(0)
    content = file.read()
    if PDF_END not in content[-HEAD:]:
        raise PhotoError(faults.DAMAGED)
    return Converted("pdf", content)


def _convert_photo(file: IO[bytes]) -> Converted:
    with tempfile.TemporaryFile() as photo, tempfile.TemporaryFile() as complaints:
        file.seek(0)
        shutil.copyfileobj(file, photo)
        photo.seek(0)
        process = subprocess.Popen(  # noqa: S603 - constants
            [*command_of("sih.photos.converting_process"), str(SECONDS), str(BYTES)],
            stdin=photo,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment(),
        )
        if not KERNEL_LIMITS:
            threading.Thread(target=limit, args=(process, SECONDS, BYTES), daemon=True).start()
        try:
            answer, _ = process.communicate(timeout=WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            answer = b""
        finally:
            process.kill()
            with contextlib.suppress(ValueError):
                process.communicate()
        line, _, content = answer.partition(b"\n")
        if not line:
            complaints.seek(max(0, complaints.seek(0, io.SEEK_END) - 1000))
            facts = {"status": process.returncode, "output": complaints.read().decode("utf-8", "replace")}
            log.warning("photo not converted", extra={"facts": facts})
            raise PhotoError(faults.TOO_COMPLEX)
    facts = json.loads(line)
    if "refused" in facts:
        raise PhotoError(facts["refused"])
    size = facts["size"]
    return Converted("jpeg", content[:size], content[size:], facts["width"], facts["height"])
