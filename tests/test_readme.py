"""README.md and docs/operations.md, taken literally: their commands run in the order in which they stand, against a
PostgreSQL of their own. What would change the machine (users, packages, services) is checked for syntax."""

import ast
import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import settings as settings_module
from bench.databases import opened, with_admin
from sih.commands import COMMANDS
from sih.dao.query import Pool

ROOT = Path(__file__).resolve().parent.parent
README, OPERATIONS = ((ROOT / path).read_text() for path in ("README.md", "docs/operations.md"))
FLASK = ".venv/bin/flask --app sih "
AS_SIH = "runuser -u sih -- "
# What changes the machine, or is tested elsewhere (make: tests/test_install.py).
MACHINE = {"apt-get", "useradd", "git", "systemctl", "nginx", "ln", "chown", "make", "python3"}
CREATE_ADMIN = "50000001\nAyu\n\n\n\n"


def blocks(kind: str, after: str = "", before: str = "", page: str = README) -> list[str]:
    """The fenced blocks of a language between two headings of a page."""
    begin = page.index(after)
    part = page[begin : page.index(before, begin) if before else None]
    return re.findall(rf"^```{kind}\n(.*?)^```$", part, re.DOTALL | re.MULTILINE)


def lines(after: str, before: str, page: str = README) -> list[str]:
    return "".join(blocks("sh", after, before, page)).splitlines()


