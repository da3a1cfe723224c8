"""What is like a problem: open ones that a report may repeat, and closed ones that say how it was mended last time. One
statement brings the candidates, each part of them by an index and no more than so many; sih/domain/likeness.py ranks
them; a second statement brings what is shown."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sih.dao.problems import Problems
from sih.dao.query import Query
from sih.dao.small_masters import SmallMasters, small_masters
from sih.domain import likeness
from sih.domain.records import Cure, Employee, Problem, Repeats, Trouble

SHOWN = 3
# Other stores with the same trouble within these hours are worth a line.
HOURS, STORES = timedelta(hours=6), 3
# How many candidates are read: the newest open ones of a store, those of a kind in other stores, the newest closed ones
# of a kind, and of those of a store the ones of the kind.
OPEN_OF_STORE, OPEN_OF_KIND, OF_GOOD, OF_STORE, OF_KIND = 200, 100, 20, 200, 400

OPEN = f"""
(SELECT p.id, p.store_id, p.asset_kind_id, p.asset_id, p.category_id, p.title, p.description
 FROM problem p
 WHERE p.store_id = %(store_id)s AND p.closed_at IS NULL
 ORDER BY p.reported_at DESC, p.id DESC LIMIT {OPEN_OF_STORE})
UNION ALL
(SELECT p.id, p.store_id, p.asset_kind_id, p.asset_id, p.category_id, p.title, p.description
 FROM problem p
 WHERE p.asset_kind_id = %(asset_kind_id)s AND p.closed_at IS NULL AND p.store_id <> %(store_id)s
   AND p.reported_at > %(since)s
 ORDER BY p.reported_at DESC, p.id DESC LIMIT {OPEN_OF_KIND})
"""

_CLOSED = "p.id <> %(id)s AND p.closed_at IS NOT NULL AND p.solution IS NOT NULL"
CLOSED = f"""
SELECT p.id, p.asset_kind_id, p.asset_id, p.title, p.description
FROM ((SELECT p.* FROM problem p WHERE p.asset_id = %(asset_id)s
       ORDER BY p.reported_at DESC, p.id DESC LIMIT {OF_GOOD})
      UNION ALL
      (SELECT p.* FROM problem p WHERE p.store_id = %(store_id)s
       ORDER BY p.reported_at DESC, p.id DESC LIMIT {OF_STORE})
      UNION ALL
      (SELECT p.* FROM problem p WHERE p.asset_kind_id = %(asset_kind_id)s
       ORDER BY p.reported_at DESC, p.id DESC LIMIT {OF_KIND})) AS p
WHERE {_CLOSED} AND p.asset_kind_id = %(asset_kind_id)s
"""
# Those of these that stayed closed: confirmed by the reporter, or never reopened. The last event is the closing.
CURES = f"""
SELECT p.id, p.title, p.diagnosis, p.solution, p.reported_at, p.closed_at, p.asset_id,
       (SELECT s.code || ' ' || s.name FROM store s WHERE s.id = p.store_id) AS store,
       (SELECT a.name FROM event e JOIN employee a ON a.id = e.actor_id WHERE e.id = p.last_event_id) AS solver,
       p.confirmed_at IS NOT NULL AS is_confirmed
FROM problem p
WHERE p.id = ANY (%(ids)s) AND {_CLOSED}
  AND (p.confirmed_at IS NOT NULL
       OR NOT EXISTS (SELECT FROM event e WHERE e.problem_id = p.id AND e.kind = 'reopened'))
ORDER BY array_position(%(ids)s::bigint[], p.id) LIMIT {SHOWN}
"""
LOOKED_AT = 4 * SHOWN  # of the likest closed ones, since some were reopened


class Likeness:
    def __init__(self, query: Query) -> None:
        self._query = query

    def repeated(self, employee: Employee, store_id: int, words: Mapping, now: datetime) -> Repeats:
        """What a report of this store may repeat. `words`: as of Problems.report, of which texts may be empty."""
        params = {"store_id": store_id, "asset_kind_id": words["asset_kind_id"], "since": now - HOURS}
        rows, small = self._query.select(OPEN, params), small_masters(self._query, employee.small_masters_version)
        scores = _scores(small, words, rows)
        own = [row for row in rows if row["store_id"] == store_id and scores[row["id"]] >= likeness.LEAST]
        ids = [row["id"] for row in sorted(own, key=lambda row: -scores[row["id"]])[:SHOWN]]
        problems = {one.id: one for one in Problems(self._query).all_visible_to(employee, ids)} if ids else {}
        others = [row for row in rows if row["store_id"] != store_id and scores[row["id"]] >= likeness.LEAST]
        return Repeats([problems[number] for number in ids if number in problems], _trouble(small, words, others))

    def cures(self, employee: Employee, problem: Problem) -> list[Cure]:
        """How what is likest to this problem was mended, that of the same good first. For people who see all."""
        params = {"id": problem.id, "store_id": problem.store_id, "asset_kind_id": problem.asset_kind_id}
        rows = self._query.select(CLOSED, params | {"asset_id": problem.asset_id})
        small = small_masters(self._query, employee.small_masters_version)
        words = {name: getattr(problem, name) for name in ("title", "description", "asset_kind_id", "asset_id")}
        scores = _scores(small, words, rows)
        of_good = {row["id"] for row in rows if problem.asset_id and row["asset_id"] == problem.asset_id}
        likely = [number for number, score in scores.items() if score >= likeness.LEAST_CURE]
        likely.sort(key=lambda number: (number not in of_good, -scores[number], -number))
        ids = likely[:LOOKED_AT]
        return self._query.select(CURES, {"ids": ids, "id": problem.id}, Cure) if ids else []


def _scores(small: SmallMasters, words: Mapping, rows: list[dict]) -> dict[int, float]:
    """How alike each row is to these words, by id."""
    kinds, meanings = small.names["asset_kinds"], small.meanings
    of = {row["id"]: row for row in rows}  # a row may be a candidate twice
    texts = [
        likeness.text_of(meanings, row["title"], row["description"], kinds.get(row["asset_kind_id"], ""))
        for row in of.values()
    ]
    asked = likeness.text_of(meanings, words["title"], words["description"], kinds.get(words["asset_kind_id"], ""))
    scores = likeness.alikeness(asked, texts)
    return {
        number: score + likeness.of_goods(words, row) for (number, row), score in zip(of.items(), scores, strict=True)
    }


def _trouble(small: SmallMasters, words: Mapping, rows: list[dict]) -> Trouble | None:
    """The same trouble in other stores: nothing of what they wrote."""
    stores = len({row["store_id"] for row in rows})
    if stores < STORES:
        return None
    category_id, _ = Counter(row["category_id"] for row in rows).most_common(1)[0]
    kind = small.names["asset_kinds"][words["asset_kind_id"]]
    return Trouble(kind, small.names["categories"].get(category_id), stores)
