"""upgrade-db: from the first schema, step by step, to the one that init-db makes; on demand, atomically, and once."""

import dataclasses
import hashlib
import io
import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from bench.databases import opened, with_admin
from faults.recap_figures import kept, kept_ranks
from sih import create_app
from sih.commands import database
from sih.dao import schema as schema_module
from sih.dao.audits import signed
from sih.dao.imports import Imports
from sih.dao.masters import Masters
from sih.dao.outbox import Outbox
from sih.dao.problem_exports import ProblemExports
from sih.dao.query import DatabaseFault, Pool
from sih.dao.recap.checks import RecapChecks
from sih.dao.recap.figures import Recaps
from sih.dao.schema import MIGRATIONS, VERSION, Schema, altered_steps, owner_of
from sih.domain.periods import Period
from sih.masters.nouns import EMPLOYEE
from sih.runtime import installation
from tests import company, histories
from tests.concurrency import all_at_once
from tests.facts import amount
from tests.schema_catalog import CATALOG

numbers = itertools.count(1)
FIRST_DATA = """
INSERT INTO store (code, name, city, time_zone) VALUES ('T001', 'Kelapa Gading', 'Jakarta', 'Asia/Jakarta');
INSERT INTO employee (nik, name, role, store_id, pin_hash) VALUES
    ('10000001', 'Rini Lestari', 'reporter', 1, '$argon2id$x'), ('40000001', 'Adi', 'admin', 1, NULL);
INSERT INTO asset (label, kind_id, store_id) VALUES ('T001-PRN-01', 1, 1);
INSERT INTO event (id, problem_id, kind, at, actor_id, status_after, to_division_id)
    VALUES (nextval('event_id_seq'), 1, 'reported', '2026-01-01Z', 1, 'new', 1);
INSERT INTO problem (token, reported_at, held_since, store_id, reporter_id, asset_kind_id, status, holder_division_id,
                     title, description, last_event_id)
    VALUES (gen_random_uuid(), '2026-01-01Z', '2026-01-01Z', 1, 1, 1, 'new', 1, 'Mati', 'Mati.', 1);
"""


