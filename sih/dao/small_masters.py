"""Small master data: divisions, categories, kinds of assets and age limits. They are few, rarely change, and are needed
on nearly every page. Each process caches them with their version; each request reads the current version with its
person (dao/employees.py: SIGNED_IN), so that every process sees a change at its next request.

A version is a UUID made by a trigger. A counter could repeat a number with other rows after a rollback, a failover or a
restore."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sih.dao.query import Query
from sih.domain.records import Choice

# One statement, so that rows and version are consistent.
LOAD = """
SELECT 'divisions' AS noun, d.id, d.name, d.parent_id, NULL AS usual, v.version
FROM division d LEFT JOIN division above ON above.id = d.parent_id, small_masters_version v
WHERE d.is_active AND above.is_active IS NOT FALSE
UNION ALL
SELECT 'former_divisions', d.id, d.name, d.parent_id, NULL, v.version
FROM division d LEFT JOIN division above ON above.id = d.parent_id, small_masters_version v
WHERE NOT (d.is_active AND above.is_active IS NOT FALSE)
UNION ALL
SELECT 'categories', c.id, c.name, c.division_id, c.priority::text, v.version
FROM category c, small_masters_version v
WHERE c.is_active
UNION ALL
SELECT 'asset_kinds', k.id, k.name, NULL, NULL, v.version
FROM asset_kind k, small_masters_version v
WHERE k.is_active
UNION ALL
SELECT 'age_limits', l.hours, l.name, NULL, NULL, v.version
FROM age_limit l, small_masters_version v
ORDER BY noun, name
"""


@dataclass(frozen=True, slots=True)
class SmallMasters:
    """The active rows, ordered by name, and their version; `former_divisions` are inactive, or below one that is."""

    version: UUID
    divisions: tuple[Choice, ...] = ()  # sub-divisions name their parent
    former_divisions: tuple[Choice, ...] = ()
    categories: tuple[Choice, ...] = ()  # parent_id is the usual division
    asset_kinds: tuple[Choice, ...] = ()
    age_limits: Mapping[str, int] = field(default_factory=dict)  # hours by priority, see domain/ages.py


_kept: SmallMasters | None = None


def small_masters(query: Query, version: UUID | None = None) -> SmallMasters:
    """Small master data of this version or a newer one; without `version` they are read again."""
    global _kept
    found = _kept
    if found is None or found.version != version:
        found = _kept = _load(query)
    return found


def _load(query: Query) -> SmallMasters:
    rows, of = query.select(LOAD), {}
    age_limits = {row["name"]: row["id"] for row in rows if row["noun"] == "age_limits"}
    for row in (row for row in rows if row["noun"] != "age_limits"):
        choice = Choice(row["id"], row["name"], row["parent_id"], usual=row["usual"])
        of.setdefault(row["noun"], []).append(choice)
    lists = {noun: tuple(choices) for noun, choices in of.items()}
    return SmallMasters(rows[0]["version"], **lists, age_limits=age_limits)