@pytest.fixture
def clone(tmp_path) -> Path:
    """A folder as `git clone` and install.py leave it."""
    for name in ("main.py", "settings.py", "install.py", "Makefile"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("sih", "sql"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    return tmp_path


@pytest.fixture
def shell(clone):
    """shell(command) runs it in the clone, as it stands in README.md."""

    def run(command: str, typed: str = "", code: int = 0, **env: str) -> str:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        # As whoever the tests are: the user sih is not made here.
        here = command.replace("/opt/sih", str(clone)).replace(AS_SIH, "")
        pipes = {"capture_output": True, "text": True, "timeout": 120, "input": typed}
        done = subprocess.run(["bash", "-ec", here], cwd=clone, env={**kept, **env}, **pipes)
        assert done.returncode == code, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    return run


def assert_shown_only(shell) -> None:
    """With these options pg_restore shows what the backup holds, and needs no database."""
    for option in ("-l", "--list", "-f -", "--file=-"):
        assert "employee" in shell(f"{FLASK}pg pg_restore {option} sih.dump")


def is_run(line: str) -> bool:
    return line.split()[0] not in MACHINE


def chosen(admin: dict, name: str) -> str:
    """The settings of README.md with what a person fills in."""
    (text,) = blocks("ini", "## Install it", "## Run it")
    facts = {"db.example.com": admin["host"], "5432": str(admin["port"]), "sih_app": f"{name}_app"}
    facts |= {"db_sid_postgres=sih": f"db_sid_postgres={name}", "<a password>": "a-password-for-a-test"}
    facts |= {"<64 characters>": "a" * 64, "<64 other characters>": "b" * 64}
    for documented, actual in facts.items():
        assert documented in text
        text = text.replace(documented, actual)
    return text


@pytest.fixture
def name(admin, worker):
    name = f"{worker}_readme"
    yield name
    with_admin(admin, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    for role in (f"{name}_app", f"{name}_owner"):
        with_admin(admin, f"DROP ROLE IF EXISTS {role}")


@pytest.mark.long
def test_readme_prepares_backs_up_and_restores_a_postgresql_server(shell, clone, admin, name):
    (clone / ".env").write_text(chosen(admin, name))
    administrator = {"PGPASSWORD": admin["password"]}

    def follow(after: str, before: str, page: str = README) -> list[str]:
        commands = [line for line in lines(after, before, page) if is_run(line)]
        return [follow_one(line) for line in commands]

    def follow_one(line: str) -> str:
        line = line.replace("--admin-user postgres", f"--admin-user {admin['user']}")
        return shell(line, CREATE_ADMIN if "create-admin" in line else "", **administrator)

    outputs = follow("## Install it", "## Run it")
    assert any("The schema was made." in one for one in outputs)
    assert any(f"in database {name} on {admin['host']}" in one for one in outputs)
    mine = [line for line in lines("A real server's database", "The wheel's programs") if is_run(line)]
    backup, restore = mine[:2], mine[2:]
    for line in backup:
        follow_one(line)
    assert (clone / "sih.env").read_text() == (clone / ".env").read_text()
    assert_shown_only(shell)
    shell(f"{FLASK}freeze 50000001", code=1)  # the last admin
    for lost in ("rows", "everything"):
        if lost == "rows":
            shell(f"{FLASK}create-admin", CREATE_ADMIN.replace("50000001", "50000002"))
        else:
            with_admin(admin, f"DROP DATABASE {name} WITH (FORCE)")
            with_admin(admin, f"DROP ROLE {name}_app")
            with_admin(admin, f"DROP ROLE {name}_owner")
        for line in restore:
            follow_one(line)
        account = {"user": f"{name}_app", "password": "a-password-for-a-test", "dbname": name}
        with opened(Pool(host=admin["host"], port=admin["port"], **account)) as query:
            assert [row["nik"] for row in query.select("SELECT nik FROM employee")] == ["50000001"]
            with pytest.raises(Exception, match="permission denied"):
                query.execute("DELETE FROM event")
    assert "up to date" in "".join(follow("## Upgrades", "## Commands", OPERATIONS))


@pytest.mark.long
def test_readme_backs_up_and_restores_the_embedded_database(shell, clone):
    shell(f"{FLASK}create-admin", CREATE_ADMIN)
    mine = [line for line in lines("The embedded database:", "A real server's database") if is_run(line)]
    backup, restore = mine[:2], mine[2:]
    for line in backup:
        shell(line)
    assert_shown_only(shell)
    kept = (clone / "instance" / "secrets.json").read_text()
    shutil.rmtree(clone / "instance")
    for line in restore:
        shell(line)
    assert (clone / "instance" / "secrets.json").read_text() == kept
    found = shell(f"{FLASK}pg psql -Atc \"SELECT name FROM employee WHERE nik = '50000001'\"")
    assert found.strip().splitlines()[0] == "Ayu"
    assert "PIN\t" in shell(f"{FLASK}demo-accounts")
    assert "is frozen" in shell(f"{FLASK}freeze 20160211")


def commands() -> list[str]:
    """Every flask command of both pages, in blocks and in the text."""
    return sorted(set(re.findall(r"(?:^|`|-- )([^\s`]*flask --app sih [^`\n]+)", README + OPERATIONS, re.MULTILINE)))


@pytest.mark.parametrize("command", commands())
def test_each_command_exists_and_works_after_a_clone(command):
    assert command.startswith(FLASK)
    known = {one.name: one for one in COMMANDS}
    name, *words = shlex.split(command.removeprefix(FLASK))
    if name != "import":  # reads its file
        known[name].make_context(name, words or list(NEEDED.get(name, ())))
    else:
        assert {"noun", "file"} <= {parameter.name for parameter in known[name].params}


NEEDED = {"create-admin": ("--nik=1", "--name=A", "--store-code=B", "--store-name=C", "--city=D")}


@pytest.mark.parametrize("block", [*blocks("sh"), *blocks("sh", page=OPERATIONS)])
def test_each_shell_line_parses(block):
    subprocess.run(["bash", "-n"], input=block, text=True, check=True)
    for line in block.splitlines():
        assert (
            shutil.which(line.removeprefix(AS_SIH).split()[0]) or line.split()[0] in MACHINE | {"cd"} or FLASK in line
        )


def test_the_service_user_has_the_rights_that_it_needs():
    steps = lines("## Install it", "## Run it")
    (useradd,) = [shlex.split(line) for line in steps if line.startswith("useradd")]
    (unit,) = blocks("systemd")
    service = configparser.ConfigParser(delimiters="=")
    service.optionxform = str
    service.read_string(unit)
    assert useradd[-1] == service["Service"]["User"] == AS_SIH.split()[2]
    assert service["Service"]["WorkingDirectory"] == "/opt/sih"
    assert service["Install"]["WantedBy"] == "multi-user.target"
    order = [next(i for i, line in enumerate(steps) if word in line) for word in ORDER]
    assert order == sorted(order)


ORDER = (
    "useradd",
    "git clone",
    "install.py",
    "chown root:sih",
    "chmod 640",
    "init-db",
    "create-admin",
    "enable --now sih",
)


def test_systemd_reads_the_service(tmp_path):
    verify = shutil.which("systemd-analyze")
    (unit,) = blocks("systemd")
    if verify is None:  # the test above has read it
        return
    here = unit.replace("/opt/sih/.venv/bin/python", sys.executable).replace("User=sih", "User=root")
    (tmp_path / "sih.service").write_text(here.replace("/opt/sih", "/"))
    done = subprocess.run([verify, "verify", tmp_path / "sih.service"], capture_output=True, text=True)
    assert "sih.service" not in done.stderr, done.stderr


def test_the_table_lists_exactly_the_settings():
    table = OPERATIONS[OPERATIONS.index("## Settings") : OPERATIONS.index("## Upgrades")]
    documented = set(
        re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `")))
    )
    assert documented == read_settings()


def read_settings() -> set[str]:
    """The names that settings.py reads: each stands beside `values`, but the limits are made of fields."""
    names = {f"limit_{field.name}" for field in fields(settings_module.Limits)}
    for node in ast.walk(ast.parse((ROOT / "settings.py").read_text())):
        match node:
            case (
                ast.Call(args=[ast.Name("values"), ast.Constant(str(name)), *_])
                | ast.Call(func=ast.Attribute(ast.Name("values"), "get"), args=[ast.Constant(str(name)), *_])
                | ast.Subscript(ast.Name("values"), ast.Constant(str(name)))
            ):
                names.add(name)
    return names


def test_the_named_make_targets_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", README)) | {"run"} <= targets


def test_the_sections_are_in_the_expected_order():
    heads = re.findall(r"^## (.+)$", README, re.MULTILINE)
    assert heads == ["Try it", "Install it", "Run it", "Carry it on"]
