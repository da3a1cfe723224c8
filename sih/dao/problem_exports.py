"""Exports of the list of problems: what was asked for, and the file in parts. Kept for a day, for who asked alone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sih.dao.jobs import Jobs
from sih.dao.query import Query
from sih.domain.records import Employee

KEPT, PART = timedelta(days=1), 1_000_000  # bytes

ADD = """
INSERT INTO problem_export (employee_id, format, asked, created_at)
VALUES (%(employee_id)s, %(format)s, %(asked)s, %(now)s) RETURNING id
"""
LINK = "UPDATE problem_export SET job_id = %(job_id)s WHERE id = %(id)s"
OF = """
SELECT x.id, x.employee_id, x.format, x.asked, x.created_at, x.is_ready, coalesce(j.done, 0) AS done,
       coalesce(j.total, 0) AS total, coalesce(j.state::text, 'failed') AS job_state, e.session_version
FROM problem_export x JOIN employee e ON e.id = x.employee_id LEFT JOIN job j ON j.id = x.job_id
WHERE x.id = %(id)s AND x.created_at >= %(since)s AND (%(employee_id)s IS NULL OR x.employee_id = %(employee_id)s)
"""
FORGET = "DELETE FROM problem_export_part WHERE export_id = %(id)s"
ADD_PART = "INSERT INTO problem_export_part (export_id, number, content) VALUES (%(id)s, %(number)s, %(content)s)"
LOCK = "SELECT job_id, is_ready FROM problem_export WHERE id = %(id)s FOR UPDATE"
READY = "UPDATE problem_export SET is_ready = true WHERE id = %(id)s"
PART_OF = "SELECT p.content FROM problem_export_part p WHERE p.export_id = %(id)s AND p.number = %(number)s"
SWEEP = "DELETE FROM problem_export WHERE created_at < %(before)s"


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

    def keep(self, export_id: int, file) -> None:
        """The whole file, in parts; from now on it can be had, and its job is done. Another worker's stays as it is."""
        with self._query.transaction():
            found = self._query.one_or_none(LOCK, {"id": export_id})
            if found is None or found["is_ready"]:
                return
            self._query.execute(FORGET, {"id": export_id})
            for number, content in enumerate(iter(lambda: file.read(PART), b"")):
                self._query.execute(ADD_PART, {"id": export_id, "number": number, "content": content})
            self._query.execute(READY, {"id": export_id})
            Jobs(self._query).written(found["job_id"])

    def parts(self, export_id: int) -> Iterator[bytes]:
        """The file, part by part; between them the connection is free."""
        number = 0
        while part := self._query.one_or_none(PART_OF, {"id": export_id, "number": number}):
            self._query.close()
            yield bytes(part["content"])
            number += 1

    def sweep(self, now: datetime) -> None:
        self._query.execute(SWEEP, {"before": now - KEPT})
