-- From schema 17 to 18: stores and employees have the number to call.

-- ---------------------------------------------------------------- master data
-- Views cannot get a column in their middle.
DROP VIEW store_sheet, employee_sheet;
ALTER TABLE store ADD COLUMN phone text NOT NULL DEFAULT '',
    ADD CONSTRAINT store_phone_form CHECK (phone = '' OR phone ~ '^[+(0-9][0-9A-Za-z +()./-]{2,39}$');
ALTER TABLE employee ADD COLUMN phone text NOT NULL DEFAULT '',
    ADD CONSTRAINT employee_phone_form CHECK (phone = '' OR phone ~ '^[+(0-9][0-9A-Za-z +()./-]{2,39}$');
CREATE VIEW store_sheet AS
SELECT s.id, s.version, s.code AS key, s.code AS alias, s.code AS sort,
       CASE WHEN s.is_active THEN 'active' ELSE 'inactive' END AS state,
       s.code, s.name, s.city, s.time_zone, s.phone, CASE WHEN s.is_active THEN 'yes' ELSE 'no' END AS active
FROM store s;
CREATE VIEW employee_sheet AS
SELECT e.id, e.version, e.nik AS key, e.nik AS alias, e.name AS sort, e.state,
       e.nik, e.name, e.role, s.code AS store, s.name AS store_name, coalesce(d.key, '') AS division,
       coalesce(m.key, '') AS department, e.email, e.phone,
       CASE WHEN e.is_frozen THEN 'no' ELSE 'yes' END AS active
FROM employee e
JOIN store s ON s.id = e.store_id
LEFT JOIN division_sheet d ON d.id = e.division_id
LEFT JOIN department_sheet m ON m.id = e.department_id;

UPDATE installation SET schema_version = 18;
