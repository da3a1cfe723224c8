"""Ten years of recaps without ten years of problems: two years are loaded and counted by the schema's own function,
and the figures of the complete year are copied to the eight years before."""

from datetime import timedelta

from bench import load
from bench.postgres import Postgres
from sih.dao.query import Query
from sih.dao.recap import figures

YEARS, LOADED = 10, 2
# Copied first, indexed afterwards.
INDEXES = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS away,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS back
FROM pg_constraint
WHERE contype = 'p' AND conrelid = ANY (ARRAY['figure', 'duration_bucket', 'duration_rank']::regclass[])
UNION ALL
SELECT 'DROP INDEX figure_weight', pg_get_indexdef('figure_weight'::regclass)
"""
WHOLE_YEAR = """
SELECT max(f.period) AS year FROM figure f WHERE f.period < (SELECT max(g.period) FROM figure g WHERE g.period < 10000)
"""
FORGET = "DELETE FROM {table} WHERE (CASE WHEN period < 10000 THEN period ELSE period / 100 END) < %(year)s"
COPY = """
INSERT INTO {table} ({columns})
SELECT {columns_of_earlier} FROM {table} AS t, generate_series(1, %(copies)s) AS back
WHERE (CASE WHEN t.period < 10000 THEN t.period ELSE t.period / 100 END) = %(year)s
"""
KEY = ("period", "dimension", "value")
COLUMNS = {
    "figure": (*KEY, "recorded", *figures.COLUMNS),
    "duration_bucket": (*KEY, "recorded", "measure", "bucket", "amount"),
    "duration_rank": (*KEY, "measure", "amount", "p50", "p90"),
}
EARLIER = {
    "period": "t.period - back * (CASE WHEN t.period < 10000 THEN 1 ELSE 100 END)",
    "recorded": "CASE WHEN t.recorded = 0 THEN 0 ELSE t.recorded - back * 100 END",
    "value": "CASE WHEN t.dimension = 'reported_on' THEN t.value - back * 365 ELSE t.value END",
}


def kept(postgres: Postgres, rows: int) -> str:
    """The name of a database whose recap counts so many problems in ten years."""

    def fill(name: str) -> None:
        load.fill(postgres, name, rows * LOADED // YEARS, timedelta(days=365 * LOADED))
        with postgres.opened(name) as query:
            _copy(query)
            query.execute("VACUUM ANALYZE figure, duration_bucket, duration_rank")

    return load.keep(postgres, f"sih_recap_{rows}", f"The recap of {rows:,} problems", fill)


def _copy(query: Query) -> None:
    pairs, year = query.select(INDEXES), query.one(WHOLE_YEAR)["year"]
    for pair in pairs:
        query.execute(pair["away"])
    for table, columns in COLUMNS.items():
        earlier = ", ".join(EARLIER.get(column, f"t.{column}") for column in columns)
        facts = {"year": year, "copies": YEARS - LOADED}
        query.execute(FORGET.format(table=table), facts)
        query.execute(COPY.format(table=table, columns=", ".join(columns), columns_of_earlier=earlier), facts)
    for pair in pairs:
        query.execute(pair["back"])
