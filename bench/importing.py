"""`python -m bench.importing ADDRESS ROWS` imports so many employees from an XLSX, in a process of its own, and prints
rows, seconds and rss_mb (the most at one time, with the process that reads the file) as JSON."""

import io
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from sih import sheets
from sih.background import imports
from sih.dao.imports import Imports
from sih.dao.query import BACKGROUND, Pool, Query
from sih.domain import clock

HEADINGS = ["NIK", "Nama", "Peran", "Toko", "Divisi", "Departemen", "E-mail"]


def people(amount: int):
    for n in range(amount):
        name = f"Nama{n * 7919 % 997} Tengah{n * 31 % 499} Akhir{n * 17 % 1999}"
        yield [f"5{n:07}", name, "Pelapor", f"T{1 + n % 20000:05}", "", "", f"orang{n}@example.com"]


@contextmanager
def most_memory() -> Iterator[list[int]]:
    """[bytes]: what this process and its children held together at most, looked at twenty times a second. Not
    ru_maxrss: a child's begins at that of the process which started it."""
    over, most = threading.Event(), [0]

    def look() -> None:
        this = psutil.Process()
        while not over.wait(0.05):
            held = this.memory_info().rss
            with suppress(psutil.NoSuchProcess):
                held += sum(child.memory_info().rss for child in this.children())
            most[0] = max(most[0], held)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def main(address: dict, amount: int) -> dict:
    file = io.BytesIO()
    sheets.write_xlsx(file, "Karyawan", HEADINGS, people(amount))
    query, content = Query(Pool(**address), BACKGROUND), file.getvalue()
    began = time.monotonic()
    facts = {"noun": "employee", "file_name": "bench.xlsx", "content": content, "is_complete": False, "actor_id": None}
    with most_memory() as most:
        number = Imports(query).add(facts, clock.now())
        imports.check(query, number, clock.now(), lambda *_: None)
        dry_run = Imports(query).of(number, clock.now())
        Imports(query).confirm(number, dry_run.fingerprint, None)
        imports.write(query, number, clock.now(), lambda *_: None)
    seconds = time.monotonic() - began
    if Imports(query).of(number, clock.now()).state != "written" or dry_run.counts["create"] != amount:
        raise RuntimeError("not written")
    return {"rows": amount, "seconds": round(seconds, 1), "rss_mb": round(most[0] / 2**20, 1)}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]), int(sys.argv[2]))))
