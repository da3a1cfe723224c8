"""The key of the PINs: a wrong key is reported at the start instead of as wrong PINs; and recovery from a lost key."""

import dataclasses

import pytest

from sih import demo
from sih.commands.demo import demo_text
from sih.dao.pin_keys import PinKeys
from sih.domain import pins
from sih.runtime import installation
from tests.company import PIN
from tests.conftest import PIN_KEY
from tests.people import Person

OTHER = "another key, just as long"


@pytest.fixture
def other(settings):
    return dataclasses.replace(settings, pin_key=OTHER)


@pytest.fixture
def run(app, monkeypatch):
    """run("reset-pin", "1") under the key of the tests; run(..., key=OTHER) under this one."""

    def run(*words: str, key: str = PIN_KEY, input: str | None = None):
        settings = dataclasses.replace(app.config["SETTINGS"], pin_key=key)
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        return app.test_cli_runner().invoke(args=list(words), input=input)

    return run


def fault(pool, settings) -> str | None:
    return installation.pin_key_fault(type(pool)(**pool.address), settings)


def signs_in(app, nik: str, pin: str = PIN) -> bool:
    nobody = Person(app)
    return nobody.client.post("/login", data={**nobody.tokens, "nik": nik, "pin": pin}).status_code == 303


def test_the_first_key_of_an_empty_database_is_its_key(pool, query, settings, other):
    query.execute("UPDATE employee SET pin_hash = NULL")
    assert fault(pool, settings) is None and fault(pool, settings) is None
    message = fault(pool, other)
    assert "the setting pin_key" in message and message.endswith("flask --app sih reset-all-pins")


def test_where_pins_are_the_first_sign_in_shows_the_key(app, pool, query, settings, other):
    assert fault(pool, other) is None and fault(pool, settings) is None  # older than the check: nobody can tell yet
    assert PinKeys(query).is_other("x") is False
    assert not signs_in(app, "10000001", "111111") and fault(pool, other) is None
    assert signs_in(app, "10000001") and fault(pool, settings) is None
    assert "another pin_key" in fault(pool, other)


def test_a_lost_file_of_secrets_is_named(pool, query, other, monkeypatch):
    PinKeys(query).know(pins.key_check(PIN_KEY))
    assert "secrets.json" in fault(pool, dataclasses.replace(other, db_host=None))


@pytest.mark.parametrize("words", [["worker"], ["reset-pin", "10000001"], ["activation-sheets", "x.pdf", "--all"]])
def test_no_command_makes_codes_of_another_key(run, query, words):
    PinKeys(query).know(pins.key_check(PIN_KEY))
    result = run(*words, key=OTHER)
    assert result.exit_code == 1 and "reset-all-pins" in result.output
    assert query.select("SELECT 1 FROM activation") == []


def test_resetting_takes_every_pin_and_is_the_way_on(run, app, query, pool, other, settings):
    PinKeys(query).know(pins.key_check(PIN_KEY))
    assert run("reset-all-pins", input="n\n").exit_code == 1 and signs_in(app, "10000001")
    result = run("reset-all-pins", "--yes", key=OTHER)
    assert result.exit_code == 0 and "11 PINs were taken away" in result.output
    assert query.select("SELECT 1 FROM employee WHERE pin_hash IS NOT NULL") == []
    assert fault(pool, other) is None and fault(pool, settings) is not None
    code = result.output.split("NIK 40000001, for 14 days: ")[1].split()[0]
    nobody = Person(app)
    fields = {"nik": "40000001", "code": code, "new_pin": "508213", "repeated_pin": "508213"}
    assert nobody.client.post("/activations", data={**nobody.tokens, **fields}).status_code == 303
    events = query.select("SELECT kind::text AS kind, detail FROM security_event WHERE kind = 'pins_reset'")
    assert [event["detail"] for event in events] == ["11"]


def test_no_demo_account_is_printed_that_the_pin_does_not_open(admin, database, app, query):
    with_demo = "UPDATE installation SET has_demo_data = true"
    pool = app.extensions["pool"]
    mighty = type(pool)(**{**admin, "dbname": database["dbname"]})
    owner = type(query)(mighty)
    owner.execute(with_demo)
    owner.close()
    mighty.close()
    assert demo_text(app) == ""  # the PIN of these people is another one
    rini = {"hash": pins.hash_pin(demo.PIN, PIN_KEY), "lost": pins.hash_pin(demo.PIN, OTHER)}
    query.execute("UPDATE employee SET pin_hash = %(hash)s WHERE nik = '10000001'", rini)
    query.execute("UPDATE employee SET pin_hash = %(lost)s WHERE nik = '10000002'", rini)
    lines = demo_text(app).splitlines()
    assert lines[0] == f"PIN\t{demo.PIN}" and [line.split("\t")[0] for line in lines[1:]] == ["10000001"]
