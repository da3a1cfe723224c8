"""The options of select fields: the active rows of master data, one statement a list."""

from collections.abc import Mapping
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from sih.dao.query import Query
from sih.dao.saved_views import IS_OWN, OF_DIVISION
from sih.dao.small_masters import SmallMasters, small_masters
from sih.dao.throttles import IS_ALARMED, alarm_params
from sih.domain.periods import Period
from sih.domain.records import AssetChoice, Choice, Employee, ListOptions, LookUp, Match, ReadyText, Reported, ViewLink
from sih.domain.text import nik_of

_NOTICES = f"""
SELECT 'view' AS sort, v.id, v.filters AS code, v.name, '' AS place, 0 AS likeness FROM saved_view v WHERE {IS_OWN}
UNION ALL
SELECT 'view', v.id, v.filters, v.name, '', 0 FROM {OF_DIVISION}
UNION ALL
SELECT 'news', %(month)s, '', '', '', 0
WHERE %(supervisor_id)s IS NOT NULL
  AND EXISTS (SELECT FROM event e WHERE e.kind = 'reported' AND e.at >= %(since)s AND e.at < %(until)s)
  AND NOT EXISTS (SELECT FROM recap_notice n WHERE n.month = %(month)s AND n.employee_id = %(supervisor_id)s)
UNION ALL
SELECT 'alarm', 0, '', '', '', 0 WHERE {IS_ALARMED}
UNION ALL
SELECT 'former', d.id, '', '', '', 0 FROM division d
WHERE d.id = ANY (%(former)s)
  AND EXISTS (SELECT FROM problem p
              WHERE p.holder_division_id = d.id AND p.status IN ('new', 'in_progress', 'escalated'))
"""
# Typed stores and people: by the whole code (likeness 0), by words or their beginnings (1), and the neighbours in the
# alphabet, which begin alike, if these find nothing (2). A PIC is a handler. OFFSET 0 keeps PostgreSQL from working out
# word and patterns again for each key.
_IS_OF_SORT = """(asked.sort <> 'pic'
        OR EXISTS (SELECT FROM employee e WHERE e.id = k.row_id AND e.role = 'handler'))"""
_LOOK_UPS = f"""
SELECT asked.sort, found.id, coalesce(s.code, e.nik), coalesce(s.name, e.name), coalesce(s.city, o.name),
       found.likeness
FROM (SELECT w.sort, w.noun, w.code, w.word, search_patterns(w.words, w.word) AS patterns
      FROM (SELECT a.sort, a.noun, a.code, a.words, search_word(a.noun, a.words) AS word
            FROM (SELECT t.sort, CASE t.sort WHEN 'store' THEN 'store' ELSE 'employee' END AS noun, t.code, t.words
                  FROM unnest(%(sorts)s::text[], %(codes)s::text[], %(typed)s::text[]) AS t (sort, code, words)) AS a
            OFFSET 0) AS w
      OFFSET 0) AS asked
CROSS JOIN LATERAL (
    SELECT s.id, 0 AS likeness FROM store s WHERE asked.noun = 'store' AND s.code = asked.code
    UNION ALL
    SELECT e.id, 0 FROM employee e
    WHERE asked.noun = 'employee' AND e.nik = asked.code AND (asked.sort <> 'pic' OR e.role = 'handler')
    UNION ALL
    (SELECT k.row_id, 1 FROM search_key k
     WHERE k.noun = asked.noun AND k.key >= asked.word AND k.key < asked.word || chr(1114111)
       AND ' ' || k.key LIKE ALL (asked.patterns) AND {_IS_OF_SORT}
     ORDER BY k.key, k.row_id LIMIT {{most}})
    UNION ALL
    (SELECT k.row_id, 2 FROM search_key k
     WHERE k.noun = asked.noun AND k.key >= left(asked.word, 2) AND k.key < asked.word AND {_IS_OF_SORT}
     ORDER BY k.key DESC, k.row_id LIMIT {{half}})
    UNION ALL
    (SELECT k.row_id, 2 FROM search_key k
     WHERE k.noun = asked.noun AND k.key >= asked.word AND k.key < left(asked.word, 2) || chr(1114111)
       AND {_IS_OF_SORT}
     ORDER BY k.key, k.row_id LIMIT {{half}})
) AS found
LEFT JOIN store s ON asked.noun = 'store' AND s.id = found.id
LEFT JOIN employee e ON asked.noun = 'employee' AND e.id = found.id
LEFT JOIN store o ON o.id = e.store_id
"""
SUGGESTED, _NEIGHBOUR = 10, 2
FOR_LIST = _NOTICES
FOR_LIST_WITH_LOOK_UPS = (
    f"{_NOTICES}UNION ALL{_LOOK_UPS.format(most=2 * SUGGESTED, half=SUGGESTED // 2)}ORDER BY likeness, name, code"
)

