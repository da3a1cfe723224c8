"""Photos and files: what somebody has uploaded (`upload`), and what belongs to an event of a problem (`attachment`).
Both name a stored file, which exists once for the same content and is deleted with the last of them."""

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sih.dao.blobs import Blobs
from sih.dao.query import Query
from sih.dao.visibility import IS_READ, IS_VISIBLE, viewer
from sih.domain.errors import NotFound, TooManyUploads
from sih.domain.records import Employee
from sih.photos import MOST_OF_A_PERSON, Converted

KEPT = timedelta(days=1)  # what was uploaded and not sent
SWEPT_AT_ONCE = 1000

# FOR KEY SHARE waits for a concurrent sweep, which may delete the file.
SAME = "SELECT f.id FROM file f WHERE f.hash = %(hash)s FOR KEY SHARE"
ADD = """
INSERT INTO file (hash, format, size, width, height, blob_id, thumbnail_blob_id)
VALUES (%(hash)s, %(format)s, %(size)s, %(width)s, %(height)s, %(blob_id)s, %(thumbnail_blob_id)s)
ON CONFLICT ON CONSTRAINT file_hash_once DO UPDATE SET size = excluded.size
RETURNING id, blob_id
"""
UPLOAD = """
INSERT INTO upload (employee_id, file_id, name, at)
SELECT %(employee_id)s, f.id, %(name)s, %(now)s
FROM file f WHERE f.id = %(file_id)s AND upload_fits(%(employee_id)s, f.size, %(most)s)
RETURNING id
"""
UPLOADS = """
SELECT u.id, u.file_id, u.name, f.format, f.size
FROM upload u JOIN file f ON f.id = u.file_id
WHERE u.employee_id = %(employee_id)s AND u.id = ANY (%(ids)s)
"""
# What the next statement deletes if nobody else names it.
DISCARD = "DELETE FROM upload u WHERE u.employee_id = %(employee_id)s AND u.id = ANY (%(ids)s) RETURNING u.file_id"
SWEEP_UPLOADS = """
DELETE FROM upload WHERE id IN (SELECT u.id FROM upload u WHERE u.at < %(before)s ORDER BY u.at LIMIT %(limit)s)
RETURNING file_id
"""
SWEEP_ATTACHMENTS = """
WITH old AS (
    SELECT a.id, a.file_id FROM attachment a
    WHERE a.file_id IS NOT NULL AND a.at < %(now)s - make_interval(months => %(months)s)
    ORDER BY a.at LIMIT %(limit)s
    FOR UPDATE
)
UPDATE attachment a SET file_id = NULL FROM old WHERE a.id = old.id RETURNING old.file_id
"""
LOCK = "SELECT f.id FROM file f WHERE f.id = ANY (%(ids)s) ORDER BY f.id FOR UPDATE"
DROP = """
DELETE FROM file f
WHERE f.id = ANY (%(ids)s) AND NOT EXISTS (SELECT FROM upload u WHERE u.file_id = f.id)
  AND NOT EXISTS (SELECT FROM attachment a WHERE a.file_id = f.id)
RETURNING f.blob_id, f.thumbnail_blob_id
"""

# Part of a statement whose CTE `noted` adds one event and returns its id and problem_id: takes what its actor uploaded.
ATTACH = """, taken AS (
    DELETE FROM upload u
    USING noted,
          unnest(%(uploads)s::bigint[], %(descriptions)s::text[]) WITH ORDINALITY AS sent (id, description, place)
    WHERE u.id = sent.id AND u.employee_id = %(actor_id)s
    RETURNING u.id, noted.problem_id, noted.id AS event_id, u.file_id, u.name, sent.description, sent.place
), attached AS (
    INSERT INTO attachment (id, problem_id, event_id, file_id, place, name, description, at)
    SELECT t.id, t.problem_id, t.event_id, t.file_id, t.place, t.name, t.description, %(now)s FROM taken t
)
"""
# The files of an event `e`, as a column of the statements that read events.
OF_EVENT = """(SELECT jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name, 'description', a.description,
                                               'format', f.format, 'size', f.size, 'width', f.width,
                                               'height', f.height) ORDER BY a.place)
        FROM attachment a LEFT JOIN file f ON f.id = a.file_id WHERE a.event_id = e.id)"""

ATTACHED = "SELECT a.id, a.file_id FROM attachment a WHERE a.event_id = %(event_id)s"
# A file is found through its event, and the event through its problem.
FIND = f"""
SELECT a.id, a.name, f.format, f.size, f.hash, f.blob_id, f.thumbnail_blob_id
FROM attachment a
JOIN event e ON e.id = a.event_id
JOIN problem p ON p.id = e.problem_id
JOIN file f ON f.id = a.file_id
WHERE a.id = %(id)s AND p.id = %(problem_id)s AND {IS_VISIBLE} AND {IS_READ}
"""
FIND_UPLOAD = """
SELECT u.id, u.name, f.format, f.size, f.hash, f.blob_id, f.thumbnail_blob_id
FROM upload u JOIN file f ON f.id = u.file_id
WHERE u.id = %(id)s AND u.employee_id = %(employee_id)s
"""


