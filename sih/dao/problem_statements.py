"""The statements of a problem and its life; who calls them is sih/dao/problems.py."""

# What is only a name is looked up name by name: a join of eleven tables costs more to plan than to run.
FIND = """
SELECT p.id, p.title, p.status, p.priority, p.reported_at, p.held_since, p.closed_at, p.confirmed_at,
       p.last_event_id, p.asset_id, p.description, p.diagnosis, p.solution, p.store_id,
       (SELECT s.code || ' ' || s.name FROM store s WHERE s.id = p.store_id) AS store,
       (SELECT k.name FROM asset_kind k WHERE k.id = p.asset_kind_id) || coalesce(' ' || a.label, '') AS asset,
       a.serial AS asset_serial, c.name AS category, c.division_id AS usual_division_id,
       p.reporter_id, r.name AS reporter_name, r.nik AS reporter_nik,
       p.holder_division_id, (SELECT d.name FROM division d WHERE d.id = p.holder_division_id) AS holder_division,
       p.holder_employee_id, (SELECT h.name FROM employee h WHERE h.id = p.holder_employee_id) AS holder_employee,
       p.giver_division_id, (SELECT d.name FROM division d WHERE d.id = p.giver_division_id) AS giver_division,
       p.giver_employee_id, (SELECT g.name FROM employee g WHERE g.id = p.giver_employee_id) AS giver_employee,
       e.kind AS last_event_kind, e.actor_id AS last_actor_id, e.previous_event_id
FROM problem p
JOIN employee r ON r.id = p.reporter_id
JOIN event e ON e.id = p.last_event_id
LEFT JOIN asset a ON a.id = p.asset_id
LEFT JOIN category c ON c.id = p.category_id
WHERE p.id = %(id)s
  AND (%(sees_all)s OR p.store_id = %(store_id)s OR p.reporter_id = %(employee_id)s)
"""

# One row at most: the new problem, or since when the limit holds; none where this token has reported one already.
REPORT = """
WITH gate AS MATERIALIZED (
    SELECT limiting_event_at(%(actor_id)s, 'reported', %(since)s, %(limit)s) AS at
), made AS (
    INSERT INTO problem (token, reported_at, held_since, store_id, reporter_id, asset_kind_id, asset_id, status,
                         holder_division_id, title, description, last_event_id)
    SELECT %(token)s, %(now)s, %(now)s, %(store_id)s, %(reporter_id)s, %(asset_kind_id)s, %(asset_id)s, 'new',
           division.id, %(title)s, %(description)s, nextval(pg_get_serial_sequence('event', 'id'))
    FROM division, gate WHERE division.is_helpdesk AND gate.at IS NULL
    ON CONFLICT ON CONSTRAINT problem_token_once DO NOTHING
    RETURNING id, last_event_id, holder_division_id, reported_at, store_id, asset_kind_id
), told AS (
    INSERT INTO event (id, problem_id, kind, at, actor_id, status_after, to_division_id,
                       recorded_at, reported_at, held_since, store_id, asset_kind_id)
    SELECT last_event_id, id, 'reported', %(now)s, %(actor_id)s, 'new', holder_division_id,
           %(now)s, reported_at, reported_at, store_id, asset_kind_id
    FROM made
    RETURNING problem_id
)
SELECT problem_id, NULL::timestamptz AS limited_at FROM told
UNION ALL
SELECT NULL, gate.at FROM gate WHERE gate.at IS NOT NULL
"""

REPORTED = """
SELECT p.id, p.reporter_id, p.title, p.description, p.asset_kind_id, p.asset_id
FROM problem p JOIN event e ON e.problem_id = p.id AND e.kind = 'reported'
WHERE p.token = %(token)s AND e.actor_id = %(actor_id)s
"""

