"""`python -m bench.likeness`: how many repeated reports are found among the open problems of a store, how many reports
that repeat nothing are shown something, and how often a right cure is among the three shown; in stores that also hold
the bench's problems. Of the sets in bench/data the reported half counts; DUPLICATES_SET and CURES_SET name other files,
which count whole (bench/README.md)."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from bench import load
from bench.databases import opened
from bench.postgres import Postgres, started
from bench.testbed import me
from sih.dao.audits import signed
from sih.dao.likeness import Likeness
from sih.dao.problems import Problems
from sih.dao.query import Pool, Query
from sih.domain import clock
from sih.domain.records import Reporter

DATA = Path(__file__).parent / "data"
# Reports come so far apart, the last of them now; a closed problem was closed so long after its report.
STEP, SOLVED_IN = timedelta(minutes=30), timedelta(minutes=5)

STORE = """
SELECT e.id, e.nik, e.name, e.store_id, s.code AS store_code, s.name AS store_name
FROM store s JOIN employee e ON e.store_id = s.id
WHERE s.code = %(code)s OR s.id = %(id)s
ORDER BY s.code <> %(code)s, e.id LIMIT 1
"""
KIND = """
WITH added AS (INSERT INTO asset_kind (name) VALUES (%(name)s) ON CONFLICT DO NOTHING RETURNING id)
SELECT id FROM added UNION ALL SELECT k.id FROM asset_kind k WHERE k.name = %(name)s
"""
GOOD = """
WITH added AS (INSERT INTO asset (label, kind_id, store_id) VALUES (%(label)s, %(kind_id)s, %(store_id)s)
               ON CONFLICT DO NOTHING RETURNING id)
