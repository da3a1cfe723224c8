"""Database errors by kind: busy, conflict, disk full, read-only, and errors of the program."""

import contextlib
import threading

import pytest

from bench.databases import opened, with_admin
from sih.dao.query import DatabaseFault, Pool
from sih.domain.errors import (
    DatabaseBusy,
    DatabaseConflict,
    DatabaseFull,
    DatabaseGone,
    DatabaseReadOnly,
    DatabaseUnavailable,
)
from sih.web.signin import SignIn
from tests.facts import alert, amount
from tests.form_data import report
from tests.log_records import captured_log

BUSY = "Sedang sibuk. Silakan coba lagi sebentar lagi."
SENTENCES = {"55P03": BUSY, "57014": BUSY, "40P01": BUSY, "40001": BUSY, "53300": BUSY}
SENTENCES |= {
    "53100": "Penyimpanan basis data penuh, jadi belum ada yang disimpan. Beri tahu admin, lalu coba lagi.",
    "25006": "Basis data sedang hanya dapat dibaca, jadi belum ada yang disimpan. Silakan coba lagi sebentar lagi.",
}
NAMES = {"55P03": "database busy", "57014": "database busy", "53300": "database busy", "53100": "database full"}
NAMES |= {"40P01": "database conflict", "40001": "database conflict", "25006": "database read-only"}


@pytest.fixture
def refusing(admin, database):
    """refusing("53100"): from now on PostgreSQL refuses every new problem with this SQLSTATE, `times` times."""

    def refuse(code: str, times: int = 1000) -> None:
        with opened(Pool(**{**admin, "dbname": database["dbname"]})) as mighty:
            mighty.execute(f"""
                CREATE SEQUENCE refused;
                GRANT USAGE ON SEQUENCE refused TO PUBLIC;
                CREATE FUNCTION refuse_problem() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF nextval('refused') <= {times} THEN
                        RAISE EXCEPTION 'refused here' USING ERRCODE = '{code}';
                    END IF;
                    RETURN NEW;
                END $$;
                CREATE TRIGGER refused BEFORE INSERT ON problem FOR EACH ROW EXECUTE FUNCTION refuse_problem();
            """)

    return refuse


def sent(somebody, fields: dict, status: int):
    return somebody._page(somebody.client.post("/problems", data={**somebody.tokens, **fields}), status)


@pytest.mark.parametrize("code", SENTENCES)
def test_a_form_keeps_its_words_and_the_log_has_one_line(person, query, refusing, code):
    rini, fields = person("rini"), report(query)
    tokens = rini.tokens
    refusing(code)
    with captured_log() as log:
        page = rini._page(rini.client.post("/problems", data={**tokens, **fields}), 503)
    assert alert(page) == SENTENCES[code]
    assert page.select_one("main form [name=description]").text.strip() == fields["description"]
    assert page.select_one("main form [name=title]") and "Kirim lagi" in page.main.text
    assert rini.response.headers["Retry-After"] == "5"
    [line] = log.of(rini.response.headers["X-Request-Id"])
    assert (line["message"], line["status"]) == (NAMES[code], 503)
    assert "refused here" in line["reason"] and "error" not in line
    assert "refused here" not in str(page)


@pytest.mark.parametrize("code", ["40P01", "40001"])
def test_a_conflict_is_retried_once(person, query, refusing, code):
    rini, fields = person("rini"), report(query)
    tokens = rini.tokens
    refusing(code, times=1)
    rini._page(rini.client.post("/problems", data={**tokens, **fields}), 303)
    assert amount(query, "problem") == 1


@pytest.mark.parametrize("code", ["XX000", "42501", "58030"])
def test_any_other_error_is_an_internal_error_that_keeps_the_text(person, query, refusing, code):
    rini, fields = person("rini"), report(query)
    tokens = rini.tokens
    refusing(code)
    with captured_log() as log:
        page = rini._page(rini.client.post("/problems", data={**tokens, **fields}), 500)
    assert page.select_one("main form [name=description]").text.strip() == fields["description"]
    assert "Traceback" in log.text and "refused here" not in str(page)


def test_an_error_while_loading_the_person_has_its_page(person, admin, database):
    rini = person("rini")
    assert rini.get("/problems")
    with opened(Pool(**{**admin, "dbname": database["dbname"]})) as owner:
        owner.execute(f"REVOKE SELECT ON employee FROM {database['user']}")
    page = rini.get("/problems", 500)
    assert alert(page).startswith("Terjadi kesalahan pada sistem.")


def test_a_fault_in_a_failed_transaction_is_no_lost_database(query):
    with pytest.raises(DatabaseFault), query.transaction():
        with contextlib.suppress(DatabaseFault):
            query.execute("SELECT 1 / 0")
        query.execute("SELECT 1")


def test_a_fault_never_shows_a_pin(app, person, monkeypatch):
    nobody = person(None)
    tokens = nobody.tokens
    monkeypatch.setattr(SignIn, "account", lambda *_: 1 / 0)
    page = nobody._page(nobody.client.post("/login", data={**tokens, "nik": "10000001", "pin": "739153"}), 500)
    assert "739153" not in str(page) and page.select_one("main form [name=nik]").text.strip() == "10000001"


