"""Small master data: divisions, departments, categories, ready texts, shop words, kinds of assets, usual troubles and
age limits. They are few, rarely change, and are needed on nearly every page. Each process caches them with their
version; each request reads the current version with its person (dao/employees.py: SIGNED_IN), so that every process
sees a change at its next request.

A version is a UUID made by a trigger. A counter could repeat a number with other rows after a rollback, a failover or a
restore."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sih.dao.query import Query
from sih.domain.likeness import Meanings, meanings_of
from sih.domain.records import Choice, ReadyText

# One statement, so that rows and version are consistent. The version is no join: PostgreSQL has no statistics of its
# table, takes it for a thousand rows, and prepares for as many times the others.
_VERSION = "(SELECT version FROM small_masters_version)"
LOAD = f"""
SELECT 'divisions' AS noun, d.id, d.name, d.parent_id, NULL AS usual, NULL AS words,
       d.is_active AND above.is_active IS NOT FALSE AS is_active, {_VERSION} AS version
FROM division d LEFT JOIN division above ON above.id = d.parent_id
UNION ALL
SELECT 'departments', m.id, m.name, m.division_id, NULL, NULL,
       m.is_active AND d.is_active AND above.is_active IS NOT FALSE, {_VERSION}
FROM department m JOIN division d ON d.id = m.division_id LEFT JOIN division above ON above.id = d.parent_id
UNION ALL
SELECT 'categories', c.id, c.name, c.division_id, c.priority::text, NULL, c.is_active, {_VERSION}
FROM category c
UNION ALL
SELECT 'ready_texts', t.id, t.name, t.division_id, t.purpose, t.words, t.is_active, {_VERSION}
FROM ready_text t
UNION ALL
SELECT 'slang', w.id, w.name, NULL, NULL, w.meaning, w.is_active, {_VERSION}
FROM slang w
UNION ALL
SELECT 'asset_kinds', k.id, k.name, NULL, NULL, NULL, k.is_active, {_VERSION}
FROM asset_kind k
UNION ALL
SELECT 'troubles', t.id, t.name, t.kind_id, NULL, NULL, t.is_active, {_VERSION}
FROM trouble t
UNION ALL
SELECT 'age_limits', l.hours, l.name, NULL, NULL, NULL, true, {_VERSION}
FROM age_limit l
UNION ALL
SELECT 'usual_durations', u.category_id, '', u.division_id, u.shortest::text, u.longest::text, true, {_VERSION}
FROM usual_duration u
ORDER BY noun, name
"""


@dataclass(frozen=True, slots=True)
class SmallMasters:
    """The active rows, ordered by name, and their version; those called former are inactive, or below one that is.
    `names`: the name of each row by noun and id, inactive rows included; and the usual division of each category."""

    version: UUID
    divisions: tuple[Choice, ...] = ()  # sub-divisions name their parent
    former_divisions: tuple[Choice, ...] = ()
    departments: tuple[Choice, ...] = ()  # parent_id is the division
    categories: tuple[Choice, ...] = ()  # parent_id is the usual division
    asset_kinds: tuple[Choice, ...] = ()
    ready_texts: tuple[ReadyText, ...] = ()
    meanings: Meanings = field(default_factory=lambda: meanings_of(()))  # of what people write, see domain/likeness.py
    troubles: tuple[Choice, ...] = ()  # parent_id is the kind of assets
    former_categories: tuple[Choice, ...] = ()
    former_asset_kinds: tuple[Choice, ...] = ()
    age_limits: Mapping[str, int] = field(default_factory=dict)  # hours by priority, see domain/ages.py
    usual_durations: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)  # see domain/standings.py
    names: dict[str, dict] = field(default_factory=dict)


_kept: SmallMasters | None = None


def small_masters(query: Query, version: UUID | None = None) -> SmallMasters:
    """Small master data of this version or a newer one; without `version` they are read again."""
    global _kept
    found = _kept
    if found is None or found.version != version:
        found = _kept = _load(query)
    return found


def add_names(query: Query, version: UUID | None, records: Sequence, names: Mapping[str, tuple[str, str]]) -> None:
    """Fills in fields of these records. `names`: the noun of SmallMasters.names and the field with the id, by field;
    where the id is None the field stays as it is. `version`: as in small_masters()."""
    if not records:
        return
    try:
        _fill_in(small_masters(query, version), records, names)
    except KeyError:  # a row that was added after the version was read
        _fill_in(small_masters(query), records, names)


def _fill_in(found: SmallMasters, records: Sequence, names: Mapping[str, tuple[str, str]]) -> None:
    for name_field, (noun, id_field) in names.items():
        known = found.names[noun]
        for record in records:
            if (number := getattr(record, id_field)) is not None:
                setattr(record, name_field, known[number])


def _load(query: Query) -> SmallMasters:
    rows, of = query.select(LOAD), {}
    age_limits = {row["name"]: row["id"] for row in rows if row["noun"] == "age_limits"}
    names: dict[str, dict] = {noun: {} for noun in ("divisions", "departments", "categories", "asset_kinds")}
    for row in (row for row in rows if row["noun"] in names):
        choice = Choice(row["id"], row["name"], row["parent_id"], usual=row["usual"])
        names[row["noun"]][choice.id] = choice.name
        if row["is_active"]:
            of.setdefault(row["noun"], []).append(choice)
        elif row["noun"] != "departments":
            of.setdefault(f"former_{row['noun']}", []).append(choice)
    texts = [row for row in rows if row["noun"] == "ready_texts" and row["is_active"]]
    of["ready_texts"] = [
        ReadyText(row["id"], row["name"], row["parent_id"], row["usual"], row["words"]) for row in texts
    ]
    slang = [(row["name"], row["words"]) for row in rows if row["noun"] == "slang" and row["is_active"]]
    troubles = [row for row in rows if row["noun"] == "troubles" and row["is_active"]]
    of["troubles"] = [Choice(row["id"], row["name"], row["parent_id"]) for row in troubles]
    names["usual_divisions"] = {row["id"]: row["parent_id"] for row in rows if row["noun"] == "categories"}
    usual = [row for row in rows if row["noun"] == "usual_durations"]
    durations = {(row["id"], row["parent_id"]): (int(row["usual"]), int(row["words"])) for row in usual}
    lists = {noun: tuple(choices) for noun, choices in of.items()}
    return SmallMasters(
        rows[0]["version"],
        **lists,
        meanings=meanings_of(tuple(slang)),
        age_limits=age_limits,
        usual_durations=durations,
        names=names,
    )