ASSETS = """
SELECT a.id, a.kind_id, k.name AS kind, a.label, a.serial
FROM asset a JOIN asset_kind k ON k.id = a.kind_id
WHERE a.store_id = %(store_id)s AND NOT a.is_retired
ORDER BY k.name, a.label
"""

# The assets, or kinds without a label, of the last reports. Both indexes are read a few rows far.
LATELY_REPORTED = """
SELECT r.asset_id, r.asset_kind_id AS kind_id
FROM ((SELECT p.asset_id, p.asset_kind_id, p.reported_at, true AS is_own FROM problem p
       WHERE p.reporter_id = %(reporter_id)s ORDER BY p.reported_at DESC, p.id DESC LIMIT 10)
      UNION ALL
      (SELECT p.asset_id, p.asset_kind_id, p.reported_at, false FROM problem p
       WHERE p.store_id = %(store_id)s ORDER BY p.reported_at DESC, p.id DESC LIMIT 20)) AS r
GROUP BY r.asset_id, r.asset_kind_id
ORDER BY bool_or(r.is_own) DESC, max(r.reported_at) DESC
LIMIT 5
"""

HELPDESK = "SELECT d.id FROM division d WHERE d.is_helpdesk"

# The open load of a division d: all its open problems, with or without a PIC, from the kept counts.
LOAD = """(SELECT coalesce(sum(k.amount), 0)::integer
        FROM (SELECT t.amount FROM tally t
              WHERE t.store_id = 0 AND t.division_id = d.id AND t.status <> 'closed'
              UNION ALL
              SELECT c.amount FROM tally_change c WHERE c.division_id = d.id AND c.status <> 'closed') AS k)"""
DIVISIONS = f"""
SELECT d.id, d.name, d.parent_id,
       {LOAD} AS load
FROM division d LEFT JOIN division above ON above.id = d.parent_id
WHERE d.is_active AND above.is_active IS NOT FALSE
ORDER BY d.name
"""

DEPARTMENTS = """
SELECT m.id, m.name, m.division_id AS parent_id,
       (SELECT count(*)::integer FROM employee e JOIN problem p ON p.holder_employee_id = e.id
        WHERE e.department_id = m.id AND p.status <> 'closed') AS load
FROM department m JOIN division d ON d.id = m.division_id LEFT JOIN division above ON above.id = d.parent_id
WHERE m.is_active AND d.is_active AND above.is_active IS NOT FALSE
ORDER BY m.name
"""

PICS = """
SELECT e.id, e.name, e.division_id AS parent_id,
       (SELECT count(*)::integer FROM problem p
        WHERE p.holder_employee_id = e.id AND p.status <> 'closed') AS load
FROM employee e
WHERE e.department_id = %(department_id)s AND e.role = 'handler' AND NOT e.is_frozen
ORDER BY e.name
"""

# PICs who can take over from a PIC: those of the same division, the same department first.
COLLEAGUES = """
SELECT e.id, e.name, e.division_id AS parent_id,
       (SELECT count(*)::integer FROM problem p
        WHERE p.holder_employee_id = e.id AND p.status <> 'closed') AS load
FROM employee gone JOIN employee e ON e.division_id = gone.division_id AND e.id <> gone.id
WHERE gone.id = %(employee_id)s AND e.role = 'handler' AND NOT e.is_frozen AND e.department_id IS NOT NULL
ORDER BY e.department_id = gone.department_id DESC, e.name
"""


