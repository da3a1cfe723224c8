"""The command line (docs/paper.md, R10): each command does one thing, reports it, and prints errors in one line."""

import pytest

from bench.databases import opened
from sih import demo
from sih.domain import pins
from tests import company
from tests.conftest import PIN_KEY
from tests.facts import amount, without_database
from tests.people import Person

NOBODY = ["99999999", "", "x" * 5000, "' OR 1=1 --", "10000001\n", "\udcff", "1\x000"]


@pytest.fixture
def run(app):
    """run("freeze", "10000001") gives the output; run(..., code=1) must fail, in one line and without a stack."""
    runner = app.test_cli_runner()

    def run(*words: str, code: int = 0, **more) -> str:
        result = runner.invoke(args=list(words), **more)
        assert result.exit_code == code, result.output
        if code:
            assert result.stdout == "" and len(result.stderr.splitlines()) == 1
        return result.output.strip()

    return run


def is_out(person: Person) -> bool:
    return person.client.get("/problems").status_code == 302


def signs_in(app, nik: str, pin: str = company.PIN) -> bool:
    browser = Person(app)
    return browser.client.post("/login", data={**browser.tokens, "nik": nik, "pin": pin}).status_code == 303


def activates(app, nik: str, code: str, pin: str) -> bool:
    browser = Person(app)
    fields = {"nik": nik, "code": code, "new_pin": pin, "repeated_pin": pin}
    return browser.client.post("/activations", data={**browser.tokens, **fields}).status_code == 303


def test_freeze_signs_an_employee_out_and_refuses_sign_ins(app, run, person, employees):
    rini, nik = person("rini"), employees["rini"].nik
    assert not is_out(rini)
    assert run("freeze", nik) == f"NIK {nik} is frozen."
    assert is_out(rini) and not signs_in(app, nik)
    assert "frozen already" in run("freeze", nik, code=1)


def test_freeze_reports_the_problems_that_wait_at_the_employee(run, problem, employees):
    problem("at pandu")
    output = run("freeze", employees["pandu"].nik)
    assert output.endswith("\n1 problems wait at this person; the helpdesk can act on them.")


def test_the_last_admin_cannot_be_frozen(run, employees):
    run("freeze", employees["adi"].nik, code=1)


def test_unfreeze_allows_signing_in(app, run, employees):
    nik = employees["rini"].nik
    run("freeze", nik)
    assert run("unfreeze", nik) == f"NIK {nik} may sign in again."
    assert signs_in(app, nik)
    assert run("unfreeze", nik, code=1) == f"No frozen account with NIK {nik}."


def test_reset_pin_signs_an_employee_out_and_prints_an_activation_code(app, run, person, employees):
    rini, nik = person("rini"), employees["rini"].nik
    assert not is_out(rini)
    output = run("reset-pin", nik)
    assert output.startswith(f"Activation code of NIK {nik}, for 14 days: ")
    assert is_out(rini) and not signs_in(app, nik)
    assert activates(app, nik, output.rpartition(" ")[2], "640285") and signs_in(app, nik, "640285")


def test_a_second_reset_invalidates_the_first_code(app, run, employees):
    nik = employees["rini"].nik
    first, second = (run("reset-pin", nik).rpartition(" ")[2] for _ in range(2))
    assert not activates(app, nik, first, "640285") and activates(app, nik, second, "640285")


@pytest.mark.parametrize("nik", NOBODY)
@pytest.mark.parametrize("command", ["freeze", "unfreeze", "reset-pin"])
def test_an_unknown_nik_changes_nothing(run, query, command, nik):
    before = query.select("SELECT * FROM employee ORDER BY id")
    run(command, nik, code=1)
    assert query.select("SELECT * FROM employee ORDER BY id") == before


def test_create_admin_makes_an_admin_and_a_store(app, run, query):
    output = run("create-admin", "--nik", "50000001", "--name", "Ayu", input="HQ\nKantor Pusat\nJakarta\n")
    assert "NIK 50000001 is an admin now, in database unused on localhost, port 5432.\n" in output
    code = output.rpartition(" ")[2]
    assert activates(app, "50000001", code, "640285") and signs_in(app, "50000001", "640285")
    row = query.one("SELECT role, s.code FROM employee e JOIN store s ON s.id = e.store_id WHERE e.name = 'Ayu'")
    assert row == {"role": "admin", "code": "HQ"}


def create_admin(nik: str, store: str = "T001") -> list[str]:
    facts = {"nik": nik, "name": "Ayu", "store-code": store, "store-name": "Baru", "city": "Depok"}
    return ["create-admin", *(part for name, value in facts.items() for part in (f"--{name}", value))]


def test_a_nik_is_read_in_small_letters_too(run):
    run(*create_admin("k5001"))
    assert run("freeze", "k5001") == "NIK K5001 is frozen."


def test_an_admin_in_a_store_that_exists_leaves_it_as_it_is(run, query):
    run(*create_admin("50000001"))
    assert query.one("SELECT name FROM store WHERE code = 'T001'")["name"] == "Kelapa Gading"


def test_a_duplicate_nik_is_refused(run, query, employees):
    assert run(*create_admin(employees["rini"].nik, "T009"), code=1) == f"NIK {employees['rini'].nik} exists already."
    assert amount(query, "store") == 2


@pytest.mark.parametrize("nik", [" ", "x" * 60, "1\x000", "\udcff"])
def test_an_invalid_nik_is_refused(run, query, nik):
    assert run(*create_admin(nik), code=1).startswith("Not accepted: ")
    assert amount(query, "employee") == len(company.PEOPLE)


@pytest.mark.parametrize(
    "words", [["freeze", "1"], ["unfreeze", "1"], ["reset-pin", "1"], ["demo-accounts"], create_admin("5")]
)
def test_without_a_database_it_says_so(run, pool, words):
    with without_database(pool):
        assert run(*words, code=1).startswith("The database cannot be reached: ")


def test_accounts_are_listed_only_on_demo_data(run):
    assert run("demo-accounts", code=1) == "This database holds no demo data, or its PINs were changed."


def test_accounts_are_printed_as_tab_separated_lines(run, pool, admin, query):
    query.execute("UPDATE employee SET pin_hash = %(hash)s", {"hash": pins.hash_pin(demo.PIN, PIN_KEY)})
    with opened(type(pool)(**admin, dbname=pool.address["dbname"])) as query:
        query.execute("UPDATE installation SET has_demo_data = true")
    first, *lines = run("demo-accounts").splitlines()
    assert first == f"PIN\t{demo.PIN}"
    assert {line.split("\t")[0] for line in lines} == {nik for nik, *_ in company.PEOPLE.values()}
    assert "20000001\thandler\tT001\tHelpdesk\tHadi" in lines and "10000001\treporter\tT001\t-\tRini" in lines
