"""`python main.py` (docs/paper.md, S2) as a new user starts it, with nothing set; and what stops a start, by name."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import psutil
import pytest
from bs4 import BeautifulSoup

from sih import demo
from sih.dao.pin_keys import PinKeys
from sih.domain import pins

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT")
SERVER = {
    "db_host_postgres": "127.0.0.1",
    "db_user_postgres": "sih",
    "db_password_postgres": "secret",
    "db_sid_postgres": "helpdesk",
    "secret_key": "0123456789abcdef",
    "pin_key": "fedcba9876543210",
}


@pytest.fixture
def start(tmp_path):
    """start() runs it on a free port, with these settings and no others, which its `environment` names; at the end
    nothing of it is left."""
    started = []

    def start(**more: str) -> subprocess.Popen:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        environment = {name: value for name, value in os.environ.items() if name in KEPT}
        environment |= {"instance_path": str(tmp_path / "instance"), "http_port": port, **more}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen([sys.executable, "main.py"], cwd=ROOT, env=environment, **pipes))
        started[-1].environment = environment
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=60)


def startup_lines(process: subprocess.Popen) -> list[str]:
    """What it prints until it says where it serves."""
    lines = [process.stdout.readline().rstrip("\n")]
    while lines[-1] and not lines[-1].startswith("SIH: "):
        lines.append(process.stdout.readline().rstrip("\n"))
    return lines


def page(address: str, path: str = "/login", browser=urllib.request.urlopen, **fields: str) -> str:
    """Asked for again until the workers of the server listen."""
    sent = urllib.parse.urlencode(fields).encode() if fields else None
    for _ in range(200):
        try:
            return browser(f"{address}{path}", sent, timeout=60).read().decode()
        except urllib.error.URLError:
            time.sleep(0.1)
    raise TimeoutError(address)


def after_signing_in(address: str, nik: str, pin: str) -> str:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open
    token = BeautifulSoup(page(address, browser=browser), "html.parser").select_one("main [name=csrf_token]")["value"]
    return page(address, "/login", browser, csrf_token=token, nik=nik, pin=pin)


@pytest.mark.long
def test_the_first_command_gives_a_company_to_look_at(start, tmp_path):
    process = start()
    pin, *accounts, served = startup_lines(process)
    assert pin == f"PIN\t{demo.PIN}"
    assert {len(line.split("\t")) for line in accounts} == {5}
    assert {line.split("\t")[1] for line in accounts} == {"reporter", "handler", "supervisor", "admin"}
    assert "Data contoh" in page(served.removeprefix("SIH: "))
    for role in ("reporter", "handler", "supervisor", "admin"):
        nik = next(line.split("\t")[0] for line in accounts if line.split("\t")[1] == role)
        inside = after_signing_in(served.removeprefix("SIH: "), nik, demo.PIN)
        assert "Daftar Kendala" in inside and "Data contoh" in inside and nik in inside
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert psutil.wait_procs(children, timeout=30)[1] == [], "What it started ends with it."
    output = process.stderr.read()
    assert output.startswith("Starting the embedded PostgreSQL ...\nMaking the invented company of the first start;")
    assert startup_lines(start())[:-1] == [pin, *accounts], "A second start finds what the first one made."


def test_a_wrong_setting_is_named(start):
    process = start(**SERVER, db_port_postgres="five")
    faults = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert faults == "The setting db_port_postgres must be a whole number from 1 to 65535, not 'five'.\n"


@pytest.mark.parametrize(
    "name", ["secret_key", "pin_key", "db_user_postgres", "db_password_postgres", "db_sid_postgres"]
)
def test_a_missing_setting_of_a_real_server_is_named(start, name):
    process = start(**{**SERVER, name: ""})
    output, faults = process.communicate(timeout=60)
    assert (process.returncode, output) == (1, "")
    assert faults == f"The setting {name} is missing. Set it in the environment or in .env.\n"


def test_a_server_without_our_schema_says_what_to_do(start, admin, worker):
    place = {"db_host_postgres": admin["host"], "db_port_postgres": str(admin["port"]), "db_sid_postgres": "postgres"}
    account = {"db_user_postgres": admin["user"], "db_password_postgres": admin["password"]}
    process = start(**{**SERVER, **place, **account})
    faults = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert faults == "The database has no schema yet. Run: .venv/bin/flask --app sih init-db\n"


def test_a_server_that_is_away_is_waited_for(start):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        process = start(**SERVER, db_port_postgres=str(held.getsockname()[1]))
        address = startup_lines(process)[-1].removeprefix("SIH: ")
        assert page(address, "/healthz") == '{"status":"ok"}\n'
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(f"{address}/login", timeout=60)
        assert refusal.value.code == 503 and "dapat dihubungi" in refusal.value.read().decode()


def reset_all_pins(environment: dict[str, str]) -> dict[str, str]:
    """Runs the way on where pin_key is lost; gives the code of each admin."""
    command = [sys.executable, "-m", "flask", "--app", "sih", "reset-all-pins", "--yes"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return dict(re.findall(r"Activation code of NIK (\S+), for 14 days: (\S+)", done.stdout))


def after_choosing_a_pin(address: str, nik: str, code: str) -> str:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open
    form = page(address, "/activations/new", browser=browser)
    token = BeautifulSoup(form, "html.parser").select_one("main [name=csrf_token]")["value"]
    pins = {"new_pin": "508213", "repeated_pin": "508213"}
    return page(address, "/activations", browser, csrf_token=token, nik=nik, code=code, **pins)


@pytest.mark.long
@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text('{"secret')])
def test_an_embedded_installation_whose_keys_are_lost_goes_on_after_a_reset(start, tmp_path, spoil):
    first = start()
    startup_lines(first)
    first.terminate()
    assert first.wait(60) == 0
    kept = tmp_path / "instance" / "secrets.json"
    spoil(kept)
    if kept.exists():
        stopped = start()
        assert f"{kept}, which holds the keys" in stopped.communicate(timeout=60)[1] and stopped.returncode == 1
        kept.unlink()
    for _ in range(2):
        stopped = start()
        output, faults = stopped.communicate(timeout=120)
        assert (stopped.returncode, output) == (1, "") and "Traceback" not in faults
        assert f"Give {kept}, which holds it, back from a backup." in faults
        assert faults.endswith("flask --app sih reset-all-pins\n")
    codes = reset_all_pins(stopped.environment)
    lines = startup_lines(start())
    assert [line for line in lines if line.startswith("PIN")] == [], "No demo PIN works any more."
    for nik, code in codes.items():
        assert "Daftar Kendala" in after_choosing_a_pin(lines[-1].removeprefix("SIH: "), nik, code)
    assert codes


@pytest.mark.long
def test_another_pin_key_of_a_real_server_stops_the_start_until_a_reset(start, database, query):
    place = {"db_host_postgres": database["host"], "db_port_postgres": str(database["port"])}
    place |= {"db_sid_postgres": database["dbname"], "db_user_postgres": database["user"]}
    server = {**SERVER, **place, "db_password_postgres": database["password"]}
    PinKeys(query).know(pins.key_check(SERVER["pin_key"]))
    stopped = start(**{**server, "pin_key": "another key, just as long"})
    output, faults = stopped.communicate(timeout=60)
    assert (stopped.returncode, output) == (1, "")
    assert faults.startswith("The PINs in this database were made with another pin_key: none would be right. Give the ")
    assert faults.endswith("flask --app sih reset-all-pins\n")
    [(nik, code)] = reset_all_pins(stopped.environment).items()
    address = startup_lines(start(**{**server, "pin_key": "another key, just as long"}))[-1].removeprefix("SIH: ")
    assert "Daftar Kendala" in after_choosing_a_pin(address, nik, code)
    stopped = start(**server)
    assert "another pin_key" in stopped.communicate(timeout=60)[1] and stopped.returncode == 1
