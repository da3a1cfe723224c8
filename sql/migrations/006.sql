-- From schema 5 to 6: files in one store of bytes, and an outbox for any mail.

-- ---------------------------------------------------------------- blobs
CREATE TABLE blob (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    size       bigint NOT NULL,         -- bytes, of all parts together
    created_at timestamptz NOT NULL,
    CONSTRAINT blob_pk PRIMARY KEY (id)
);
CREATE TABLE blob_part (
    blob_id bigint NOT NULL,
    number  integer NOT NULL,           -- from 0
    content bytea NOT NULL,
    CONSTRAINT blob_part_pk PRIMARY KEY (blob_id, number),
    CONSTRAINT blob_part_blob_exists FOREIGN KEY (blob_id) REFERENCES blob (id) ON DELETE CASCADE
);

ALTER TABLE import ADD COLUMN blob_id bigint;
UPDATE import SET blob_id = nextval(pg_get_serial_sequence('blob', 'id'));
INSERT INTO blob (id, size, created_at) OVERRIDING SYSTEM VALUE
SELECT i.blob_id, octet_length(i.content), i.created_at FROM import i;
INSERT INTO blob_part (blob_id, number, content)
SELECT i.blob_id, part.number, substring(i.content FROM part.number * 1000000 + 1 FOR 1000000)
FROM import i CROSS JOIN generate_series(0, (octet_length(i.content) - 1) / 1000000) AS part (number);
ALTER TABLE import
    DROP COLUMN content,
    ALTER COLUMN blob_id SET NOT NULL,
    ADD CONSTRAINT import_blob_exists FOREIGN KEY (blob_id) REFERENCES blob (id);

ALTER TABLE problem_export ADD COLUMN blob_id bigint;
UPDATE problem_export SET blob_id = nextval(pg_get_serial_sequence('blob', 'id')) WHERE is_ready;
INSERT INTO blob (id, size, created_at) OVERRIDING SYSTEM VALUE
SELECT x.blob_id, sum(octet_length(p.content)), x.created_at
FROM problem_export x JOIN problem_export_part p ON p.export_id = x.id
WHERE x.is_ready GROUP BY x.id;
INSERT INTO blob_part (blob_id, number, content)
SELECT x.blob_id, p.number, p.content FROM problem_export x JOIN problem_export_part p ON p.export_id = x.id
WHERE x.is_ready;
DROP TABLE problem_export_part;
ALTER TABLE problem_export
    DROP COLUMN is_ready,
    ADD CONSTRAINT problem_export_blob_exists FOREIGN KEY (blob_id) REFERENCES blob (id);

-- ---------------------------------------------------------------- mail
ALTER TABLE outbox
    ADD COLUMN kind text,
    ADD COLUMN facts jsonb,
    ADD COLUMN mailbox text,
    ALTER COLUMN employee_id DROP NOT NULL;
UPDATE outbox SET kind = 'recap', facts = jsonb_build_object('month', month);
ALTER TABLE outbox
    DROP COLUMN month,
    ALTER COLUMN kind SET NOT NULL,
    ALTER COLUMN facts SET NOT NULL,
    ADD CONSTRAINT outbox_one_recipient CHECK (num_nonnulls(employee_id, mailbox) = 1);

-- ---------------------------------------------------------------- the number of this schema
UPDATE installation SET schema_version = 6;
