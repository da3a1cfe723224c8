"""The schema of a database as its system catalog describes it, for comparing two databases."""

# Everything that a schema consists of, as text; identity numbers and the order of columns do not matter.
CATALOG = {
    "columns": """
SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || coalesce(udt_name, '') || ' ' || is_nullable
       || ' ' || coalesce(column_default, '-') || ' ' || coalesce(generation_expression, '-') || ' '
       || is_identity AS fact
FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS fact
FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexdef AS fact FROM pg_indexes WHERE schemaname = 'public'",
    "functions": """
SELECT pg_get_functiondef(oid) AS fact FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'""",
    "triggers": "SELECT pg_get_triggerdef(oid) AS fact FROM pg_trigger WHERE NOT tgisinternal",
    "views": "SELECT viewname || pg_get_viewdef(viewname::regclass) AS fact FROM pg_views WHERE schemaname = 'public'",
    "words": """
SELECT t.typname || ' ' || string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) AS fact
FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.typname""",
    "kinds of tables": """
SELECT relname || relpersistence::text || ' ' || coalesce(array_to_string(reloptions, ' '), '') AS fact FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'""",
    "rights": """
SELECT table_name || ' ' || privilege_type AS fact FROM information_schema.role_table_grants
WHERE grantee LIKE '%%_app' AND table_schema = 'public'""",
    "rows": """
SELECT 'division ' || name || is_helpdesk AS fact FROM division UNION ALL SELECT 'category ' || name FROM category
UNION ALL SELECT 'kind ' || name FROM asset_kind UNION ALL SELECT noun || key FROM search_key
UNION ALL SELECT 'version ' || schema_version FROM installation""",
}
