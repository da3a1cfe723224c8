"""The audit: whose change of master data it is, said inside its transaction; triggers of sql/schema.sql write it."""

import contextlib
import json
from collections.abc import Iterator
from datetime import datetime

from sih.dao.query import Query

SIGN = "SELECT set_config('sih.change', %(author)s, true)"


@contextlib.contextmanager
def signed(
    query: Query, at: datetime, actor_id: int | None, source: str = "page", reason: str | None = None
) -> Iterator[None]:
    """A transaction whose changes are this person's; `actor_id` None is the command line."""
    author = {"at": at.isoformat(), "actor_id": actor_id, "source": source, "reason": reason}
    with query.transaction():
        query.select(SIGN, {"author": json.dumps(author)})
        yield
