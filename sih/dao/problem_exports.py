"""Exports of the list of problems: what was asked for, and the file. Kept for a day, for who asked alone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from sih.dao.blobs import Blobs
from sih.dao.jobs import Jobs
from sih.dao.query import Query
from sih.domain.records import Employee

KEPT = timedelta(days=1)

ADD = """
INSERT INTO problem_export (employee_id, format, asked, created_at)
VALUES (%(employee_id)s, %(format)s, %(asked)s, %(now)s) RETURNING id
"""
LINK = "UPDATE problem_export SET job_id = %(job_id)s WHERE id = %(id)s"
OF = """
SELECT x.id, x.employee_id, x.format, x.asked, x.created_at, x.blob_id IS NOT NULL AS is_ready,
       coalesce(j.done, 0) AS done, coalesce(j.total, 0) AS total, coalesce(j.state::text, 'failed') AS job_state,
       e.session_version
FROM problem_export x JOIN employee e ON e.id = x.employee_id LEFT JOIN job j ON j.id = x.job_id
WHERE x.id = %(id)s AND x.created_at >= %(since)s AND (%(employee_id)s IS NULL OR x.employee_id = %(employee_id)s)
"""
LOCK = "SELECT job_id, blob_id FROM problem_export WHERE id = %(id)s FOR UPDATE"
READY = "UPDATE problem_export SET blob_id = %(blob_id)s WHERE id = %(id)s"
BLOB = "SELECT blob_id FROM problem_export WHERE id = %(id)s AND blob_id IS NOT NULL"
SWEEP = "DELETE FROM problem_export WHERE created_at < %(before)s RETURNING blob_id"


@dataclass(frozen=True, slots=True)
class ProblemExport:
    id: int
    employee_id: int
    format: str
    asked: dict[str, str]
    created_at: datetime
    is_ready: bool
    done: int
    total: int
    job_state: str
    session_version: int


class ProblemExports:
    def __init__(self, query: Query) -> None:
        self._query = query

    def add(self, by: Employee, format: str, asked: dict[str, str], now: datetime, limit: int = 0) -> int:
        """Leaves it to a worker to make this file; gives the number of the export. Raises TooManyFiles, see Jobs."""
        params = {"employee_id": by.id, "format": format, "asked": json.dumps(asked), "now": now}
        with self._query.transaction():
            number = self._query.one(ADD, params)["id"]
            job_id = Jobs(self._query).add("export_problems", {"export_id": number}, now, by.id, limit)
            self._query.execute(LINK, {"id": number, "job_id": job_id})
        return number

    def of(self, export_id: int, now: datetime, employee_id: int | None = None) -> ProblemExport | None:
        """This export, while it is kept; with `employee_id` only if it is that person's."""
        params = {"id": export_id, "since": now - KEPT, "employee_id": employee_id}
        return self._query.one_or_none(OF, params, ProblemExport)

    def keep(self, export_id: int, file: BinaryIO, now: datetime) -> None:
        """The whole file; from now on it can be had, and its job is done. Another worker's stays as it is."""
        with self._query.transaction():
            found = self._query.one_or_none(LOCK, {"id": export_id})
            if found is None or found["blob_id"]:
                return
            self._query.execute(READY, {"id": export_id, "blob_id": Blobs(self._query).keep(file, now)})
            Jobs(self._query).written(found["job_id"])

    def parts(self, export_id: int) -> Iterator[bytes]:
        """The file, part by part; between them the connection is free."""
        found = self._query.one_or_none(BLOB, {"id": export_id})
        return Blobs(self._query).parts(found["blob_id"]) if found else iter(())

    def sweep(self, now: datetime) -> None:
        """Drops what is older than a day. `now` as the server's clock tells it."""
        with self._query.transaction():
            old = self._query.select(SWEEP, {"before": now - KEPT})
            Blobs(self._query).drop([row["blob_id"] for row in old if row["blob_id"]])
