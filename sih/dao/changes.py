"""What has changed since a page was made: problems that came under the filters of its list, its rows that a colleague
changed, and who has one of them open. One statement for all, since open pages ask for it every half minute."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sih.dao import problem_lists
from sih.dao.presences import KEPT
from sih.dao.query import Query
from sih.dao.visibility import IS_VISIBLE, OF_WAITING
from sih.domain.records import Employee, Filters
from sih.domain.vocabulary import EVENTS, MOVES_NOTHING

MOST_EVENTS = 1000  # read at once; more than a busy company has in five minutes
MOST_NEW = 100
# An event is committed some milliseconds after it got its id. Events of the last seconds are therefore read again.
SETTLED = timedelta(seconds=5)
# What the clocks of two machines may differ by.
TOLERANCE = timedelta(seconds=2)

# Events are read by their primary key, problems by theirs. Without a cursor the newest events are read.
SINCE = f"""
WITH recent AS MATERIALIZED (
    SELECT e.id, e.problem_id, e.kind, e.at
    FROM event e
    WHERE e.id > coalesce(%(cursor)s, (SELECT max(newest.id) FROM event newest) - %(most_events)s)
    ORDER BY e.id LIMIT %(most_events)s
), shown AS MATERIALIZED (
    SELECT p.id, p.last_event_id, p.last_event_id <> page.event_id AS is_changed
    FROM unnest(%(ids)s::bigint[], %(events)s::bigint[]) AS page (id, event_id) JOIN problem p ON p.id = page.id
    WHERE {IS_VISIBLE}
)
(SELECT 'new' AS what, p.id, NULL AS name
FROM problem p
WHERE p.id IN (SELECT r.problem_id FROM recent r WHERE r.at > %(since)s AND r.kind = ANY (%(kinds)s::event_kind[]))
  AND p.id <> ALL (%(ids)s::bigint[])
  AND {IS_VISIBLE}
  AND (NOT %(waiting)s OR {" OR ".join(OF_WAITING)})
  AND (NOT %(only_open)s OR p.status <> 'closed')
  AND {problem_lists.FILTERS}
  AND {problem_lists.SAYS}
LIMIT %(most_new)s)
UNION ALL
SELECT 'changed', s.id, (SELECT a.name FROM employee a WHERE a.id = e.actor_id)
FROM shown s JOIN event e ON e.id = s.last_event_id
WHERE s.is_changed AND e.actor_id <> %(viewer_id)s
UNION ALL
(SELECT 'present', s.id, e.name
FROM shown s JOIN presence o ON o.problem_id = s.id JOIN employee e ON e.id = o.employee_id
WHERE o.seen_at > %(present_since)s AND e.id <> %(viewer_id)s AND NOT e.is_frozen
ORDER BY e.name)
UNION ALL
SELECT 'cursor', max(r.id), NULL FROM recent r WHERE r.at <= %(settled_at)s HAVING max(r.id) IS NOT NULL
UNION ALL
SELECT 'over', 1, NULL FROM recent r HAVING count(*) = %(most_events)s AND min(r.at) > %(since)s
"""
MOVES = [kind for kind in EVENTS if kind not in MOVES_NOTHING]


@dataclass(slots=True)
class News:
    """`new`: ids of problems, at most MOST_NEW. `is_over`: there was more than is read at once. `cursor`: for the next
    time; None: the same. `changed`: who changed a row last; `present`: who has it open; both by its problem's id."""

    new: list[int] = field(default_factory=list)
    is_over: bool = False
    cursor: int | None = None
    changed: dict[int, str] = field(default_factory=dict)
    present: dict[int, list[str]] = field(default_factory=dict)


class Changes:
    def __init__(self, query: Query) -> None:
        self._query = query

    def since(
        self, employee: Employee, at: datetime, now: datetime, filters: Filters | None = None,
        rows: Mapping[int, int] | None = None, cursor: int | None = None,
    ) -> News:  # fmt: skip
        """What this person may see of the changes since `at`. `filters` None: the page is no list. `rows`: the last
        event that the page shows of each problem. `cursor`: of the answer before."""
        rows = rows or {}
        times = {"since": at - TOLERANCE, "settled_at": now - SETTLED, "present_since": now - KEPT}
        bounds = {"cursor": cursor, "most_events": MOST_EVENTS, "most_new": MOST_NEW}
        is_list = filters is not None and not filters.match_nothing
        filters = filters or Filters()
        page = {"ids": list(rows), "events": list(rows.values()), "kinds": _bringing(filters) if is_list else []}
        news = News()
        # The order is one of open problems; without it, the parameters are those of the whole list.
        params = problem_lists.params_of(employee, replace(filters, order=None))
        params |= {"waiting": filters.waiting, "only_open": filters.order is not None}
        for row in self._query.select(SINCE, params | times | bounds | page):
            _add(news, **row)
        return news


def _add(news: News, what: str, id: int, name: str | None) -> None:
    if what == "new":
        news.new.append(id)
    elif what == "changed":
        news.changed[id] = name or ""
    elif what == "present":
        news.present.setdefault(id, []).append(name or "")
    elif what == "cursor":
        news.cursor = id
    else:
        news.is_over = True


def _bringing(filters: Filters) -> list[str]:
    """The kinds of events that can bring a problem under these filters."""
    if filters.status:
        return MOVES
    kinds = ["reported"]
    if filters.waiting or filters.division_ids or filters.pic_id or filters.order:
        kinds += ["escalated", "returned", "reopened"]
    return kinds + ["opened"] * bool(filters.priority or filters.category_id)
