"""Two floors, served by `python -m bench.floor` as main.py serves SIH: the same server, the same pool. `/` is what any
page of fifty rows costs: one indexed SELECT, one plain table. `/flat` is the least that a list like ours costs: its
rows with all that they name, and the person of the session, in one statement and one flat template."""

from uuid import UUID

from flask import Flask, current_app, render_template, request

import settings as settings_module
from sih.dao.query import Query
from sih.runtime import installation
from sih.runtime.server import claim, serve

NEWEST = "SELECT id, title, status, reported_at FROM problem ORDER BY reported_at DESC, id DESC LIMIT 50"
PAGE = """<!doctype html>
<title>Floor</title>
<table>
{% for row in rows %}
<tr><td>{{ row.id }}</td><td>{{ row.title }}</td><td>{{ row.status }}</td><td>{{ row.reported_at }}</td></tr>
{% endfor %}
</table>
"""
FLAT_ROWS = """
SELECT me.nik AS my_nik, me.name AS my_name, me.role AS my_role, me.language AS my_language,
       (SELECT s.name FROM store s WHERE s.id = me.store_id) AS my_store,
       (SELECT d.name FROM division d WHERE d.id = me.division_id) AS my_division,
       p.id, p.title, p.status, p.priority, p.reported_at, p.held_since, p.closed_at, p.confirmed_at, p.reporter_id,
       p.holder_division_id, p.holder_employee_id, p.last_event_id,
       (SELECT s.code || ' ' || s.name FROM store s WHERE s.id = p.store_id) AS store,
       (SELECT k.name FROM asset_kind k WHERE k.id = p.asset_kind_id)
           || coalesce(' ' || (SELECT a.label FROM asset a WHERE a.id = p.asset_id), '') AS asset,
       (SELECT r.name FROM employee r WHERE r.id = p.reporter_id) AS reporter_name,
       (SELECT d.name FROM division d WHERE d.id = p.holder_division_id) AS holder_division,
       (SELECT h.name FROM employee h WHERE h.id = p.holder_employee_id) AS holder_employee
FROM session o JOIN employee me ON me.id = o.employee_id,
     (SELECT * FROM problem ORDER BY reported_at DESC, id DESC LIMIT 51) AS p
WHERE o.id = %(session_id)s AND NOT me.is_frozen AND o.session_version = me.session_version
ORDER BY p.reported_at DESC, p.id DESC
"""
FLAT = """<!doctype html>
<title>Flat</title>
<p>{{ rows[0].my_nik }} {{ rows[0].my_name }} {{ rows[0].my_role }} {{ rows[0].my_store }} {{ rows[0].my_division }}</p>
<table>
{% for row in rows %}
<tr id="p{{ row.id }}"><td><a href="/problems/{{ row.id }}">#{{ row.id }}</a> {{ row.status }} {{ row.priority }}</td>
<td>{{ row.title }} {{ row.asset }}</td><td>{{ row.store }}</td>
<td>{{ row.holder_employee or row.holder_division }} {{ row.held_since }}</td>
<td>{{ row.reported_at }} {{ row.reporter_name }}</td></tr>
{% endfor %}
</table>
"""


def page() -> str:
    return _page("page", NEWEST)


def flat() -> str:
    return _page("flat", FLAT_ROWS, {"session_id": UUID(request.args["session"])})


def _page(template: str, sql: str, params: dict | None = None) -> str:
    query = Query(current_app.extensions["pool"])
    try:
        return render_template(current_app.extensions[template], rows=query.select(sql, params))
    finally:
        query.close()


def main() -> None:
    settings = settings_module.read()
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 100_000  # the server asks for the largest body
    app.extensions["pool"] = installation.pool(settings)
    app.extensions |= {"page": app.jinja_env.from_string(PAGE), "flat": app.jinja_env.from_string(FLAT)}
    app.add_url_rule("/", "page", page)
    app.add_url_rule("/flat", "flat", flat)
    app.add_url_rule("/readyz", "readyz", page)
    serve(app, settings, claim(settings.http_host, settings.http_port))


if __name__ == "__main__":
    main()
