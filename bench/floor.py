"""The floor: what any page of fifty rows costs on this server. `python -m bench.floor` serves it as main.py serves SIH:
the same server, the same pool, one indexed SELECT, one plain table."""

from flask import Flask, current_app, render_template

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


def page() -> str:
    query = Query(current_app.extensions["pool"])
    try:
        return render_template(current_app.extensions["page"], rows=query.select(NEWEST))
    finally:
        query.close()


def main() -> None:
    settings = settings_module.read()
    app = Flask(__name__)
    app.extensions["pool"] = installation.pool(settings)
    app.extensions["page"] = app.jinja_env.from_string(PAGE)
    app.add_url_rule("/", "page", page)
    app.add_url_rule("/readyz", "readyz", page)
    serve(app, settings, claim(settings.http_host, settings.http_port))


if __name__ == "__main__":
    main()
