-- From schema 31 to 32: open problems of a store and of a kind of good, newest first.

CREATE INDEX problem_open_of_store ON problem (store_id, reported_at, id) WHERE closed_at IS NULL;
CREATE INDEX problem_open_of_kind ON problem (asset_kind_id, reported_at, id) WHERE closed_at IS NULL;

UPDATE installation SET schema_version = 32;
