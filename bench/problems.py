"""Ten years of problems, in batches of one statement: nineteen of twenty closed, the open ones among the newest, each
with its events; one of twenty is of one large store. Random values depend on the number of the problem only, so that
every run loads the same."""

# A pseudo-random number below n, the same for the same problem and salt.
DRAW = """
CREATE FUNCTION pg_temp.draw(id bigint, salt integer, n bigint) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN ((hashint8extended(id, salt) & 9223372036854775807) % n)::integer
"""

BATCH = """
WITH drawn AS (
    SELECT id, %(total)s - id AS age,
           %(now)s - (%(total)s - id + 0.5 + pg_temp.draw(id, 1, 1000) / 2000.0) * %(step)s AS reported_at,
           CASE WHEN pg_temp.draw(id, 19, %(large_share)s) = 0 THEN %(large_store)s
                ELSE 1 + pg_temp.draw(id, 2, %(stores)s) END AS store_id,
           1 + pg_temp.draw(id, 3, cardinality(%(handlers)s)) AS receiver,
           pg_temp.draw(id, 4, 10) < 6 AS leaves_helpdesk,
           (%(helpdesk)s)[1 + pg_temp.draw(id, 5, cardinality(%(helpdesk)s))] AS opener_id
    FROM generate_series(%(first)s, %(last)s) AS id
), worded AS (
    SELECT drawn.*, title.text AS title, concat_ws('. ', one.text, two.text, three.text,
               CASE WHEN id %% 10 = 3 THEN %(often)s END, CASE WHEN id %% 1000 = 503 THEN %(seldom)s END,
               CASE WHEN id %% (%(total)s / 5) = %(total)s / 10 THEN %(five)s END,
               CASE WHEN id %% 10 = 7 THEN %(called)s || lpad((id %% 1000)::text, 4, '0') END) AS description,
           two.text AS diagnosis, four.text AS reason,
           concat_ws('. ', five.text, CASE WHEN id %% 1000 = 504 THEN %(solved)s END) AS solution
    FROM drawn
    JOIN bench_title title ON title.place = pg_temp.draw(drawn.id, 6, %(titles)s)
    JOIN bench_sentence one ON one.place = pg_temp.draw(drawn.id, 7, %(sentences)s)
    JOIN bench_sentence two ON two.place = pg_temp.draw(drawn.id, 8, %(sentences)s)
    JOIN bench_sentence three ON three.place = pg_temp.draw(drawn.id, 9, %(sentences)s)
    JOIN bench_sentence four ON four.place = pg_temp.draw(drawn.id, 10, %(sentences)s)
    JOIN bench_sentence five ON five.place = pg_temp.draw(drawn.id, 11, %(sentences)s)
), with_status AS (
    SELECT worded.*,
           (CASE WHEN age >= %(total)s * 0.06 OR age %% 2 = 1 THEN 'closed'
                 ELSE (ARRAY['in_progress', 'new', 'in_progress', 'escalated', 'in_progress'])[1 + age / 2 %% 5]
            END)::problem_status AS status,
           least(interval '1 hour' + pg_temp.draw(id, 12, 8000) * interval '1 minute',
                 (%(now)s - reported_at) * 0.9) AS duration
    FROM worded
), lived AS (
    SELECT with_status.*, status = 'escalated' OR (status <> 'new' AND leaves_helpdesk) AS is_handed_over,
           (id - 1) * 5 AS before_events,
           CASE WHEN status <> 'new' THEN (ARRAY['critical', 'high', 'high', 'medium', 'medium', 'medium', 'medium',
               'low', 'low', 'low'])[1 + pg_temp.draw(id, 13, 10)] END::problem_priority AS priority,
           CASE WHEN status <> 'new' THEN 1 + pg_temp.draw(id, 14, 13) END AS category_id,
           CASE WHEN pg_temp.draw(id, 15, 5) > 0 THEN (store_id - 1) * %(assets)s + 1 + pg_temp.draw(id, 16, %(assets)s)
           END AS asset_id
    FROM with_status
), held AS (
    SELECT lived.*, CASE WHEN is_handed_over THEN (%(divisions)s)[receiver] ELSE 1 END AS division_id,
           CASE WHEN is_handed_over THEN (%(departments)s::integer[])[receiver] END AS department_id,
           CASE WHEN is_handed_over AND (%(departments)s::integer[])[receiver] IS NOT NULL
                THEN (%(handlers)s)[receiver] END AS pic_id,
           CASE WHEN is_handed_over THEN (%(handlers)s)[receiver] ELSE opener_id END AS closer_id,
           (lived.store_id - 1) * %(reporters)s + 1 + pg_temp.draw(lived.id, 17, %(reporters)s) AS reporter_id,
           CASE WHEN is_handed_over THEN reported_at + duration * 0.2 ELSE reported_at END AS held_since,
           coalesce(a.kind_id, 1 + pg_temp.draw(lived.id, 18, 10)) AS asset_kind_id
    FROM lived LEFT JOIN asset a ON a.id = lived.asset_id
), made AS (
    INSERT INTO problem (id, token, reported_at, store_id, reporter_id, asset_kind_id, asset_id, status, priority,
                         category_id, holder_division_id, holder_employee_id, held_since, giver_division_id,
                         closed_at, last_event_id, title, description, diagnosis, solution)
    OVERRIDING SYSTEM VALUE
    SELECT h.id, gen_random_uuid(), reported_at, store_id, reporter_id, asset_kind_id, asset_id, status, priority,
           category_id, division_id, pic_id, held_since,
           CASE WHEN status = 'escalated' THEN 1 END, CASE WHEN status = 'closed' THEN reported_at + duration END,
           before_events + CASE status WHEN 'new' THEN 1 WHEN 'closed' THEN 5 WHEN 'escalated' THEN 3
                                       ELSE CASE WHEN is_handed_over THEN 4 ELSE 2 END END,
           title, description, CASE WHEN status <> 'new' THEN diagnosis END,
           CASE WHEN status = 'closed' THEN solution END
    FROM held h
    ORDER BY h.id
)
INSERT INTO event (id, problem_id, kind, at, actor_id, previous_event_id, status_before, status_after,
                   from_division_id, from_employee_id, to_division_id, to_employee_id, priority, category_id, note,
                   recorded_at, reported_at, held_since, store_id, asset_kind_id, from_department_id, to_department_id)
SELECT before_events + step.place, h.id, step.kind::event_kind, reported_at + duration * step.share, step.actor_id,
       before_events + step.follows, step.before::problem_status, step.after::problem_status,
       step.from_division_id, step.from_employee_id, step.to_division_id, step.to_employee_id,
       CASE WHEN step.place > 1 THEN priority END, CASE WHEN step.place > 1 THEN category_id END, step.note,
       reported_at + duration * step.share, reported_at, CASE WHEN step.place > 3 THEN held_since ELSE reported_at END,
       store_id, asset_kind_id, CASE WHEN step.place > 3 THEN department_id END,
       CASE WHEN step.place > 2 THEN department_id END
FROM held h, LATERAL (VALUES
    (1, 'reported', 0, reporter_id, NULL, NULL, 'new', NULL, NULL, 1, NULL, NULL, true),
    (2, 'opened', 0.1, opener_id, 1, 'new', 'in_progress', 1, NULL, 1, NULL, diagnosis, status <> 'new'),
    (3, 'escalated', 0.2, opener_id, 2, 'in_progress', 'escalated', 1, NULL, division_id, pic_id, reason,
     is_handed_over),
    (4, 'accepted', 0.4, closer_id, 3, 'escalated', 'in_progress', division_id, pic_id, division_id, pic_id, NULL,
     is_handed_over AND status <> 'escalated'),
    (5, 'closed', 1, closer_id, CASE WHEN is_handed_over THEN 4 ELSE 2 END, 'in_progress', 'closed',
     division_id, pic_id, division_id, pic_id, solution, status = 'closed')
) AS step (place, kind, share, actor_id, follows, before, after, from_division_id, from_employee_id,
           to_division_id, to_employee_id, note, happened)
WHERE step.happened
ORDER BY 4, 1
"""

GO_ON_FROM = """
SELECT setval(pg_get_serial_sequence('problem', 'id'), %(total)s),
       setval(pg_get_serial_sequence('event', 'id'), %(total)s * 5)
"""
