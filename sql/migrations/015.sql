-- From schema 14 to 15: the list of problems is filtered by category, kind of good and PIC, and ordered by waiting time.

CREATE INDEX problem_category ON problem (category_id, reported_at, id);
CREATE INDEX problem_asset_kind ON problem (asset_kind_id, reported_at, id);
CREATE INDEX problem_pic ON problem (holder_employee_id, reported_at, id) WHERE holder_employee_id IS NOT NULL;
CREATE INDEX problem_waits ON problem (priority, held_since, id) WHERE closed_at IS NULL;

UPDATE installation SET schema_version = 15;