# The row is locked as its page showed it, or not found: of many who act at once one gets it, and whoever waited
# sees the new state. A PIC who is just being frozen gets nothing more: the share lock waits for that. What comes back
# to one who is there no longer comes back to the division. A move is never dated before the one it follows, whichever
# machine's clock it came from.
MOVE = """
WITH before AS (
    SELECT p.id, p.status, p.last_event_id, p.holder_division_id, p.holder_employee_id,
           p.giver_division_id, p.giver_employee_id, p.reported_at, p.held_since, p.store_id, p.asset_kind_id,
           last.to_department_id AS department_id, giver.id AS giver_pic_id, holder.id AS holder_pic_id,
           greatest(%(now)s, last.at) AS at, greatest(%(now)s, last.recorded_at) AS recorded_at
    FROM problem p JOIN event last ON last.id = p.last_event_id
    LEFT JOIN employee giver ON giver.id = p.giver_employee_id AND giver.role = 'handler' AND NOT giver.is_frozen
                             AND giver.division_id = p.giver_division_id
    LEFT JOIN employee holder ON holder.id = p.holder_employee_id AND holder.role = 'handler' AND NOT holder.is_frozen
                              AND holder.division_id = p.holder_division_id
    WHERE p.id = %(id)s AND p.last_event_id = %(seen)s AND p.status = %(status_before)s
      AND (%(employee_id)s IS NULL OR EXISTS (SELECT FROM employee e WHERE e.id = %(employee_id)s
                                              AND e.role = 'handler' AND NOT e.is_frozen FOR SHARE))
    FOR UPDATE OF p
), moved AS (
    UPDATE problem p
    SET status = %(status_after)s,
        priority = coalesce(%(priority)s, p.priority),
        category_id = coalesce(%(category_id)s, p.category_id),
        diagnosis = CASE WHEN %(event)s = 'opened' THEN %(note)s ELSE p.diagnosis END,
        solution = CASE WHEN %(event)s = 'closed' THEN %(note)s END,
        closed_at = CASE WHEN %(event)s = 'closed' THEN before.at END,
        confirmed_at = NULL,
        holder_division_id = CASE %(event)s WHEN 'escalated' THEN %(division_id)s
                                            WHEN 'returned' THEN before.giver_division_id
                                            ELSE p.holder_division_id END,
        holder_employee_id = CASE %(event)s WHEN 'escalated' THEN %(employee_id)s
                                            WHEN 'returned' THEN before.giver_pic_id
                                            WHEN 'reopened' THEN before.holder_pic_id
                                            ELSE p.holder_employee_id END,
        giver_division_id = CASE WHEN %(event)s = 'escalated' THEN before.holder_division_id END,
        giver_employee_id = CASE WHEN %(event)s = 'escalated' THEN before.holder_employee_id END,
        held_since = CASE WHEN %(event)s IN ('escalated', 'returned', 'reopened') THEN before.at ELSE p.held_since END,
        last_event_id = nextval(pg_get_serial_sequence('event', 'id'))
    FROM before
    WHERE p.id = before.id
    RETURNING p.id, p.last_event_id, p.status, p.holder_division_id, p.holder_employee_id, p.priority, p.category_id
)
INSERT INTO event (id, problem_id, kind, at, actor_id, previous_event_id, status_before, status_after,
                   from_division_id, from_employee_id, to_division_id, to_employee_id, priority, category_id, note,
                   recorded_at, reported_at, held_since, store_id, asset_kind_id, from_department_id, to_department_id)
SELECT moved.last_event_id, moved.id, %(event)s, before.at, %(actor_id)s, before.last_event_id, before.status,
       moved.status, before.holder_division_id, before.holder_employee_id,
       moved.holder_division_id, moved.holder_employee_id, moved.priority, moved.category_id, %(note)s,
       before.recorded_at, before.reported_at, before.held_since, before.store_id, before.asset_kind_id,
       before.department_id,
       CASE WHEN moved.holder_employee_id IS NULL THEN NULL WHEN %(event)s IN ('escalated', 'returned')
            THEN (SELECT w.department_id FROM employee w WHERE w.id = moved.holder_employee_id)
            ELSE before.department_id END
FROM moved JOIN before ON before.id = moved.id
RETURNING id
"""

# The same person's same click, once more.
ALREADY_MOVED = """
SELECT e.id
FROM event e
WHERE e.previous_event_id = %(seen)s AND e.problem_id = %(id)s AND e.kind = %(event)s AND e.actor_id = %(actor_id)s
  AND e.note IS NOT DISTINCT FROM %(note)s
  AND (%(priority)s IS NULL OR e.priority = %(priority)s)
  AND (%(category_id)s IS NULL OR e.category_id = %(category_id)s)
  AND (%(division_id)s IS NULL
       OR (e.to_division_id, e.to_employee_id) IS NOT DISTINCT FROM (%(division_id)s, %(employee_id)s))
"""
