"""`python -m bench.importing ADDRESS ROWS` brings in so many people from an XLSX, in a process of its own, and prints
rows, seconds and rss_mb as JSON."""

import io
import json
import resource
import sys
import time

from sih import clock, imports, sheets
from sih.dao.imports import Imports
from sih.dao.query import BACKGROUND, Pool, Query

HEADINGS = ["NIK", "Nama", "Peran", "Toko", "Divisi", "Departemen", "E-mail"]


def people(amount: int):
    for n in range(amount):
        name = f"Nama{n * 7919 % 997} Tengah{n * 31 % 499} Akhir{n * 17 % 1999}"
        yield [f"5{n:07}", name, "Pelapor", f"T{1 + n % 20000:05}", "", "", f"orang{n}@example.com"]


def main(address: dict, amount: int) -> dict:
    file = io.BytesIO()
    sheets.write_xlsx(file, "Karyawan", HEADINGS, people(amount))
    query, content = Query(Pool(**address), BACKGROUND), file.getvalue()
    began = time.monotonic()
    facts = {"noun": "employee", "file_name": "bench.xlsx", "content": content, "is_complete": False, "actor_id": None}
    number = Imports(query).add(facts, clock.now())
    imports.check(query, number, clock.now(), lambda *_: None)
    shown = Imports(query).of(number, clock.now())
    Imports(query).confirm(number, shown.fingerprint, None)
    imports.write(query, number, clock.now(), lambda *_: None)
    seconds = time.monotonic() - began
    if Imports(query).of(number, clock.now()).state != "written" or shown.counts["create"] != amount:
        raise RuntimeError("not written")
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": amount, "seconds": round(seconds, 1), "rss_mb": round(rss, 1)}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]), int(sys.argv[2]))))