class Choices:
    def __init__(self, query: Query, version: UUID | None = None) -> None:
        """`version`: of small master data, as read with the signed-in person; None: they are read again."""
        self._query, self._version = query, version

    def for_list(
        self,
        viewer: Employee,
        typed: Mapping[str, str],
        month: Period,
        now: datetime,
        supervisor_id: int | None = None,
        alarm_limit: int = 0,
    ) -> ListOptions:
        """What the page of the list needs besides the problems. `typed`: what was typed in the filters store, reporter
        and pic. `supervisor_id` None: no news; `alarm_limit` 0: no alarm."""
        period = {"month": month.number, "since": month.starts_at, "until": month.ends_at}
        asked = {"sorts": list(typed), "typed": list(typed.values()), "codes": []}
        asked["codes"] = [text.upper() if sort == "store" else nik_of(text) for sort, text in typed.items()]
        params = {**period, **asked, "supervisor_id": supervisor_id, **alarm_params(now, alarm_limit)}
        params |= {"viewer_id": viewer.id, "own_division_id": viewer.division_id}
        params["former"] = [division.id for division in self._small.former_divisions] or [0]
        statement = FOR_LIST_WITH_LOOK_UPS if typed else FOR_LIST
        rows, sorts = self._query.select(statement, params), ("view", "news", "alarm", "former", *typed)
        of = {sort: [row for row in rows if row["sort"] == sort] for sort in sorts}
        with_open = {row["id"] for row in of["former"]}
        former = tuple(division for division in self._small.former_divisions if division.id in with_open)
        return ListOptions(
            self._small.divisions,
            former,
            self._groups(former),
            self._small.categories,
            self._small.former_categories,
            self._small.asset_kinds,
            self._small.former_asset_kinds,
            {sort: _look_up(of[sort], text) for sort, text in typed.items()},
            bool(of["news"]),
            bool(of["alarm"]),
            tuple(ViewLink(row["name"], row["code"]) for row in sorted(of["view"], key=itemgetter("name", "id"))),
        )

    def _groups(self, former: tuple[Choice, ...]) -> tuple[tuple[Choice, tuple[Choice, ...]], ...]:
        """Each top-level division with what is chosen of it: its sub-divisions; itself where it has none that are
        active, or is a former one where something is open."""
        groups = []
        for top in (*self._small.divisions, *self._small.former_divisions):
            active = [one for one in self._small.divisions if one.parent_id == top.id]
            is_chosen = top in former or (top in self._small.divisions and not active)
            chosen = ([top] if is_chosen else []) + active + [one for one in former if one.parent_id == top.id]
            groups += [(top, tuple(chosen))] if chosen and not top.parent_id else []
        return tuple(sorted(groups, key=lambda group: group[0].name))

    def divisions_by_name(self) -> tuple[Choice, ...]:
        return self._small.divisions

    def categories(self) -> tuple[Choice, ...]:
        """All active categories; parent_id is the usual division, `usual` the usual priority."""
        return self._small.categories

    def age_limits(self) -> Mapping[str, int]:
        """Hours by priority after which an open problem counts as overdue (sih/domain/ages.py)."""
        return self._small.age_limits

    def usual_durations(self) -> Mapping[tuple[int, int], tuple[int, int]]:
        """How long problems usually take, as sih/domain/standings.py takes it."""
        return self._small.usual_durations

    def assets(self, store_id: int) -> list[AssetChoice]:
        """The assets in use at this store, ordered by kind."""
        return self._query.select(ASSETS, {"store_id": store_id}, AssetChoice)

    def ready_texts(self, division_id: int | None) -> list[ReadyText]:
        """The active ready texts of this division and of the one above it, by name."""
        above = next((one.parent_id for one in self._small.divisions if one.id == division_id), None)
        return [text for text in self._small.ready_texts if text.division_id in {division_id, above}]

    def troubles(self) -> tuple[Choice, ...]:
        """The usual troubles by name; parent_id is the kind of assets."""
        return self._small.troubles

    def lately_reported(self, reporter_id: int, store_id: int) -> list[Reported]:
        """What was last reported by this person, then by others of this store."""
        return self._query.select(LATELY_REPORTED, {"reporter_id": reporter_id, "store_id": store_id}, Reported)

    def asset_kinds(self) -> tuple[Choice, ...]:
        return self._small.asset_kinds

    def divisions(self) -> list[Choice]:
        """All active divisions with their open load; parent_id of a sub-division is its division."""
        return self._query.select(DIVISIONS, None, Choice)

    def helpdesk_id(self) -> int:
        return self._query.one(HELPDESK)["id"]

    def departments(self) -> list[Choice]:
        """All active departments with the open load of their PICs; parent_id is the division."""
        return self._query.select(DEPARTMENTS, None, Choice)

    def pics(self, department_id: int) -> list[Choice]:
        """The PICs of a department with their open load; parent_id is the division."""
        return self._query.select(PICS, {"department_id": department_id}, Choice)

    def colleagues(self, employee_id: int) -> list[Choice]:
        """The PICs who can take over from this one, with their open load; parent_id is the division."""
        return self._query.select(COLLEAGUES, {"employee_id": employee_id}, Choice)

    @property
    def _small(self) -> SmallMasters:
        return small_masters(self._query, self._version)


def _look_up(rows: list[dict], text: str) -> LookUp:
    """The row that this text means: the one with this code, the only one with this name, or the only one at all.
    `rows`: ordered by likeness."""
    likest = [row for row in rows if row["likeness"] == rows[0]["likeness"]]
    matches = {row["id"]: Match(row["id"], row["code"], row["name"], row["place"]) for row in likest}
    named = [match for match in matches.values() if match.name.casefold() == text.casefold()] or list(matches.values())
    fits = bool(rows) and rows[0]["likeness"] < _NEIGHBOUR
    if fits and len(named) == 1:
        return LookUp(named[0])
    return LookUp(suggestions=tuple(matches.values())[:SUGGESTED], is_ambiguous=fits)
