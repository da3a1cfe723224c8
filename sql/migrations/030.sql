-- From schema 29 to 30: photos and files of reports, remarks, diagnoses and solutions.

-- What is stored of a photo (made anew, JPEG) or a PDF, once for all who send the same.
CREATE TABLE file (
    id                bigint GENERATED ALWAYS AS IDENTITY,
    hash              bytea NOT NULL,       -- SHA-256 of the content
    format            text NOT NULL,
    size              integer NOT NULL,     -- bytes
    width             integer,              -- pixels of a photo
    height            integer,
    blob_id           bigint NOT NULL,
    thumbnail_blob_id bigint,               -- of a photo
    CONSTRAINT file_pk PRIMARY KEY (id),
    CONSTRAINT file_hash_once UNIQUE (hash),
    CONSTRAINT file_hash_length CHECK (length(hash) = 32),
    CONSTRAINT file_format_known CHECK (format IN ('jpeg', 'pdf')),
    CONSTRAINT file_size_bounded CHECK (size BETWEEN 1 AND 5000000),
    CONSTRAINT file_photo_has_pixels CHECK (
        num_nonnulls(width, height, thumbnail_blob_id) = CASE format WHEN 'jpeg' THEN 3 ELSE 0 END),
    CONSTRAINT file_blob_exists FOREIGN KEY (blob_id) REFERENCES blob (id),
    CONSTRAINT file_thumbnail_exists FOREIGN KEY (thumbnail_blob_id) REFERENCES blob (id)
);
CREATE INDEX file_blob ON file (blob_id);
CREATE INDEX file_thumbnail ON file (thumbnail_blob_id) WHERE thumbnail_blob_id IS NOT NULL;

-- What somebody has uploaded and not sent yet; kept for a day.
CREATE TABLE upload (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    employee_id integer NOT NULL,
    file_id     bigint NOT NULL,
    name        text NOT NULL,
    at          timestamptz NOT NULL,
    CONSTRAINT upload_pk PRIMARY KEY (id),
    CONSTRAINT upload_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT upload_file_exists FOREIGN KEY (file_id) REFERENCES file (id),
    CONSTRAINT upload_name_length CHECK (length(name) BETWEEN 1 AND 100)
);
CREATE INDEX upload_of_employee ON upload (employee_id);
CREATE INDEX upload_of_file ON upload (file_id);
CREATE INDEX upload_age ON upload (at);
-- Whether this person may keep another file of `size` bytes beside what was uploaded and not sent.
CREATE FUNCTION upload_fits(person integer, size bigint, most_bytes bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_limits(person);
    RETURN (SELECT coalesce(sum(f.size), 0) + upload_fits.size <= most_bytes
            FROM upload u JOIN file f ON f.id = u.file_id WHERE u.employee_id = person);
END $$;

-- A photo or file of an event: of a report, a remark, a diagnosis or a solution. Whoever may read the event may see it.
-- It keeps the id of its upload, so that sending a form twice attaches a file once.
CREATE TABLE attachment (
    id          bigint NOT NULL,
    problem_id  bigint NOT NULL,            -- of the event; without a foreign key, which would lock its row
    event_id    bigint NOT NULL,
    file_id     bigint,                     -- NULL: removed (photos_kept_months)
    place       smallint NOT NULL,          -- among those of its event
    name        text NOT NULL,
    description text NOT NULL,              -- the alternative text; may be empty
    at          timestamptz NOT NULL,
    CONSTRAINT attachment_pk PRIMARY KEY (id),
    CONSTRAINT attachment_event_exists FOREIGN KEY (event_id) REFERENCES event (id),
    CONSTRAINT attachment_file_exists FOREIGN KEY (file_id) REFERENCES file (id),
    CONSTRAINT attachment_name_length CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT attachment_description_length CHECK (length(description) <= 200)
);
CREATE INDEX attachment_of_event ON attachment (event_id);
CREATE INDEX attachment_of_file ON attachment (file_id) WHERE file_id IS NOT NULL;
CREATE INDEX attachment_age ON attachment (at) WHERE file_id IS NOT NULL;

UPDATE installation SET schema_version = 30;
