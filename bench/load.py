"""Loading a database, once: it is kept until the schema, the loader or the number of rows is another."""

import hashlib
import time
from datetime import timedelta
from pathlib import Path

from bench import company, problems, words
from bench.postgres import Postgres
from sih import clock
from sih.dao.query import Query
from sih.dao.schema import SCHEMA
from sih.dao.tallies import Tallies
from tests import servers

BATCH_ROWS = 50_000
YEARS = timedelta(days=3650)
MARK = """
SELECT shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = %(name)s
"""
TEXTS = """
CREATE TEMPORARY TABLE {} AS
SELECT place - 1 AS place, text FROM unnest(%(texts)s) WITH ORDINALITY AS told (text, place)
"""


def kept(postgres: Postgres, rows: int) -> str:
    """The name of a database with so many problems, loaded now or by an earlier run."""
    name, mark = f"sih_bench_{rows}", fingerprint(rows)
    with postgres.opened() as query:
        found = query.select_one(MARK, {"name": name})
    if found and found["mark"] == mark and _count(postgres, name) == rows:
        print(f"{rows:,} problems: as an earlier run loaded them", flush=True)
        return name
    began = time.monotonic()
    servers.prepare(postgres.admin, name)
    with postgres.opened(name) as query:
        fill(query, rows)
    postgres.run(f"COMMENT ON DATABASE {name} IS '{mark}'")
    print(f"{rows:,} problems: loaded in {time.monotonic() - began:.0f} s", flush=True)
    return name


def fingerprint(rows: int) -> str:
    """Of everything that decides what is loaded."""
    sources = [SCHEMA, *(Path(module.__file__) for module in (company, problems, words)), Path(__file__)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources) + str(rows).encode()).hexdigest()


def fill(query: Query, rows: int) -> None:
    query.execute("SET synchronous_commit = off")
    handlers = company.fill(query)
    query.execute(problems.DRAW.replace("%%", "%"))
    query.execute(TEXTS.format("bench_sentence"), {"texts": words.sentences(8, words.SENTENCES, 2)})
    query.execute(TEXTS.format("bench_title"), {"texts": words.sentences(6, words.TITLES, 3)})
    for name in ("bench_sentence", "bench_title"):
        query.execute(f"ANALYZE {name}")
    facts = _facts(rows) | vars(handlers)
    for first in range(1, rows + 1, BATCH_ROWS):
        query.execute(problems.BATCH, facts | {"first": first, "last": min(first + BATCH_ROWS - 1, rows)})
    query.select(problems.GO_ON_FROM, {"total": rows})
    Tallies(query).fold()
    query.execute("VACUUM ANALYZE")


def _facts(rows: int) -> dict:
    return {
        "total": rows,
        "now": clock.now(),
        "step": YEARS / rows,
        "stores": company.STORES_AMOUNT,
        "reporters": company.REPORTERS,
        "assets": company.ASSETS,
        "titles": words.TITLES,
        "sentences": words.SENTENCES,
        "often": words.OFTEN,
        "seldom": words.SELDOM,
        "five": words.FIVE,
    }


def _count(postgres: Postgres, name: str) -> int:
    with postgres.opened(name) as query:
        return query.select_one("SELECT count(*) AS amount FROM problem")["amount"]