def attaching(files: Mapping[int, str] | None) -> dict[str, list]:
    """The parameters of ATTACH. `files`: alternative texts by the id of the upload."""
    return {"uploads": list(files or {}), "descriptions": list((files or {}).values())}


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody has uploaded and not sent."""

    id: int
    file_id: int
    name: str
    format: str
    size: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file to be read: an attachment, or an upload."""

    id: int
    name: str
    format: str  # jpeg or pdf
    size: int
    hash: memoryview
    blob_id: int
    thumbnail_blob_id: int | None


class Files:
    def __init__(self, query: Query) -> None:
        self._query = query

    def keep(self, by: Employee, name: str, made: Converted, now: datetime) -> Upload:
        """Stores a file that this person uploaded. Raises TooManyUploads."""
        digest = hashlib.sha256(made.content).digest()
        with self._query.transaction():
            same = self._query.one_or_none(SAME, {"hash": digest})
            file_id = same["id"] if same else self._add(digest, made, now)
            facts = {"employee_id": by.id, "file_id": file_id, "name": name, "now": now, "most": MOST_OF_A_PERSON}
            row = self._query.one_or_none(UPLOAD, facts)
            if row is None:
                raise TooManyUploads
        return Upload(row["id"], file_id, name, made.format, len(made.content))

    def uploads(self, of: Employee, ids: Sequence[int]) -> list[Upload]:
        """Those of these uploads that are this person's, in this order."""
        found = self._query.select(UPLOADS, {"employee_id": of.id, "ids": list(ids)}, Upload) if ids else []
        return sorted(found, key=lambda upload: ids.index(upload.id))

    def discard(self, by: Employee, ids: Sequence[int]) -> int:
        """Deletes those of these uploads that are this person's and were not sent. Returns how many."""
        return self._release(DISCARD, {"employee_id": by.id, "ids": list(ids)}) if ids else 0

    def are_attached(self, event_id: int, uploads: Sequence[int], file_ids: Sequence[int]) -> bool:
        """Whether this event has the files of all these uploads, which it took, and all these files."""
        rows = self._query.select(ATTACHED, {"event_id": event_id})
        return set(uploads) <= {row["id"] for row in rows} and set(file_ids) <= {row["file_id"] for row in rows}

    def attachment(self, who: Employee, problem_id: int, attachment_id: int) -> StoredFile:
        """A file of this problem, if this person may see it. Raises NotFound."""
        return self._found(FIND, viewer(who) | {"id": attachment_id, "problem_id": problem_id})

    def upload(self, who: Employee, upload_id: int) -> StoredFile:
        """What this person has uploaded and not sent. Raises NotFound."""
        return self._found(FIND_UPLOAD, {"id": upload_id, "employee_id": who.id})

    def parts(self, blob_id: int) -> Iterator[bytes]:
        return Blobs(self._query).parts(blob_id)

    def sweep(self, now: datetime, months: int = 0) -> None:
        """Deletes what was uploaded and not sent for a day, and what was attached more than `months` ago; 0: never."""
        while self._release(SWEEP_UPLOADS, {"before": now - KEPT, "limit": SWEPT_AT_ONCE}) == SWEPT_AT_ONCE:
            pass
        old = {"now": now, "months": months, "limit": SWEPT_AT_ONCE}
        while months and self._release(SWEEP_ATTACHMENTS, old) == SWEPT_AT_ONCE:
            pass

    def _add(self, digest: bytes, made: Converted, now: datetime) -> int:
        blobs, thumbnail_id = Blobs(self._query), None
        blob_id = blobs.keep(io.BytesIO(made.content), now)
        if made.thumbnail:
            thumbnail_id = blobs.keep(io.BytesIO(made.thumbnail), now)
        facts = {"hash": digest, "format": made.format, "size": len(made.content), "width": made.width}
        facts |= {"height": made.height, "blob_id": blob_id, "thumbnail_blob_id": thumbnail_id}
        row = self._query.one(ADD, facts)
        if row["blob_id"] != blob_id:  # another request has stored the same content meanwhile
            blobs.drop([one for one in (blob_id, thumbnail_id) if one])
        return row["id"]

    def _release(self, sql: str, params: dict) -> int:
        """Runs a statement that removes references to files, and deletes the files that nothing refers to any more.
        Returns how many references there were."""
        with self._query.transaction():
            rows = self._query.select(sql, params)
            ids = sorted({row["file_id"] for row in rows})
            if ids:
                self._query.select(LOCK, {"ids": ids})  # a separate statement, as in Blobs.drop
                dropped = self._query.select(DROP, {"ids": ids})
                Blobs(self._query).drop([blob for row in dropped for blob in row.values() if blob])
        return len(rows)

    def _found(self, sql: str, params: dict) -> StoredFile:
        found = self._query.one_or_none(sql, params, StoredFile)
        if found is None:
            raise NotFound
        return found