SELECT id FROM added UNION ALL SELECT a.id FROM asset a WHERE a.label = %(label)s AND a.kind_id = %(kind_id)s
"""
VERSION = "SELECT v.version AS small_masters_version FROM small_masters_version v"
LAST_EVENT = "SELECT p.last_event_id FROM problem p WHERE p.id = %(id)s"
SOME_CATEGORY = "SELECT min(c.id) AS id FROM category c"


@dataclass(frozen=True)
class Found:
    found: float  # share of the repeats whose original, or of the open ones a right cure of which, is among three
    false_alarms: float | None  # share of the reports without an original that are shown anything
    p95: float  # milliseconds of a look-up


def measure(server: Postgres, rows: int) -> dict[str, Found]:
    """Of a copy of a loaded database."""
    kept = load.kept(server, rows)
    return {
        "duplicates": _on_a_copy(server, kept, _duplicates, *_set("DUPLICATES_SET", "duplicates.jsonl")),
        "cures": _on_a_copy(server, kept, _cures, *_set("CURES_SET", "cures.jsonl")),
    }


def as_json(found: dict[str, Found]) -> dict[str, dict[str, float]]:
    return {
        name: {
            "found": round(of.found, 3),
            **({} if of.false_alarms is None else {"false_alarms": round(of.false_alarms, 3)}),
            "p95_ms": round(of.p95, 1),
        }
        for name, of in found.items()
    }


def is_tuned(number) -> bool:
    """Whether a line belongs to the half with which the weights were tuned."""
    return hashlib.sha256(str(number).encode()).digest()[0] % 2 == 0


def _set(variable: str, name: str) -> tuple[list[dict], bool]:
    """The lines of a set, and whether all of them count."""
    given = os.environ.get(variable)
    with open(given or DATA / name, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()], bool(given)


def _on_a_copy(server: Postgres, kept: str, what, lines: list[dict], is_whole: bool) -> Found:
    name = f"{kept}_likeness"
    with server.unguarded():
        server.copy(kept, name)
    try:
        with opened(Pool(**server.admin | server.app, dbname=name)) as query:
            return what(query, _Loader(query, lines), lines, is_whole)
    finally:
        server.drop(name)


def _duplicates(query: Query, loader: "_Loader", lines: list[dict], is_whole: bool) -> Found:
    """Each report is looked up before it is sent, among those that were sent before."""
    ids, hits, alarms, times = {}, [], [], []
    for line, at in zip(lines, _times(len(lines)), strict=True):
        words, reporter = loader.words(line), loader.reporter(line)
        if is_whole or not is_tuned(line["id"]):
            began = time.perf_counter()
            repeats = Likeness(query).repeated(loader.me, reporter.store_id, words, at)
            times.append(time.perf_counter() - began)
            if line["repeats"] is None:
                alarms.append(bool(repeats))
            else:
                hits.append(ids[line["repeats"]] in [problem.id for problem in repeats.problems])
        ids[line["id"]] = Problems(query).report(loader.me, at, uuid4(), words, reporter)
    return Found(_share(hits), _share(alarms), _p95(times))


def _cures(query: Query, loader: "_Loader", lines: list[dict], is_whole: bool) -> Found:
    """The closed problems are loaded first, then each open one is looked up."""
    ids, hits, times = {}, [], []
    lines = sorted(lines, key=lambda line: line["solution"] is None)
    for line, at in zip(lines, _times(len(lines)), strict=True):
        problems, reporter = Problems(query), loader.reporter(line)
        number = problems.report(loader.me, at, uuid4(), loader.words(line), reporter)
        if number is None:
            raise RuntimeError("a new token was used before")
        ids[line["id"]] = number
        if line["solution"] is not None:
            loader.close(number, line["solution"], at)
        elif is_whole or not is_tuned(line["id"]):
            problem = problems.visible_to(loader.me, number)
            began = time.perf_counter()
            cures = Likeness(query).cures(loader.me, problem)
            times.append(time.perf_counter() - began)
            hits.append(not {cure.id for cure in cures}.isdisjoint(ids[right] for right in line["cures"]))
    return Found(_share(hits), None, _p95(times))


class _Loader:
    """Brings the stores, kinds and goods of a set into the database. A store of another name is one of the bench."""

    def __init__(self, query: Query, lines: list[dict]) -> None:
        self._query, self.me = query, me(query)
        self._category = query.one(SOME_CATEGORY)["id"]
        self._reporters: dict[str, Reporter] = {}
        self._kinds: dict[str, int] = {}
        self._goods: dict[tuple[str, str], int | None] = {}
        with signed(query, clock.now(), None, "bench"):
            for place, line in enumerate(lines):
                self._bring(line, place)
        self.me = replace(self.me, **query.one(VERSION))  # as the statement that finds a signed-in person has it

    def _bring(self, line: dict, place: int) -> None:
        store, kind, label = line["store"], line["kind"], line["asset"]
        if store not in self._reporters:
            self._reporters[store] = self._query.one(STORE, {"code": store, "id": 100 + place}, Reporter)
        if kind not in self._kinds:
            self._kinds[kind] = self._query.one(KIND, {"name": kind})["id"]
        if label and (label, kind) not in self._goods:
            facts = {"label": label, "kind_id": self._kinds[kind], "store_id": self._reporters[store].store_id}
            found = self._query.one_or_none(GOOD, facts)
            self._goods[label, kind] = found and found["id"]

    def reporter(self, line: dict) -> Reporter:
        return self._reporters[line["store"]]

    def words(self, line: dict) -> dict:
        """The argument `words` of Problems.report."""
        good = self._goods.get((line["asset"], line["kind"]))
        texts = {"title": line["title"][:150], "description": line["description"][:5000] or line["title"]}
        return {**texts, "asset_kind_id": self._kinds[line["kind"]], "asset_id": good}

    def close(self, number: int, solution: str, at) -> None:
        problems = Problems(self._query)
        facts = {"category_id": self._category, "priority": "medium", "diagnosis": solution}
        problems.open(number, self._seen(number), self.me, at, facts)
        problems.close(number, self._seen(number), self.me, at + SOLVED_IN, solution)

    def _seen(self, number: int) -> int:
        return self._query.one(LAST_EVENT, {"id": number})["last_event_id"]


def _times(amount: int) -> Iterator:
    now = clock.now()
    return (now - STEP * (amount - place) for place in range(amount))


def _share(answers: list[bool]) -> float:
    return sum(answers) / len(answers) if answers else 0.0


def _p95(times: list[float]) -> float:
    return 1000 * sorted(times)[int(0.95 * (len(times) - 1))] if times else 0.0


def lines_of(found: dict[str, Found]) -> Iterator[str]:
    for name, of in found.items():
        alarms = "" if of.false_alarms is None else f", {of.false_alarms:.1%} false alarms"
        yield f"{name}: {of.found:.1%} found{alarms}, {of.p95:.1f} ms"


def main() -> None:
    with started() as server:
        found = measure(server, int(os.environ.get("BENCH_ROWS", "1000000")))
    print("\n".join(lines_of(found)))
    print(json.dumps(as_json(found)))


if __name__ == "__main__":
    main()
