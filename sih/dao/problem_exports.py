"""Exports of the problem list: the request, its rows, and the file. Kept for a day, accessible only to the employee who
requested it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from sih.dao.blobs import Blobs
from sih.dao.jobs import Jobs
from sih.dao.query import Query
from sih.domain.records import Employee

KEPT = timedelta(days=1)

ADD = """
INSERT INTO problem_export (employee_id, format, filters, created_at)
VALUES (%(employee_id)s, %(format)s, %(filters)s, %(now)s) RETURNING id
"""
LINK = "UPDATE problem_export SET job_id = %(job_id)s WHERE id = %(id)s"
OF = """
SELECT x.id, x.employee_id, x.format, x.filters, x.created_at, x.blob_id IS NOT NULL AS is_ready,
       coalesce(j.done, 0) AS done, coalesce(j.total, 0) AS total, coalesce(j.state::text, 'failed') AS job_state,
       e.session_version
FROM problem_export x JOIN employee e ON e.id = x.employee_id LEFT JOIN job j ON j.id = x.job_id
WHERE x.id = %(id)s AND x.created_at >= %(since)s AND (%(employee_id)s IS NULL OR x.employee_id = %(employee_id)s)
"""
LOCK = "SELECT job_id, blob_id FROM problem_export WHERE id = %(id)s FOR UPDATE"
READY = "UPDATE problem_export SET blob_id = %(blob_id)s WHERE id = %(id)s"
BLOB = "SELECT blob_id FROM problem_export WHERE id = %(id)s AND blob_id IS NOT NULL"
# In the order of the ids. A problem is opened once but may be handed over any number of times, so the receivers are
# shortened. Names are those of the recap, so that counting the rows of a file gives the figures of the recap.
ROWS = """
SELECT p.id, p.title, p.description, p.status, p.is_withdrawn, p.priority,
       (SELECT c.name FROM category c WHERE c.id = p.category_id) AS category,
       (SELECT s.code || ' ' || s.name FROM store s WHERE s.id = p.store_id) AS store,
       (SELECT k.name FROM asset_kind k WHERE k.id = p.asset_kind_id)
           || coalesce(' ' || (SELECT a.label FROM asset a WHERE a.id = p.asset_id), '') AS asset,
       r.nik AS reporter_nik, r.name AS reporter_name, p.diagnosis, p.solution,
       (SELECT d.key FROM division_sheet d WHERE d.id = p.holder_division_id) AS division,
       (SELECT h.name || ' (' || h.nik || ')' FROM employee h WHERE h.id = p.holder_employee_id) AS pic,
       life.handovers, life.receivers, life.reopenings, p.reported_at, life.opened_at,
       CASE WHEN p.status <> 'closed' THEN p.held_since END AS waits_since,
       CASE WHEN NOT p.is_withdrawn THEN p.closed_at END AS closed_at
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS asked (id, place)
JOIN problem p ON p.id = asked.id
JOIN employee r ON r.id = p.reporter_id
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE e.kind = 'escalated') AS handovers,
           left(string_agg(
               (SELECT d.key FROM division_sheet d WHERE d.id = e.to_division_id)
                   || coalesce(' (' || (SELECT t.name FROM employee t WHERE t.id = e.to_employee_id) || ')', ''),
               '; ' ORDER BY e.at, e.id) FILTER (WHERE e.kind = 'escalated'), 1000) AS receivers,
           count(*) FILTER (WHERE e.kind = 'reopened') AS reopenings,
           min(e.at) FILTER (WHERE e.kind = 'opened') AS opened_at
    FROM event e WHERE e.problem_id = p.id) AS life
ORDER BY asked.place
"""
SWEEP = "DELETE FROM problem_export WHERE created_at < %(before)s RETURNING blob_id"


@dataclass(frozen=True, slots=True)
class ProblemExport:
    id: int
    employee_id: int
    format: str
    filters: dict[str, str]
    created_at: datetime
    is_ready: bool
    done: int
    total: int
    job_state: str
    session_version: int


@dataclass(slots=True)
class ExportedProblem:
    """A row of the file. `division` and `pic` are the present or last holder; `receivers` are those to whom the problem
    was handed over, in order."""

    id: int
    title: str
    description: str
    status: str
    is_withdrawn: bool
    priority: str | None
    category: str | None
    store: str
    asset: str
    reporter_nik: str
    reporter_name: str
    diagnosis: str | None
    solution: str | None
    division: str
    pic: str | None
    handovers: int
    receivers: str | None
    reopenings: int
    reported_at: datetime
    opened_at: datetime | None
    waits_since: datetime | None  # of an open problem: since when at its present holder
    closed_at: datetime | None  # None also of a withdrawn one, which no figure counts as closed


class ProblemExports:
    def __init__(self, query: Query) -> None:
        self._query = query

    def add(self, by: Employee, format: str, filters: dict[str, str], now: datetime, limit: int = 0) -> int:
        """Queues the file for a worker; returns the id of the export. Raises TooManyFiles, see Jobs."""
        params = {"employee_id": by.id, "format": format, "filters": json.dumps(filters), "now": now}
        with self._query.transaction():
            number = self._query.one(ADD, params)["id"]
            job_id = Jobs(self._query).add("export_problems", {"export_id": number}, now, by.id, limit)
            self._query.execute(LINK, {"id": number, "job_id": job_id})
        return number

    def of(self, export_id: int, now: datetime, employee_id: int | None = None) -> ProblemExport | None:
        """This export, until it expires; with `employee_id` only if it belongs to that employee."""
        params = {"id": export_id, "since": now - KEPT, "employee_id": employee_id}
        return self._query.one_or_none(OF, params, ProblemExport)

    def rows(self, ids: Sequence[int]) -> list[ExportedProblem]:
        """The problems with these ids, in this order."""
        return self._query.select(ROWS, {"ids": list(ids)}, ExportedProblem)

    def keep(self, export_id: int, file: BinaryIO, now: datetime) -> None:
        """Stores the whole file, which can be downloaded from now on, and completes its job. A file stored by another
        worker is not replaced."""
        with self._query.transaction():
            found = self._query.one_or_none(LOCK, {"id": export_id})
            if found is None or found["blob_id"]:
                return
            self._query.execute(READY, {"id": export_id, "blob_id": Blobs(self._query).keep(file, now)})
            Jobs(self._query).written(found["job_id"])

    def parts(self, export_id: int) -> Iterator[bytes]:
        """The file in parts; the connection is released between them."""
        found = self._query.one_or_none(BLOB, {"id": export_id})
        return Blobs(self._query).parts(found["blob_id"]) if found else iter(())

    def sweep(self, now: datetime) -> None:
        """Deletes exports older than a day. `now`: time of the server's clock."""
        with self._query.transaction():
            old = self._query.select(SWEEP, {"before": now - KEPT})
            Blobs(self._query).drop([row["blob_id"] for row in old if row["blob_id"]])
