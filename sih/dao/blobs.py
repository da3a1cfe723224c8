"""Stored files, such as that of an import, in parts of a megabyte: a large file needs little memory, and a slow
download holds no transaction open.

The owner of a blob refers to it by a foreign key, and deletes it in the transaction that removes the reference."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from sih.dao.query import Query

PART = 1_000_000  # bytes

ADD = "INSERT INTO blob (size, created_at) VALUES (%(size)s, %(now)s) RETURNING id"
ADD_PART = "INSERT INTO blob_part (blob_id, number, content) VALUES (%(id)s, %(number)s, %(content)s)"
PART_OF = "SELECT p.content FROM blob_part p WHERE p.blob_id = %(id)s AND p.number = %(number)s"
PARTS = "SELECT p.content FROM blob_part p WHERE p.blob_id = %(id)s ORDER BY p.number"
DROP = "DELETE FROM blob WHERE id = ANY (%(ids)s)"


class Blobs:
    def __init__(self, query: Query) -> None:
        self._query = query

    def keep(self, file: BinaryIO, now: datetime) -> int:
        """Stores the whole file and returns its id. Call in the transaction that adds the reference."""
        size = file.seek(0, 2)
        file.seek(0)
        blob_id = self._query.one(ADD, {"size": size, "now": now})["id"]
        for number, content in enumerate(iter(lambda: file.read(PART), b"")):
            self._query.execute(ADD_PART, {"id": blob_id, "number": number, "content": content})
        return blob_id

    def parts(self, blob_id: int) -> Iterator[bytes]:
        """Yields the parts of a file. The connection is returned between two parts, so do not call it in a
        transaction."""
        number = 0
        while part := self._query.one_or_none(PART_OF, {"id": blob_id, "number": number}):
            self._query.close()
            yield bytes(part["content"])
            number += 1

    def whole(self, blob_id: int) -> bytes:
        return b"".join(part["content"] for part in self._query.select(PARTS, {"id": blob_id}))

    def drop(self, blob_ids: list[int]) -> None:
        """Deletes blobs. Call in the transaction that removed the references, as a separate statement: it then sees
        rows that were committed while the statement before waited for a lock."""
        self._query.execute(DROP, {"ids": blob_ids})
