"""flask --app sih import NOUN FILE: the same dry run and writing as in the browser, with line output."""

import openpyxl
import pytest

from tests.facts import amount, without_database
from tests.list_files import TWO

HEAD = "NIK;Nama;Toko;Peran"
NEW = "0050001;Baru;T002;"


@pytest.fixture
def run(app, tmp_path):
    """run(*lines) imports a file of employees with these lines; gives the output. `code` is the expected exit code."""
    runner = app.test_cli_runner()

    def run(*lines: str, options: tuple = ("--yes",), code: int = 0, noun: str = "employees", **more) -> str:
        file = tmp_path / "list.csv"
        file.write_text("\n".join(lines))
        result = runner.invoke(args=["import", noun, str(file), *options], **more)
        assert result.exit_code == code, result.output
        return result.output

    return run


def names(query) -> dict[str, str]:
    return {row["nik"]: row["name"] for row in query.select("SELECT nik, name FROM employee")}


def test_the_command_writes_new_and_changed_rows(run, query):
    output = run(HEAD, NEW, "10000001;Rini Baru;T001;Pelapor")
    assert (
        "create: 1\n  2\t0050001 Baru" in output
        and "change: 1\n  3\t10000001 Rini Baru\tname: Rini -> Rini Baru" in output
    )
    assert output.endswith("Written: 1 create, 1 change, 0 deactivate\n")
    assert (names(query)["0050001"], names(query)["10000001"]) == ("Baru", "Rini Baru")


def test_the_audit_log_names_the_command_line_as_source(run, query):
    run(HEAD, NEW)
    [entry] = query.select("SELECT source, actor_id FROM audit WHERE source LIKE 'import %%'")
    assert entry["source"].startswith("import ") and entry["actor_id"] is None


def test_a_second_time_changes_nothing(run):
    run(HEAD, NEW)
    assert run(HEAD, NEW).endswith("Nothing to change: everything is the same already.\n")


def test_the_command_asks_for_confirmation(run, query):
    assert "Nothing was written." in run(HEAD, NEW, options=(), input="n\n", code=1)
    assert "0050001" not in names(query)
    run(HEAD, NEW, options=(), input="y\n")
    assert "0050001" in names(query)


def test_a_faulty_file_changes_nothing(run, query):
    output = run(HEAD, NEW, "7;Salah;T999;Raja", code=1)
    assert (
        "fault: 1\n  3" in output
        and "Toko tidak dikenal: T999" in output
        and "1 rows are wrong. Nothing was written." in output
    )
    assert "0050001" not in names(query)


def test_employees_absent_from_a_complete_list_are_frozen_after_typing_their_number(run, query):
    everybody = [f"{nik};{name};;" for nik, name in names(query).items() if nik not in ("10000003", "30000001")]
    lines = ["NIK;Nama", *(line.removesuffix(";;") for line in everybody)]
    assert "another number" in run(*lines, options=("--complete", "--yes", "--deactivate", "1"), code=1)
    assert "2 would be deactivated" in run(*lines, options=("--complete",), input="2\n")
    frozen = query.select("SELECT nik FROM employee WHERE is_frozen ORDER BY nik")
    assert [row["nik"] for row in frozen] == ["10000003", "30000001"]


LAST = "Ini admin terakhir. Angkat admin lain lebih dahulu."


@pytest.mark.parametrize("row", ["40000001;Pelapor;", "40000001;Admin;Dibekukan"])
def test_demoting_the_last_admin_is_an_error_of_its_row(run, query, row):
    output = run("NIK;Peran;Status", row, code=1)
    assert f"fault: 1\n  2\t40000001 Adi\t{LAST}" in output and "Nothing was written." in output
    query.execute("UPDATE employee SET role = 'admin' WHERE name = 'Susi'")
    assert run("NIK;Peran;Status", row, "30000001;Pelapor;", code=1).count(LAST) == 2
    run("NIK;Peran;Status", row)


def test_a_complete_list_never_removes_the_last_admin(run, query):
    query.execute("UPDATE employee SET role = 'admin' WHERE name = 'Susi'")
    run("NIK;Peran", "40000001;Pelapor", options=("--complete", "--deactivate", "9"))
    admins = query.select("SELECT name FROM employee WHERE role = 'admin' AND NOT is_frozen")
    assert admins == [{"name": "Susi"}] and amount(query, "employee WHERE is_frozen") == 9


def test_problems_waiting_at_a_frozen_pic_are_reported(run, query, problem):
    problem("at pandu")
    output = run("NIK;Status", "20000005;Dibekukan")
    assert output.endswith("1 problems wait at people who are gone; the helpdesk can act on them.\n")


def test_an_absent_last_admin_stays_active(run, query):
    run("NIK;Nama", "10000001;Rini", options=("--complete", "--deactivate", "9"))
    assert not query.one("SELECT is_frozen FROM employee WHERE nik = '40000001'")["is_frozen"]
    assert amount(query, "employee WHERE is_frozen") == 9


@pytest.fixture
def run_book(app, tmp_path):
    """run_book(*options) imports a workbook with a sheet for each of two regions."""

    def run_book(*options: str, code: int = 0) -> str:
        file = tmp_path / "list.xlsx"
        file.write_bytes(TWO)
        result = app.test_cli_runner().invoke(args=["import", "employees", str(file), "--yes", *options])
        assert result.exit_code == code, result.output
        return result.output

    return run_book