@pytest.mark.parametrize("path", ["/problems", "/login"])
def test_a_locked_table_is_reported_busy_within_the_timeout(app, person, database, query, admin, path):
    """The lock is real, and so is the limit, which init-db gives to the role."""
    rini, name = person("rini"), database["dbname"]
    with_admin(admin, f"ALTER ROLE {database['user']} IN DATABASE {name} SET lock_timeout = '200ms'")
    limited, locked = Pool(**database), opened(Pool(**{**admin, "dbname": name}))
    app.extensions["pool"] = limited
    with locked as mighty, mighty.transaction():
        mighty.execute("LOCK TABLE problem, employee")
        if path == "/login":
            fields = {**person(None).tokens, "nik": "10000001"}
            page = person(None)._page(person(None).client.post(path, data=fields), 503)
        else:
            page = rini.get(path, 503)
        assert alert(page) == BUSY
    rini.get("/problems")
    limited.close()


def test_search_user_account_answers_json(app, person, database, admin):
    nobody, name = person(None), database["dbname"]
    fields = {**nobody.tokens, "nik": "10000001"}
    with_admin(admin, f"ALTER ROLE {database['user']} IN DATABASE {name} SET lock_timeout = '200ms'")
    limited = Pool(**database)
    app.extensions["pool"] = limited
    with opened(Pool(**{**admin, "dbname": name})) as mighty, mighty.transaction():
        mighty.execute("LOCK TABLE employee")
        answer = nobody.client.post("/searchUserAccount", data=fields)
    assert (answer.status_code, answer.json) == (503, {"status": False, "message": "Gagal Mendapatkan Data User!"})
    limited.close()


def test_a_primary_that_reads_only_loses_its_connections(database, admin):
    pool, name = Pool(**database), database["dbname"]
    with opened(pool) as query, opened(Pool(**database)) as other:
        idle = other.one_or_none("SELECT pg_backend_pid() AS pid")
        first = query.one_or_none("SELECT pg_backend_pid() AS pid")
        assert idle != first
        with pytest.raises(DatabaseReadOnly), query.transaction():
            query.execute("SET TRANSACTION READ ONLY")
            query.execute("INSERT INTO category (name) VALUES ('Listrik')")
        assert query.one_or_none("SELECT pg_backend_pid() AS pid") != first, name


def test_a_real_deadlock_is_a_conflict_and_the_other_one_goes_on(database):
    """Two change two rows, each the other's first."""
    found, both = [], threading.Barrier(2, timeout=60)
    change_store = "UPDATE store SET is_active = true WHERE code = %(code)s"

    def change(first: str, second: str) -> None:
        with opened(Pool(**database)) as query:
            try:
                with query.transaction():
                    query.execute(change_store, {"code": first})
                    both.wait()
                    query.execute(change_store, {"code": second})
                found.append(None)
            except DatabaseUnavailable as error:
                found.append(type(error))

    pair = ("T001", "T002")
    threads = [threading.Thread(target=change, args=names) for names in (pair, pair[::-1])]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(found, key=str) == [DatabaseConflict, None]


def test_a_real_serialization_failure_is_a_conflict(database):
    change = "UPDATE category SET is_active = true WHERE name = 'Jaringan'"
    with opened(Pool(**database)) as late, pytest.raises(DatabaseConflict), late.transaction():
        late.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        late.select("SELECT 1 FROM category")
        with opened(Pool(**database)) as early:
            early.execute(change)
        late.execute(change)


def test_a_single_statement_is_retried(query, refusing):
    query.execute("CREATE TEMPORARY SEQUENCE tries")
    once = """
    DO $$ BEGIN IF nextval('tries') = 1 THEN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END IF; END $$
    """
    query.execute(once)
    assert query.one("SELECT last_value AS tried FROM tries")["tried"] == 2
    with pytest.raises(DatabaseConflict):
        query.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$")


@pytest.mark.parametrize(
    ("code", "kind"),
    [("53100", DatabaseFull), ("57P01", DatabaseGone), ("08006", DatabaseGone), ("53200", DatabaseBusy)],
)
def test_each_sqlstate_is_mapped_to_an_error(query, code, kind):
    with pytest.raises(kind):
        query.execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$")


def test_too_many_connections_are_busy(database, admin):
    name = database["dbname"]
    with_admin(admin, f"ALTER DATABASE {name} CONNECTION LIMIT 0")
    with pytest.raises(DatabaseBusy, match="too many"), opened(Pool(**database)) as query:
        query.select("SELECT 1")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("55P03", "The database is busy"),
        ("40P01", "at the same time"),
        ("53100", "no room left"),
        ("25006", "can only be read"),
    ],
)
def test_a_command_prints_the_error_in_a_sentence(app, database, admin, code, sentence):
    with opened(Pool(**{**admin, "dbname": database["dbname"]})) as mighty:
        mighty.execute(f"""
            CREATE FUNCTION refuse_all() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'refused here' USING ERRCODE = '{code}'; END $$;
            CREATE TRIGGER refused BEFORE UPDATE ON employee FOR EACH STATEMENT EXECUTE FUNCTION refuse_all();
        """)
    result = app.test_cli_runner().invoke(args=["freeze", "10000001"])
    assert result.exit_code == 1 and sentence in result.output and "Traceback" not in result.output
    assert len(result.output.strip().splitlines()) == 1
