"""The probes: /healthz, whether the process answers; /readyz, whether its database answers with this schema."""

import pytest

from tests.facts import without_database
from tests.log_records import captured_log


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_both_probes_answer_ok_with_a_database(client, path):
    response = client.get(path)
    assert (response.status_code, response.json) == (200, {"status": "ok"})
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_without_a_database_healthz_is_ok_and_readyz_is_not(client, pool):
    with without_database(pool):
        assert client.get("/healthz").status_code == 200
        response = client.get("/readyz")
        assert response.status_code == 503
        assert response.json == {"status": "unavailable", "reason": "The database cannot be reached."}


def test_readyz_recovers_with_the_database(client, pool):
    with without_database(pool):
        assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").status_code == 200


def test_the_reason_of_readyz_shows_no_internals(client, pool):
    with without_database(pool):
        text = client.get("/readyz").get_data(as_text=True)
    assert "127.0.0.1" not in text and "password" not in text


def test_probes_need_no_session_and_are_not_logged(client):
    with captured_log() as log:
        assert [client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]
        assert client.get("/healthz").headers.getlist("Set-Cookie") == []
    assert log.lines == []


def test_a_probe_takes_no_connection_from_the_application(client, pool, query):
    """Six probes made six new connections: each emptied the pool."""
    backend = "SELECT pg_backend_pid() AS pid"
    first = query.one(backend)["pid"]
    query.close()
    for _ in range(6):
        assert client.get("/readyz").status_code == 200
    assert query.one(backend)["pid"] == first
    own = "datname = current_database() AND usename = current_user"
    assert query.one(f"SELECT count(*) AS amount FROM pg_stat_activity WHERE {own}")["amount"] == 1
