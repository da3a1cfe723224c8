"""Loads a database once and keeps it until the schema, the loader or the number of rows changes."""

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from bench import company, databases, figures, notices, problems, words
from bench.deferred_constraints import deferred_constraints
from bench.postgres import Postgres
from sih.dao.audits import signed
from sih.dao.problem_counts import ProblemCounts
from sih.dao.recap.closing import Closing
from sih.dao.schema import SCHEMA
from sih.domain import clock

BATCH_ROWS, LOADERS = 25_000, 2
SENTENCES, TITLES = words.sentences(8, words.SENTENCES, 2), words.sentences(6, words.TITLES, 3)
YEARS = timedelta(days=3650)
MARK = """
SELECT shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = %(name)s
"""
TEXTS = """
CREATE TEMPORARY TABLE {} AS
SELECT place - 1 AS place, text FROM unnest(%(texts)s) WITH ORDINALITY AS listed (text, place)
"""


def kept(postgres: Postgres, rows: int) -> str:
    """The name of a database with so many problems, loaded now or by an earlier run."""

    def fill_whole(name: str) -> None:
        fill(postgres, name, rows, YEARS)
        notices.give(postgres, name, rows)

    return keep(postgres, f"sih_bench_{rows}", f"{rows:,} problems", fill_whole)


def keep(postgres: Postgres, name: str, what: str, fill: Callable[[str], None]) -> str:
    """A database that `fill` has filled, now or in an earlier run by the same sources; its name."""
    mark = fingerprint()
    with postgres.opened() as query:
        found = query.one_or_none(MARK, {"name": name})
    if found and found["mark"] == mark:
        print(f"{what}: as an earlier run loaded them", flush=True)
        return name
    began = time.monotonic()
    with postgres.unguarded():
        databases.prepare(postgres.admin, name)
        fill(name)
    postgres.run(f"COMMENT ON DATABASE {name} IS '{mark}'")
    print(f"{what}: loaded in {time.monotonic() - began:.0f} s", flush=True)
    return name


def fingerprint() -> str:
    """A hash of the sources that determine the loaded data."""
    folder = Path(__file__).parent
    sources = [
        SCHEMA,
        *(folder / f"{name}.py" for name in ("company", "problems", "words", "load", "figures", "notices", "decade")),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


def fill(postgres: Postgres, name: str, rows: int, time_span: timedelta) -> None:
    """So many problems of this time, up to now, with all that is kept of them."""
    with postgres.opened(name) as query:
        with signed(query, clock.now(), None, "bench"):
            handlers = company.fill(query)
        facts = _facts(rows, time_span) | vars(handlers)
        with deferred_constraints(query), ThreadPoolExecutor(LOADERS) as pool:
            list(pool.map(lambda place: _load(postgres, name, facts, place), range(LOADERS)))
        query.select(problems.GO_ON_FROM, {"total": rows})
        ProblemCounts(query).fold()
        query.execute("VACUUM ANALYZE")
        figures.count(postgres, name)
        Closing(query).close_months(clock.now())
        query.execute("VACUUM ANALYZE")


def _load(postgres: Postgres, name: str, facts: dict, place: int) -> None:
    """Every so-many-th batch, on a connection of its own."""
    with postgres.opened(name) as query:
        query.execute(problems.DRAW)
        for table, texts in (("bench_sentence", SENTENCES), ("bench_title", TITLES)):
            query.execute(TEXTS.format(table), {"texts": texts})
            query.execute(f"ANALYZE {table}")
        for first in range(1 + place * BATCH_ROWS, facts["total"] + 1, LOADERS * BATCH_ROWS):
            last = min(first + BATCH_ROWS - 1, facts["total"])
            query.execute(problems.BATCH, facts | {"first": first, "last": last})


def _facts(rows: int, time_span: timedelta) -> dict:
    return {
        "total": rows,
        "now": clock.now(),
        "step": time_span / rows,
        "stores": company.STORES_AMOUNT,
        "large_store": company.LARGE_STORE,
        "large_share": company.LARGE_SHARE,
        "reporters": company.REPORTERS,
        "assets": company.ASSETS,
        "titles": words.TITLES,
        "sentences": words.SENTENCES,
        "often": words.OFTEN,
        "seldom": words.SELDOM,
        "five": words.FIVE,
        "solved": words.SOLVED,
        "called": words.CALLED,
    }
