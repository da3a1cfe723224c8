"""What machines ask: /healthz, whether the process answers; /readyz, whether its database does, with this schema."""

import pytest

from tests.facts import without_database
from tests.log_records import captured_log


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_with_its_database_it_is_well(client, path):
    response = client.get(path)
    assert (response.status_code, response.json) == (200, {"status": "ok"})
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_without_its_database_it_lives_and_is_not_ready(client, pool):
    with without_database(pool):
        assert client.get("/healthz").status_code == 200
        response = client.get("/readyz")
        assert response.status_code == 503
        assert response.json == {"status": "unavailable", "reason": "The database cannot be reached."}


def test_it_is_ready_again_when_the_database_is_back(client, pool):
    with without_database(pool):
        assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").status_code == 200


def test_why_it_is_not_ready_tells_nothing_of_the_inside(client, pool):
    with without_database(pool):
        text = client.get("/readyz").get_data(as_text=True)
    assert "127.0.0.1" not in text and "password" not in text


def test_neither_asks_who_it_is_nor_fills_the_log(client):
    with captured_log() as log:
        assert [client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]
        assert client.get("/healthz").headers.getlist("Set-Cookie") == []
    assert log.lines == []


def test_a_probe_takes_no_connection_from_the_application(client, pool, query):
    """Six probes made six new connections: each emptied the pool."""
    asked = "SELECT pg_backend_pid() AS pid"
    first = query.one(asked)["pid"]
    query.close()
    for _ in range(6):
        assert client.get("/readyz").status_code == 200
    assert query.one(asked)["pid"] == first
    own = "datname = current_database() AND usename = current_user"
    assert query.one(f"SELECT count(*) AS amount FROM pg_stat_activity WHERE {own}")["amount"] == 1
