"""What has changed since a page was made: problems that came under the filters of its list, its rows that a colleague
changed, and who has one of them open. One statement for all, since open pages ask for it every half minute."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sih.dao import problem_lists
from sih.dao.presences import KEPT
from sih.dao.query import Query
from sih.dao.visibility import IS_READ, IS_VISIBLE, OF_WAITING
from sih.domain.records import Employee, Filters
from sih.domain.vocabulary import EVENTS, MOVES_NOTHING

MOST_EVENTS = 1000  # read at once; more than a busy company has in five minutes
MOST_NEW = 100
# An event is committed some milliseconds after it got its id. Events of the last seconds are therefore read again.
SETTLED = timedelta(seconds=5)
# An event has the time at which its request began. It is committed up to a few seconds later, such as after waiting for
# a lock (sih/dao/schema.py: LIMITS); and the clocks of two machines may differ.
TOLERANCE = timedelta(seconds=5)

# Events and problems are read by their primary keys; the filters then look at few rows and at no index. Planning is
# most of the cost, so there are no joins. Without a cursor the newest events are read. The name of a frozen person who
# is present is NULL.
SINCE = f"""
WITH recent AS MATERIALIZED (
    SELECT e.id, e.problem_id, e.kind, e.at, e.actor_id
    FROM event e
    WHERE e.id > coalesce(%(cursor)s, (SELECT max(newest.id) FROM event newest) - %(most_events)s)
      AND {IS_READ}
    ORDER BY e.id LIMIT %(most_events)s
), moved AS MATERIALIZED (
    SELECT {problem_lists.ROW}
    FROM problem p
    WHERE p.id = ANY (ARRAY(SELECT r.problem_id FROM recent r
                            WHERE r.at > %(page_at)s AND r.kind = ANY (%(kinds)s::event_kind[])))
)
(SELECT 'new' AS what, p.id, NULL AS name, NULL::bigint AS event_id
FROM moved p
WHERE p.id <> ALL (%(ids)s::bigint[])
  AND {IS_VISIBLE}
  AND (NOT %(waiting)s OR {" OR ".join(OF_WAITING)})
  AND (NOT %(only_open)s OR p.status <> 'closed')
  AND {problem_lists.FILTERS}
  AND {problem_lists.SAYS}
LIMIT %(most_new)s)
UNION ALL
SELECT 'changed', r.problem_id, (SELECT a.name FROM employee a WHERE a.id = r.actor_id), r.id
FROM recent r
WHERE r.problem_id = ANY (%(ids)s::bigint[]) AND r.at > %(page_at)s AND r.actor_id <> %(viewer_id)s
  AND (NOT moves_nothing(r.kind) OR r.kind IN ('asked', 'unasked')
       OR (r.kind = 'commented' AND EXISTS (SELECT FROM question q WHERE q.ended_event_id = r.id)))
  AND (%(sees_all)s OR EXISTS (SELECT FROM problem p WHERE p.id = r.problem_id AND {IS_VISIBLE}))
UNION ALL
SELECT 'present', o.problem_id, (SELECT e.name FROM employee e WHERE e.id = o.employee_id AND NOT e.is_frozen), NULL
FROM presence o
WHERE o.problem_id = ANY (%(ids)s::bigint[]) AND o.seen_at > %(present_since)s AND o.employee_id <> %(viewer_id)s
  AND (%(sees_all)s OR EXISTS (SELECT FROM problem p WHERE p.id = o.problem_id AND {IS_VISIBLE}))
UNION ALL
SELECT CASE WHEN count(*) = %(most_events)s AND min(r.at) > %(page_at)s THEN 'over' ELSE 'cursor' END,
       max(r.id) FILTER (WHERE r.at <= %(settled_at)s), NULL, NULL
FROM recent r
"""
MOVES = [kind for kind in EVENTS if kind not in MOVES_NOTHING]


@dataclass(slots=True)
class News:
    """`new`: ids of problems, at most MOST_NEW. `is_over`: there was more than is read at once. `cursor`: for the next
    time; None: the same. `changed`: the last event and the name of who acted; `present`: who has it open; both by the
    id of the problem."""

    new: list[int] = field(default_factory=list)
    is_over: bool = False
    cursor: int | None = None
    changed: dict[int, tuple[int, str]] = field(default_factory=dict)
    present: dict[int, list[str]] = field(default_factory=dict)


class Changes:
    def __init__(self, query: Query) -> None:
        self._query = query

    def since(
        self, employee: Employee, at: datetime, now: datetime, filters: Filters | None = None,
        rows: Sequence[int] = (), cursor: int | None = None,
    ) -> News:  # fmt: skip
        """What this person may see of the changes since `at`, or since an answer with `cursor`. `filters` None: the
        page is no list. `rows`: ids of the problems that the page shows. An event of the last seconds may come twice;
        own changes do not come."""
        times = {"page_at": at - TOLERANCE, "settled_at": now - SETTLED, "present_since": now - KEPT}
        bounds = {"cursor": cursor, "most_events": MOST_EVENTS, "most_new": MOST_NEW}
        is_list = filters is not None and not filters.match_nothing
        filters = filters or Filters()
        # The text of an array is shorter to parse than an expression.
        page = {"ids": f"{{{','.join(map(str, rows))}}}", "kinds": _bringing(filters) if is_list else []}
        news = News()
        # The order is one of open problems; without it, the parameters are those of the whole list.
        params = problem_lists.params_of(employee, replace(filters, order=None))
        params |= {"waiting": filters.waiting, "only_open": filters.order is not None}
        for row in self._query.select(SINCE, params | times | bounds | page):
            _add(news, row)
        return news


def _add(news: News, row: dict) -> None:
    what, number, name = row["what"], row["id"], row["name"]
    if what == "new":
        news.new.append(number)
    elif what in ("cursor", "over"):
        news.cursor, news.is_over = number, what == "over"
    elif name and what == "changed":
        news.changed[number] = max(news.changed.get(number, (0, "")), (row["event_id"], name))
    elif name:
        news.present[number] = sorted([*news.present.get(number, ()), name])


def _bringing(filters: Filters) -> list[str]:
    """The kinds of events that can bring a problem under these filters."""
    asked = ["asked"] * filters.asked
    if filters.status:
        return MOVES + asked
    kinds = asked or ["reported"]
    if filters.waiting or filters.division_ids or filters.pic_id or filters.order:
        kinds += ["escalated", "returned", "reopened"]
    if filters.asset_kind_id or filters.words:
        kinds.append("corrected")
    return kinds + ["opened"] * bool(filters.priority or filters.category_id)