@pytest.fixture
def make(admin, worker, settings):
    """make(version) gives the settings of a database of its own, made by an administrator with this schema."""
    made = []

    def database(version: int):
        name = f"{worker}_step_{next(numbers)}"
        made.append(name)
        account = {"db_user": f"{name}_app", "db_password": "pw", "db_name": name}
        place = dataclasses.replace(settings, db_host=admin["host"], db_port=str(admin["port"]), **account)
        with opened(Pool(**admin, dbname="postgres")) as query:
            Schema(query).create_roles_and_database(name, f"{name}_app", "pw")
        with opened(Pool(**admin, dbname=name)) as query:
            if version == VERSION:
                Schema(query).create(owner_of(name), f"{name}_app")
            else:
                first(query, owner_of(name), f"{name}_app")
        return place

    yield database
    for name in made:
        with_admin(admin, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        for role in (f"{name}_app", f"{name}_owner"):
            with_admin(admin, f"DROP ROLE IF EXISTS {role}")


@pytest.fixture
def steps(tmp_path, monkeypatch):
    """steps({name: text}) puts these files and their checksums in the place of sql/migrations."""

    def put(files: dict[str, str]) -> None:
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        lines = [f"{hashlib.sha256(text.encode()).hexdigest()}  {name}" for name, text in files.items()]
        (tmp_path / "checksums").write_text("\n".join(lines))
        monkeypatch.setattr(schema_module, "MIGRATIONS", tmp_path)
        for module in (schema_module, database):
            monkeypatch.setattr(module, "VERSION", max(int(name[:3]) for name in files))

    return put


def first(query, owner: str, app: str) -> None:
    """The schema as the first installations have it."""
    rights = (
        "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public",
        "USAGE ON ALL SEQUENCES IN SCHEMA public",
    )
    with query.transaction():
        query.execute(f"SET LOCAL ROLE {owner}")
        query.execute((MIGRATIONS / "001.sql").read_text())
        for right in rights:
            query.execute(f"GRANT {right} TO {app}")
        query.execute(f"GRANT USAGE ON SCHEMA public TO {app}")
        query.execute(f"REVOKE UPDATE, DELETE ON event FROM {app}")
        query.execute(f"REVOKE DELETE ON problem FROM {app}")
        query.execute(f"REVOKE INSERT, UPDATE, DELETE ON installation FROM {app}")


def upgrade(place, admin, *words: str, code: int = 0) -> str:
    runner = create_app(place).test_cli_runner(env={"PGPASSWORD": admin["password"]})
    result = runner.invoke(args=["upgrade-db", *words])
    assert result.exit_code == code, result.output
    return result.output.strip()


def catalog(place, admin) -> dict[str, set[str]]:
    with opened(Pool(**admin, dbname=place.db_name)) as query:
        found = {name: {row["fact"] for row in query.select(sql, {})} for name, sql in CATALOG.items()}
    return {name: {fact.replace(place.db_name, "") for fact in facts} for name, facts in found.items()}


def test_the_first_schema_and_all_steps_are_todays_schema(make, admin):
    stepped, fresh = make(1), make(VERSION)
    output = upgrade(stepped, admin, "--admin-user", admin["user"])
    assert output == f"The schema was upgraded from 1 to {VERSION}."
    after, expected = catalog(stepped, admin), catalog(fresh, admin)
    for name in CATALOG:
        assert after[name] == expected[name], name


def test_the_upgrade_keeps_existing_rows(make, admin):
    place = make(1)
    with opened(Pool(**admin, dbname=place.db_name)) as query:
        query.execute(FIRST_DATA)
    upgrade(place, admin, "--admin-user", admin["user"])
    account = {"user": place.db_user, "password": place.db_password, "dbname": place.db_name}
    with opened(Pool(host=place.db_host, port=place.db_port, **account)) as query:
        rows, _ = Masters(query, EMPLOYEE).page({"words": "lestari"})
        assert [row["nik"] for row in rows] == ["10000001"] and rows[0]["state"] == "active"
        assert query.one("SELECT count(*) AS amount FROM problem")["amount"] == 1


# As schema 5 holds them: a mail to be sent, an import that waits for its confirmation, an export that was made, and one
# that was not.
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FILES = """
INSERT INTO outbox (key, employee_id, month, created_at, run_at, attempts, error)
VALUES ('recap 202602 2', 2, 202602, '2026-03-01Z', '2026-03-01Z', 1, 'refused');
UPDATE employee SET email = 'adi@example.com', language = 'en' WHERE name = 'Adi';
INSERT INTO import (noun, file_name, content, is_complete, actor_id, created_at, state, columns, counts, fingerprint)
VALUES ('store', 'toko.csv', convert_to(repeat('0123456789', 250000), 'UTF8'), true, 2, '2026-03-01Z', 'shown',
        '{code,name}', '{"create": 1, "rows": 1, "active": 1}', 'the print');
INSERT INTO import_row (import_id, number, key, facts) VALUES (1, 2, 't002', '{"code": "T002"}');
INSERT INTO import_change (import_id, place, number, kind, row_name, facts, changes)
VALUES (1, 2, 2, 'create', 'T002', '{"code": "T002"}', '{}');
INSERT INTO problem_export (employee_id, format, asked, created_at, is_ready)
VALUES (2, 'csv', '{"year": "2026"}', '2026-03-01Z', true), (2, 'xlsx', '{}', '2026-03-01Z', false);
INSERT INTO problem_export_part (export_id, number, content) VALUES (1, 0, 'Nomor'), (1, 1, ';Judul');
"""


@pytest.fixture
def upgraded_files(make, admin, monkeypatch):
    """As the application, on a database of schema 5 that held FILES and was upgraded."""
    place = make(1)
    with opened(Pool(**admin, dbname=place.db_name)) as query, monkeypatch.context() as patched:
        query.execute(FIRST_DATA)
        patched.setattr(schema_module, "VERSION", 5)
        Schema(query).upgrade(owner_of(place.db_name))
    with opened(Pool(**admin, dbname=place.db_name)) as query, signed(query, NOON, None, "test"):
        assert Schema(query).version() == 5
        query.execute(FILES)
    upgrade(place, admin, "--admin-user", admin["user"])
    account = {"user": place.db_user, "password": place.db_password, "dbname": place.db_name}
    with opened(Pool(host=place.db_host, port=place.db_port, **account)) as query:
        yield query


def test_a_mail_queued_before_the_upgrade_is_sent_to_its_recipient(upgraded_files):
    mail = Outbox(upgraded_files).claim(["recap"], NOON)
    assert (mail.key, mail.kind, mail.facts, mail.attempts) == ("recap 202602 2", "recap", {"month": 202602}, 2)
    assert (mail.employee_id, mail.address, mail.language) == (2, "adi@example.com", "en")


def test_an_import_awaiting_confirmation_survives_the_upgrade(upgraded_files):
    imports = Imports(upgraded_files)
    found = imports.of(1, NOON)
    assert (found.state, found.counts["create"], imports.changes(1, "create")[0].row_name) == ("shown", 1, "T002")
    assert imports.content(1) == b"0123456789" * 250_000
    assert imports.confirm(1, "the print", 2)


def test_exports_work_across_the_upgrade(upgraded_files):
    exports = ProblemExports(upgraded_files)
    assert exports.of(1, NOON).is_ready and b"".join(exports.parts(1)) == b"Nomor;Judul"
    assert not exports.of(2, NOON).is_ready
    exports.keep(2, io.BytesIO(b"made"), NOON)
    assert list(exports.parts(2)) == [b"made"]


def test_files_from_before_the_upgrade_are_swept_whole(upgraded_files):
    later = NOON + timedelta(days=2)
    Imports(upgraded_files).sweep(later)
    ProblemExports(upgraded_files).sweep(later)
    assert amount(upgraded_files, "blob") == amount(upgraded_files, "blob_part") == 0


def test_a_second_upgrade_changes_nothing(make, admin):
    place = make(1)
    upgrade(place, admin, "--admin-user", admin["user"])
    assert upgrade(place, admin, "--admin-user", admin["user"]) == "The schema is up to date."


def test_two_upgrades_at_once_are_one(make, admin):
    place = make(1)
    run = lambda: installation.upgrade_on_server(place, admin["user"], admin["password"])  # noqa: E731
    assert {after for _, after in all_at_once([run, run])} == {VERSION}


def test_an_older_schema_is_not_served_and_not_changed_by_itself(make, admin):
    place = make(1)
    fault = installation.schema_fault(installation.pool(place))
    assert fault.endswith("Run: .venv/bin/flask --app sih upgrade-db") and catalog_version(place, admin) == 1


def catalog_version(place, admin) -> int:
    with opened(Pool(**admin, dbname=place.db_name)) as query:
        return Schema(query).version()


def test_a_step_that_fails_leaves_everything_as_it_was(make, admin, steps):
    place = make(1)
    steps({"002.sql": "CREATE TABLE half (id integer); SELECT no_such_function();"})
    with pytest.raises(DatabaseFault):
        installation.upgrade_on_server(place, admin["user"], admin["password"])
    assert catalog_version(place, admin) == 1
    with opened(Pool(**admin, dbname=place.db_name)) as query:
        assert query.one("SELECT to_regclass('half') IS NULL AS is_gone")["is_gone"]


def test_the_application_role_cannot_upgrade_tables_of_another_owner(make, admin):
    place = make(1)
    assert upgrade(place, admin, code=1).startswith("The database refuses: ")
    assert catalog_version(place, admin) == 1


def test_a_newer_schema_is_left_alone(make, admin):
    place = make(VERSION)
    with opened(Pool(**admin, dbname=place.db_name)) as query:
        query.execute("UPDATE installation SET schema_version = 99")
    assert "this program is older" in upgrade(place, admin, "--admin-user", admin["user"], code=1)
    assert "is older" in installation.schema_fault(installation.pool(place))


def test_steps_are_numbered_without_a_gap():
    assert {path.name[:3] for path in MIGRATIONS.glob("*.sql")} == {f"{n:03}" for n in range(1, VERSION + 1)}


# ---------------------------------------------------------------- beside those who work
NEXT = f"{VERSION + 1:03}.sql"
WIDEN = f"ALTER TABLE problem ADD COLUMN wider integer; UPDATE installation SET schema_version = {VERSION + 1};"


def test_a_step_does_not_wait_behind_a_lock_and_can_be_repeated(make, admin, steps):
    place = make(VERSION)
    steps({NEXT: WIDEN})
    with opened(Pool(**admin, dbname=place.db_name)) as holder:
        with holder.transaction():
            holder.select("SELECT id FROM problem")
            assert upgrade(place, admin, "--admin-user", admin["user"], code=1).startswith(
                "The upgrade gave up waiting"
            )
            assert catalog_version(place, admin) == VERSION
        assert upgrade(place, admin, "--admin-user", admin["user"]).endswith(f"to {VERSION + 1}.")
        assert holder.select("SELECT wider FROM problem") == []


def test_queries_behind_a_waiting_migration_step_are_served(make, admin, steps):
    place, reads = make(VERSION), 0
    steps({NEXT: WIDEN})
    app = {"user": place.db_user, "password": place.db_password, "dbname": place.db_name}
    with opened(Pool(host=place.db_host, port=place.db_port, **app)) as query:
        Schema(query).limit()  # from the next connection on
    with (
        opened(Pool(**admin, dbname=place.db_name)) as holder,
        opened(Pool(host=place.db_host, port=place.db_port, **app)) as query,
        ThreadPoolExecutor(1) as other,
        holder.transaction(),
    ):
        holder.select("SELECT id FROM problem")
        upgrading = other.submit(upgrade, place, admin, "--admin-user", admin["user"], code=1)
        while not upgrading.done():
            assert query.select("SELECT id FROM problem") == []
            reads += 1
    assert upgrading.result().startswith("The upgrade gave up waiting") and reads


def test_an_interrupted_batch_migration_resumes(make, admin, steps):
    place = make(VERSION)
    names = [f"{VERSION + 1:03}.sql", f"{VERSION + 2:03}.batches.sql"]
    made = f"""
CREATE TABLE long (id integer PRIMARY KEY, is_done boolean NOT NULL DEFAULT false);
INSERT INTO long SELECT generate_series(1, 10);
UPDATE installation SET schema_version = {VERSION + 1};
"""
    batch = "UPDATE long SET is_done = true WHERE id IN (SELECT id FROM long WHERE NOT is_done ORDER BY id LIMIT 4)"
    steps({names[0]: made})
    upgrade(place, admin, "--admin-user", admin["user"])
    steps({names[0]: made, names[1]: batch})
    done = "SELECT count(*) AS amount FROM long WHERE is_done"
    with opened(Pool(**admin, dbname=place.db_name)) as holder:
        with holder.transaction():
            holder.select("SELECT id FROM long WHERE id = 6 FOR UPDATE")
            upgrade(place, admin, "--admin-user", admin["user"], code=1)
        assert (holder.one(done)["amount"], catalog_version(place, admin)) == (4, VERSION + 1)
        upgrade(place, admin, "--admin-user", admin["user"])
        assert (holder.one(done)["amount"], catalog_version(place, admin)) == (10, VERSION + 2)


# ---------------------------------------------------------------- the shares of months that were closed before step 12
BEFORE_SHARES = """
ALTER TABLE figure ALTER COLUMN closed_escalated DROP NOT NULL, ALTER COLUMN closed_reopened DROP NOT NULL;
ALTER TABLE closed_figure ALTER COLUMN closed_escalated DROP NOT NULL, ALTER COLUMN closed_reopened DROP NOT NULL;
ALTER TABLE closed_figure DISABLE TRIGGER closed_figure_is_append_only;
UPDATE figure SET closed_escalated = NULL, closed_reopened = NULL;
UPDATE closed_figure SET closed_escalated = NULL, closed_reopened = NULL;
DELETE FROM recap_size;
UPDATE installation SET schema_version = 11;
"""


@pytest.mark.parametrize("seed", [11, 12])
def test_the_shares_of_closed_months_are_computed_from_the_events(make, admin, monkeypatch, seed):
    place = make(VERSION)
    with opened(Pool(**admin, dbname=place.db_name)) as query:
        with signed(query, NOON, None, "test"):
            company.fill(query, "$argon2id$x")
        histories.lives(60, seed)(query)
        closed = Recaps(query).closed()
        stored = {month: RecapChecks(query).stored(Period(month)) for month in closed}
        sizes = query.select("SELECT * FROM recap_size z WHERE z.period > 10000 ORDER BY z.period, z.dimension")
        query.execute(BEFORE_SHARES)
        monkeypatch.setattr(schema_module, "VERSION", 12)
        assert Schema(query).upgrade(owner_of(place.db_name)) == (11, 12)
        assert {month: RecapChecks(query).stored(Period(month)) for month in closed} == stored and stored
        assert query.select("SELECT * FROM recap_size z ORDER BY z.period, z.dimension") == sizes
        for period in histories.PERIODS:
            assert kept(query, period) == RecapChecks(query).cells(period), period
        Recaps(query).fold_all()
        for period in histories.PERIODS:
            assert kept(query, period) == RecapChecks(query).cells(period), period


# ---------------------------------------------------------------- the documents of the search, made anew by step 17
PROBLEMS = """
WITH numbered AS (
    INSERT INTO problem (token, reported_at, held_since, store_id, reporter_id, asset_kind_id, status,
                         holder_division_id, title, description, last_event_id)
    SELECT gen_random_uuid(), '2026-01-02Z', '2026-01-02Z', 1, 1, 1, 'new', 1, 'TM-T88V mati', 'Kabel ' || n,
           nextval('event_id_seq')
    FROM generate_series(1, %(amount)s) AS n
    RETURNING id, last_event_id
)
INSERT INTO event (id, problem_id, kind, at, actor_id, status_after, to_division_id, recorded_at, reported_at,
                   held_since, store_id, asset_kind_id)
SELECT last_event_id, id, 'reported', '2026-01-02Z', 1, 'new', 1, '2026-01-02Z', '2026-01-02Z', '2026-01-02Z', 1, 1
FROM numbered
"""
NOTES = """
INSERT INTO event (problem_id, kind, at, actor_id, status_before, status_after, to_division_id, note)
SELECT p.id, 'commented', '2026-01-03Z', 1, 'new', 'new', 1, 'Kabelnya ' || %(word)s FROM problem p
"""
DOCUMENTS = """
SELECT count(*) AS amount, count(*) FILTER (WHERE s.words = search_document(p.id)) AS whole,
       count(*) FILTER (WHERE s.words @@ '''202601:tmt88v'' & 202601s1 & 202601r1') AS found
FROM problem p LEFT JOIN problem_search s ON s.problem_id = p.id
"""


def test_documents_are_made_anew_beside_those_who_report_and_remark(make, admin, steps, monkeypatch):
    """Batches of three problems, interrupted by a lock; the application goes on meanwhile."""
    texts = {name: (MIGRATIONS / name).read_text() for name in ("017.batches.sql", "017.sql")}
    texts = {name: text.replace("LIMIT 1000", "LIMIT 3") for name, text in texts.items()}
    grants = schema_module.GRANTS  # without what later steps made
    for later in (", ready_text, slang", ", mention", ", sends_mail", " trouble,"):
        grants = grants.replace(later, "")
    monkeypatch.setattr(schema_module, "GRANTS", grants)
    place = make(1)
    app = {"user": place.db_user, "password": place.db_password, "dbname": place.db_name}
    with (
        opened(Pool(**admin, dbname=place.db_name)) as query,
        opened(Pool(host=place.db_host, port=place.db_port, **app)) as writer,
    ):
        query.execute(FIRST_DATA)
        with monkeypatch.context() as patched:
            patched.setattr(schema_module, "VERSION", 16)
            Schema(query).upgrade(owner_of(place.db_name), place.db_user)
        writer.execute(PROBLEMS, {"amount": 9})
        writer.execute(NOTES, {"word": "putus"})
        steps(texts)
        with opened(Pool(**admin, dbname=place.db_name)) as holder, holder.transaction():
            holder.select("SELECT id FROM problem WHERE id = 5 FOR UPDATE")
            with pytest.raises(schema_module.CannotUpgrade):
                Schema(query).upgrade(owner_of(place.db_name), place.db_user)
        assert query.one("SELECT count(*) AS amount FROM problem_search_next")["amount"] == 3
        writer.execute(PROBLEMS, {"amount": 12})
        writer.execute(NOTES, {"word": "sobek"})
        assert Schema(query).upgrade(owner_of(place.db_name), place.db_user) == (16, 17)
        writer.execute(NOTES, {"word": "kendur"})
        assert query.one(DOCUMENTS) == {"amount": 22, "whole": 22, "found": 21}
        counts = query.select("SELECT c.word, c.problems FROM word_count c")
        assert {"word": "kabel", "problems": 20} in counts and {"word": "mati", "problems": 20} in counts
        assert {"kab", "mat"} < {row["trigram"] for row in query.select("SELECT t.trigram FROM word_trigram t")}


# ---------------------------------------------------------------- the durations counted before step 20
BUCKETS = """
SELECT b.period, b.recorded, b.dimension, b.value, b.measure, b.bucket, b.amount FROM duration_bucket b ORDER BY b
"""
ROUNDED_DOWN = """
UPDATE duration_bucket SET bucket = bucket + 1000000;
UPDATE duration_rank SET p50 = p50 + 7, p90 = 1;
UPDATE installation SET schema_version = 19;
"""


@pytest.mark.parametrize("closes", [False, True])
def test_durations_are_counted_again_from_the_events(make, admin, monkeypatch, closes):
    place = make(VERSION)
    with opened(Pool(**admin, dbname=place.db_name)) as query:
        with signed(query, NOON, None, "test"):
            company.fill(query, "$argon2id$x")
        histories.lives(60, 13, closes=closes)(query)
        Recaps(query).fold()
        buckets = query.select(BUCKETS)
        query.execute(ROUNDED_DOWN)
        monkeypatch.setattr(schema_module, "VERSION", 20)
        assert Schema(query).upgrade(owner_of(place.db_name)) == (19, 20)
        assert query.select(BUCKETS) == buckets and buckets
        for period in histories.PERIODS:
            assert kept_ranks(query, period) == RecapChecks(query).ranks(period), period
        Recaps(query).fold_all()
        for period in histories.PERIODS:
            assert kept_ranks(query, period) == RecapChecks(query).ranks(period), period


# ---------------------------------------------------------------- what was released stays as it was
def test_every_step_is_the_released_one():
    assert altered_steps() == [], (
        "a released step never changes; a new one: cd sql/migrations; sha256sum *.sql > checksums"
    )


def test_an_altered_step_is_refused_before_anything_is_changed(make, admin, steps, tmp_path):
    place = make(1)
    steps({"002.sql": "UPDATE installation SET schema_version = 2;", "003.sql": "SELECT 1"})
    (tmp_path / "003.sql").write_text("SELECT 2")
    output = upgrade(place, admin, "--admin-user", admin["user"], code=1)
    assert output.startswith("sql/migrations/003.sql is not the file that was released; nothing was changed.")
    assert catalog_version(place, admin) == 1


def test_a_step_without_a_checksum_or_without_a_file_counts_as_altered(steps, tmp_path):
    steps({"002.sql": "SELECT 2", "003.sql": "SELECT 3"})
    (tmp_path / "003.sql").unlink()
    (tmp_path / "004.sql").write_text("SELECT 4")
    assert altered_steps() == ["003.sql", "004.sql"]


def test_windows_line_endings_keep_the_checksum(steps, tmp_path):
    steps({"002.sql": "SELECT 1;\nSELECT 2;\n"})
    (tmp_path / "002.sql").write_bytes(b"SELECT 1;\r\nSELECT 2;\r\n")
    assert altered_steps() == []
