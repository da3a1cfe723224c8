"""Saved views: named filters of the list of problems, of one person or of a division."""

from dataclasses import dataclass

from sih.dao.query import Query
from sih.domain import policy
from sih.domain.errors import NotFound, RuleViolated, Stale, TooManyViews
from sih.domain.records import Employee

MOST = 20  # of a person, and of a division

_COLUMNS = """v.id, v.name, v.filters, v.division_id, v.version,
       (SELECT d.name FROM division d WHERE d.id = v.division_id) AS division"""
# The own ones, and those of the division of a handler and of the one above it.
IS_OWN = "v.employee_id = %(viewer_id)s"
OF_DIVISION = """division own JOIN saved_view v ON v.division_id IN (own.id, own.parent_id)
WHERE own.id = %(own_division_id)s"""
SEEN = f"""
SELECT {_COLUMNS} FROM saved_view v WHERE {IS_OWN}
UNION ALL
SELECT {_COLUMNS} FROM {OF_DIVISION}
ORDER BY name, id
"""
OF_ALL_DIVISIONS = f"""
SELECT {_COLUMNS} FROM saved_view v WHERE {IS_OWN} OR v.division_id IS NOT NULL
ORDER BY division NULLS FIRST, name, id
"""

MAY_CHANGE = f"({IS_OWN} OR (%(shares)s AND v.division_id IS NOT NULL))"
FIND = f"""
SELECT {_COLUMNS} FROM saved_view v WHERE v.id = %(id)s AND {MAY_CHANGE}
"""
CREATE = """
INSERT INTO saved_view (employee_id, division_id, name, filters)
SELECT %(owner_id)s, %(division_id)s, %(name)s, %(filters)s
WHERE saved_view_fits(%(owner_id)s, %(division_id)s, %(most)s)
"""
IS_SAVED = """
SELECT v.id FROM saved_view v
WHERE v.employee_id IS NOT DISTINCT FROM %(owner_id)s AND v.division_id IS NOT DISTINCT FROM %(division_id)s
  AND v.name = %(name)s AND v.filters = %(filters)s
"""
RENAME = f"""
UPDATE saved_view v SET name = %(name)s, version = v.version + 1
WHERE v.id = %(id)s AND v.version = %(version)s AND {MAY_CHANGE}
"""
DELETE = f"DELETE FROM saved_view v WHERE v.id = %(id)s AND {MAY_CHANGE}"
CHOOSE = f"""
UPDATE employee SET default_view_id = v.id
FROM saved_view v
WHERE employee.id = %(viewer_id)s AND v.id = %(id)s
  AND ({IS_OWN} OR v.id IN (SELECT v.id FROM {OF_DIVISION}))
"""
CHOOSE_NONE = "UPDATE employee SET default_view_id = NULL WHERE id = %(viewer_id)s"
# No row if the person no longer sees the view, in another division.
DEFAULT = f"""
SELECT v.filters FROM saved_view v WHERE v.id = %(id)s AND {IS_OWN}
UNION ALL
SELECT v.filters FROM {OF_DIVISION} AND v.id = %(id)s
"""


@dataclass(slots=True)
class SavedView:
    """`filters`: a query string of the list; `division_id` None: an own view."""

    id: int
    name: str
    filters: str
    division_id: int | None
    version: int
    division: str | None


class SavedViews:
    def __init__(self, query: Query, employee: Employee) -> None:
        """All of what follows is for this person."""
        self._query, self._employee = query, employee
        self._params = {
            "viewer_id": employee.id,
            "own_division_id": employee.division_id,
            "shares": policy.shares_views(employee),
        }

    def seen(self) -> list[SavedView]:
        """The own views and those of the own division, by name."""
        return self._query.select(SEEN, self._params, SavedView)

    def kept(self) -> list[SavedView]:
        """The views of the page that manages them: for people who share views those of every division too."""
        return self._query.select(OF_ALL_DIVISIONS, self._params, SavedView) if self._params["shares"] else self.seen()

    def find(self, view_id: int) -> SavedView:
        """A view that this person may change. Raises NotFound."""
        found = self._query.one_or_none(FIND, self._params | {"id": view_id}, SavedView)
        if found is None:
            raise NotFound
        return found

    def create(self, name: str, filters: str, division_id: int | None = None) -> None:
        """Saves a view, of this person or of a division. The same view again changes nothing. Raises RuleViolated
        (saved_view_name_once) for a name that another view of this owner has, TooManyViews beyond MOST."""
        owner_id = None if division_id else self._employee.id
        view = {"owner_id": owner_id, "division_id": division_id, "name": name, "filters": filters, "most": MOST}
        try:
            if self._query.execute(CREATE, view):
                return
        except RuleViolated:
            if self._query.one_or_none(IS_SAVED, view) is None:
                raise
        else:
            if self._query.one_or_none(IS_SAVED, view) is None:
                raise TooManyViews(MOST)

    def rename(self, view: SavedView, version: int, name: str) -> None:
        """Renames the view of which the form's page showed this version. Raises RuleViolated (saved_view_name_once);
        Stale if somebody else renamed it, NotFound if it was deleted."""
        change = self._params | {"id": view.id, "version": version, "name": name}
        if self._query.execute(RENAME, change) == 0 and self.find(view.id).name != name:
            raise Stale

    def delete(self, view_id: int) -> None:
        """Raises NotFound."""
        if self._query.execute(DELETE, self._params | {"id": view_id}) == 0:
            raise NotFound

    def default(self) -> str | None:
        """The filters of the view with which the list of this person opens; None: as usual."""
        if self._employee.default_view_id is None:
            return None
        row = self._query.one_or_none(DEFAULT, self._params | {"id": self._employee.default_view_id})
        return row["filters"] if row else None

    def choose(self, view_id: int | None) -> None:
        """Makes a view that this person sees the one with which the list opens; None: none. Raises NotFound."""
        if view_id is None:
            self._query.execute(CHOOSE_NONE, self._params)
        elif self._query.execute(CHOOSE, self._params | {"id": view_id}) == 0:
            raise NotFound
