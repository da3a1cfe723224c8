"""`python -m bench.sizes`: bytes per problem, table by table and index by index of `problem`: of problems that were
loaded, each written once, and of problems that lived: reported, opened, handed over and closed by the application's
own statements, many of them open at a time. An update leaves an old row and old entries of indexes behind, so a lived
problem takes more room than a loaded one."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from bench import load, words
from bench.postgres import Postgres, started
from bench.testbed import me
from sih.dao.problems import Problems
from sih.dao.query import Query
from sih.dao.recap.figures import Recaps
from sih.domain import clock
from sih.domain.records import Employee, Reporter

ROWS, LIVES, OPEN_AT_ONCE = 5_000, 2_000, 200
# After so many lives autovacuum would begin (autovacuum_vacuum_scale_factor of `problem`); each leaves about three dead
# rows.
VACUUMED_EACH = (50 + ROWS // 100) // 3
STEPS, SHARES = (("open", "close"), ("open", "escalate", "accept", "close")), (4, 6)  # as bench/problems.py has them
TITLE, TEXT = words.sentences(6, 1, 4)[0], ". ".join(words.sentences(8, 3, 5))

# What a problem adds rows to, and each index of `problem`.
SIZES = """
SELECT t.name, pg_table_size(t.name::regclass) AS rows, pg_indexes_size(t.name::regclass) AS indexes
FROM unnest(ARRAY['problem', 'event', 'problem_search', 'figure', 'duration_bucket', 'duration_rank', 'tally',
                  'tally_change', 'recap_pending']) AS t (name)
UNION ALL
SELECT i.indexrelid::regclass::text, 0, pg_relation_size(i.indexrelid) FROM pg_index i
WHERE i.indrelid = 'problem'::regclass
"""
VACUUM = """
VACUUM problem, event, problem_search, figure, duration_bucket, duration_rank, tally, tally_change, recap_pending
"""
REPORTERS = """
SELECT e.id, e.nik, e.name, e.store_id, s.code AS store_code, s.name AS store_name
FROM employee e JOIN store s ON s.id = e.store_id
WHERE e.role = 'reporter' ORDER BY hashint4(e.id) LIMIT %(amount)s
"""
ASSET = """
SELECT a.id AS asset_id, a.kind_id AS asset_kind_id FROM asset a WHERE a.store_id = %(store_id)s ORDER BY a.id LIMIT 1
"""
DIVISIONS = """
SELECT d.id FROM division d
WHERE NOT d.is_helpdesk AND NOT EXISTS (SELECT FROM division sub WHERE sub.parent_id = d.id) ORDER BY d.id
"""
LAST_EVENT = "SELECT p.last_event_id FROM problem p WHERE p.id = %(id)s"


@dataclass(frozen=True)
class Size:
    """Bytes per problem of one table and of its indexes; of an index, 0 rows."""

    name: str
    loaded_rows: float
    loaded_indexes: float
    lived_rows: float
    lived_indexes: float


def measure(postgres: Postgres) -> list[Size]:
    """Of a copy of a loaded database, in which some more problems live."""
    kept, name = load.kept(postgres, ROWS), "sih_sizes"
    with postgres.unguarded():
        postgres.copy(kept, name)
        try:
            with postgres.opened(name) as query:
                query.execute(VACUUM)
                before = _sizes(query)
                _live(query)
                query.execute(VACUUM)
                after = _sizes(query)
        finally:
            postgres.drop(name)
    return [Size(table, *_per_problem(before[table], after[table])) for table in before]


def lines_of(sizes: list[Size]) -> Iterator[str]:
    yield f"{'bytes per problem':26}{'loaded: rows':>14}{'indexes':>10}{'lived: rows':>14}{'indexes':>10}{'growth':>8}"
    for of in sizes:
        loaded, lived = of.loaded_rows + of.loaded_indexes, of.lived_rows + of.lived_indexes
        growth = f"{lived / loaded:>8.1f}" if loaded else ""
        amounts = (of.loaded_rows, of.loaded_indexes, of.lived_rows, of.lived_indexes)
        yield (
            f"{of.name:26}" + "".join(f"{amount:>{14 - 4 * (n % 2)},.0f}" for n, amount in enumerate(amounts)) + growth
        )


def as_json(sizes: list[Size]) -> dict[str, dict[str, int]]:
    return {
        of.name: {
            "loaded": round(of.loaded_rows + of.loaded_indexes),
            "lived": round(of.lived_rows + of.lived_indexes),
        }
        for of in sizes
    }


def _sizes(query: Query) -> dict[str, tuple[int, int]]:
    return {row["name"]: (row["rows"], row["indexes"]) for row in query.select(SIZES)}


def _per_problem(before: tuple[int, int], after: tuple[int, int]) -> tuple[float, ...]:
    lived = (late - early for early, late in zip(before, after, strict=True))
    return (*(size / ROWS for size in before), *(size / LIVES for size in lived))


def _live(query: Query) -> None:
    """Each problem takes its next step when it is drawn; meanwhile the figures are folded, as a worker does."""
    draw, handler = random.Random(1), me(query)
    reporters, divisions = query.select(REPORTERS, {"amount": LIVES}, Reporter), query.select(DIVISIONS)
    now, waiting, ended = clock.now(), [], 0
    while ended < LIVES:
        now += timedelta(minutes=1)
        if reporters and len(waiting) < OPEN_AT_ONCE:
            reporter = reporters.pop()
            facts = {"title": TITLE, "description": TEXT, **query.one(ASSET, {"store_id": reporter.store_id})}
            number = Problems(query).report(handler, now, uuid4(), facts, reporter)
            waiting.append((number, list(draw.choices(STEPS, SHARES)[0])))
        life = draw.choice(waiting)
        number, steps = life
        _step(query, steps.pop(0), number, handler, now, draw.choice(divisions)["id"], draw)
        if not steps:
            waiting.remove(life)
            ended += 1
            if ended % VACUUMED_EACH == 0:
                Recaps(query).fold_all()
                query.execute(VACUUM)


def _step(query: Query, verb: str, number: int, me: Employee, now: datetime, division_id: int, draw: random.Random):
    problems, seen = Problems(query), query.one(LAST_EVENT, {"id": number})["last_event_id"]
    if verb == "open":
        facts = {"category_id": draw.randint(1, 13), "priority": draw.choice(["critical", "high", "medium", "low"])}
        problems.open(number, seen, me, now, facts | {"diagnosis": TEXT})
    elif verb == "escalate":
        problems.escalate(number, seen, me, now, TEXT, division_id, None)
    elif verb == "accept":
        problems.accept(number, seen, me, now)
    else:
        problems.close(number, seen, me, now, TEXT)


def main() -> None:
    with started() as server:
        print("\n".join(lines_of(measure(server))))


if __name__ == "__main__":
    main()
