"""Assets: one with its problems, and those of a store for printing labels."""

from sih.dao.query import Query
from sih.dao.visibility import IS_VISIBLE, viewer
from sih.domain import policy
from sih.domain.records import Employee
from sih.masters.records import Asset, AssetProblem

MOST_PROBLEMS = 50

FIND = """
SELECT a.id, a.label, k.name AS kind, a.serial, a.bought_on, a.is_retired, a.store_id, s.code || ' ' || s.name AS store
FROM asset a JOIN asset_kind k ON k.id = a.kind_id JOIN store s ON s.id = a.store_id
WHERE a.id = %(id)s AND (%(sees_all)s OR a.store_id = %(store_id)s)
"""
BY_LABEL = """
SELECT a.id, a.label, k.name AS kind, a.serial, a.bought_on, a.is_retired, a.store_id, s.code || ' ' || s.name AS store
FROM asset a JOIN asset_kind k ON k.id = a.kind_id JOIN store s ON s.id = a.store_id
WHERE a.label = %(label)s
"""
OF_STORE = """
SELECT a.id, a.label, k.name AS kind, a.serial, a.bought_on, a.is_retired, a.store_id, s.code || ' ' || s.name AS store
FROM asset a JOIN asset_kind k ON k.id = a.kind_id JOIN store s ON s.id = a.store_id
WHERE a.store_id = %(store_id)s AND NOT a.is_retired
ORDER BY k.name, a.label
"""
YEARS = """
SELECT month_of(p.reported_at) / 100 AS year, count(*)::integer AS amount FROM problem p
WHERE p.asset_id = %(id)s GROUP BY 1 ORDER BY 1 DESC
"""
PROBLEMS = f"""
SELECT p.id, p.title, p.status, p.is_withdrawn, p.reported_at, p.closed_at, c.name AS category, p.solution
FROM problem p LEFT JOIN category c ON c.id = p.category_id
WHERE p.asset_id = %(id)s AND {IS_VISIBLE}
ORDER BY p.reported_at DESC, p.id DESC LIMIT %(limit)s
"""


class Assets:
    def __init__(self, query: Query) -> None:
        self._query = query

    def visible_to(self, employee: Employee, asset_id: int) -> Asset | None:
        """The asset, if this person may see it (sih/domain/policy.py: can_see_asset); else None."""
        params = {"id": asset_id, "store_id": employee.store_id}
        params["sees_all"] = policy.sees_all_assets(employee)
        return self._query.one_or_none(FIND, params, Asset)

    def by_label(self, label: str) -> Asset | None:
        return self._query.one_or_none(BY_LABEL, {"label": label}, Asset)

    def of_store(self, store_id: int) -> list[Asset]:
        """The assets in use at this store, ordered by kind."""
        return self._query.select(OF_STORE, {"store_id": store_id}, Asset)

    def years(self, asset_id: int) -> list[tuple[int, int]]:
        """[(year, number of problems)], newest first; counts all problems, also those this person may not see."""
        return [(row["year"], row["amount"]) for row in self._query.select(YEARS, {"id": asset_id})]

    def problems(self, asset_id: int, employee: Employee) -> list[AssetProblem]:
        """The newest problems of the asset that this person may see."""
        params = viewer(employee) | {"id": asset_id, "limit": MOST_PROBLEMS}
        return self._query.select(PROBLEMS, params, AssetProblem)