def test_sheets_are_chosen_by_name_or_all(run_book, query):
    offered = "Sheets with these headings: Jawa (1 rows), Bali (1 rows)."
    advice = f"{offered} Choose with --sheet NAME or --all-sheets. Nothing was written.\n"
    assert run_book(code=1) == advice
    assert run_book("--sheet", "Sumatra", code=1).startswith(f"No such sheet: Sumatra. {offered}")
    output = run_book("--sheet", "Bali")
    assert output.startswith("sheet: Bali (1 rows)\ncreate: 1\n  2\t0050002 Bagus") and "0050001" not in names(query)
    output = run_book("--all-sheets")
    assert output.startswith("sheet: Jawa (1 rows)\nsheet: Bali (1 rows)\ncreate: 1\n  Jawa 2\t0050001 Jaka")
    assert {"0050001", "0050002"} <= set(names(query))


def test_a_file_that_is_no_list_is_a_one_line_error(run):
    output = run("%PDF-1.7", code=1)
    assert output.startswith("Ini berkas PDF, bukan daftar.") and output.endswith("Nothing was written.\n")


@pytest.mark.parametrize("noun", ["stores", "divisions", "departments", "categories", "asset-kinds", "assets"])
def test_every_kind_of_list_can_be_imported(run, noun):
    heads = {"stores": "Kode;Nama;Kota\nT100;Baru;Depok", "assets": "Label;Jenis;Toko\nX1;AC;T001"}
    assert "create: 1" in run(
        heads.get(noun, "Nama;Divisi\nBaru;Umum" if noun == "departments" else "Nama\nBaru"), noun=noun
    )


@pytest.mark.parametrize("file", ["sparse", "/dev/zero"])
def test_a_file_has_the_size_limit_of_an_upload(app, query, tmp_path, file):
    sparse = tmp_path / "sparse"
    with sparse.open("wb") as opened:
        opened.truncate(25_000_001)
    result = app.test_cli_runner().invoke(args=["import", "employees", str(tmp_path / file)])
    assert result.exit_code == 1 and "is larger than 25 MB. Nothing was written." in result.output
    assert amount(query, "import") == 0


def test_without_a_database_it_says_so(run, pool):
    with without_database(pool):
        assert run(HEAD, NEW, code=1).startswith("The database cannot be reached: ")


def test_faulty_rows_are_left_out_on_request_and_kept_in_a_file(run, query, tmp_path):
    file = tmp_path / "faults.xlsx"
    options = ("--yes", "--skip-faults", "--faults", str(file))
    output = run(HEAD, NEW, "0050002;Salah;T999;", "Total;2;;", options=options)
    assert f"The faulty rows are in {file}." in output and "non_row: 1\n  4\tTotal | 2\ttotal" in output
    assert output.endswith("Written: 1 create, 0 change, 0 deactivate\n") and "0050001" in names(query)
    rows = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))
    assert rows[0] == (*HEAD.split(";"), "Kesalahan") and rows[1][0] == "0050002" and len(rows) == 2


def test_without_the_option_faulty_rows_are_not_left_out(run, query):
    assert "1 rows are wrong. Nothing was written." in run(HEAD, NEW, "7;Salah;T999;Raja", code=1)
    assert "0050001" not in names(query)


def test_a_complete_list_with_an_unreadable_nik_is_refused(run, query):
    options = ("--complete", "--yes", "--skip-faults", "--deactivate", "11")
    output = run(HEAD, NEW, "7;Salah;T001;", options=options, code=1)
    assert "none can be left out whose key cannot be read: 3. Nothing was written." in output
    assert amount(query, "employee WHERE is_frozen") == 0 and "0050001" not in names(query)


def test_removed_invisible_characters_are_reported(run):
    assert "invisible characters removed: 1, in the rows 2" in run(HEAD, "0050001\u200b;Baru;T002;")


PAIR = "20000005:99000005"
SAME = ("NIK;Nama;Toko;Peran;Divisi", "99000005;Pandu;T001;Penanggung;IT > Aplikasi")


def test_pairs_are_listed_and_stay_two_people(run, query):
    output = run(*SAME)
    assert f"pairs: 1 (a new NIK and a person of the same name and store; --same OLD:NEW)\n  2\t{PAIR}\tPandu" in output
    assert {"20000005", "99000005"} <= names(query).keys()


@pytest.mark.parametrize("same", [PAIR, "all"])
def test_a_pair_that_is_named_is_one_person(run, query, same):
    output = run(*SAME, options=("--yes", "--same", same))
    assert "nik: 20000005 -> 99000005" in output and "T001 Kelapa Gading; same\n" in output
    assert output.endswith("Written: 0 create, 1 change, 0 deactivate\n")
    assert "20000005" not in names(query) and names(query)["99000005"] == "Pandu"


def test_all_leaves_out_what_is_not_clear(run, query):
    output = run(*SAME, "99000006;Pandu;T001;Penanggung;IT > Aplikasi", options=("--yes", "--same", "all"))
    assert output.endswith("Written: 2 create, 0 change, 0 deactivate\n")


@pytest.mark.parametrize("same", ["20000005:99000009", "x", "\x1b[2J", ""])
def test_a_pair_that_is_none_is_refused(run, query, same):
    output = run(*SAME, options=("--yes", "--same", same), code=1)
    assert "is no pair of this file. Nothing was written." in output and "\x1b" not in output
    assert "99000005" not in names(query)


def test_two_people_at_once_are_refused(run, query):
    more = "99000006;Pandu;T001;Penanggung;IT > Aplikasi"
    output = run(*SAME, more, options=("--yes", "--same", PAIR, "--same", "20000005:99000006"), code=1)
    assert "20000005 can be one person only. Nothing was written." in output and "99000005" not in names(query)


def test_what_moves_or_stays_is_said(run, problem):
    problem("at pandu")
    output = run("NIK;Status", "20000005;Keluar")
    assert "1 open problems are at people who move or leave; they stay there.\n" in output
    output = run("Kode;Status", "T001;Nonaktif", noun="stores")
    assert "What is deactivated still has 8 people and 1 open problems; they stay there.\n" in output
