"""Every setting is read once; a missing or invalid setting stops the start and is named."""

import json
import os
import subprocess
import sys

import pytest

import settings

SERVER = {
    "db_host_postgres": "db.example.com",
    "db_user_postgres": "sih",
    "db_password_postgres": "secret",
    "db_sid_postgres": "helpdesk",
    "secret_key": "0123456789abcdef",
    "pin_key": "fedcba9876543210",
}

LIMITS = {"reports": 20, "handler_reports": 200, "comments": 60, "files": 3, "drafts": 20}


def test_the_papers_six_and_the_key_of_the_pins():
    found = settings.read({**SERVER, "db_port_postgres": "6543"})
    assert (found.db_host, found.db_port, found.db_user) == ("db.example.com", "6543", "sih")
    assert (found.db_password, found.db_name) == ("secret", "helpdesk")
    assert (found.secret_key, found.pin_key) == (SERVER["secret_key"], SERVER["pin_key"])
    assert not found.is_embedded


def test_unset_settings_have_defaults():
    found = settings.read(SERVER)
    assert (found.db_port, found.http_host, found.http_port) == ("5432", "localhost", 8080)
    assert found.db_timeout == 20
    assert (found.public_url, found.trusted_proxies, found.processes) == ("http://localhost:8080", 0, 2)
    assert not found.bootstrap_serve_local
    assert (found.session_idle_hours, found.session_days, found.wrong_pins_alarm) == (12, 14, 1000)
    assert found.photos_kept_months == 0


def test_given_settings_are_used():
    more = {"http_host": "0.0.0.0", "http_port": "80", "public_url": "https://sih.example.com/", "trusted_proxies": "2"}
    found = settings.read({**SERVER, **more, "bootstrap_serve_local": "yes"})
    assert (found.http_host, found.http_port, found.trusted_proxies) == ("0.0.0.0", 80, 2)
    assert found.public_url == "https://sih.example.com" and found.bootstrap_serve_local


def test_the_hosts_are_those_of_the_public_url_this_machine_and_what_is_trusted():
    own = ("localhost", "127.0.0.1", "::1")
    assert settings.read(SERVER).hosts == ("localhost", *own)
    more = {
        "public_url": "https://SIH.example.com:8443/",
        "trusted_hosts": "10.0.0.5, Helpdesk,.toko.example,[fd00::5]",
    }
    found = settings.read({**SERVER, **more})
    assert found.hosts == ("sih.example.com", *own, "10.0.0.5", "helpdesk", ".toko.example", "fd00::5")
    assert settings.read({**SERVER, "http_host": "fd00::5"}).public_url == "http://[fd00::5]:8080"


def test_the_limits_of_one_person_can_be_set_and_switched_off():
    assert vars(settings.read(SERVER).limits) == LIMITS
    for name in LIMITS:
        for text in ("0", "7"):
            assert getattr(settings.read({**SERVER, f"limit_{name}": text}).limits, name) == int(text)


@pytest.mark.parametrize(("ports", "kept"), [("6543", "6543"), ("5432, 5433", "5432,5433")])
def test_several_hosts_have_one_port_or_one_each(ports, kept):
    found = settings.read({**SERVER, "db_host_postgres": "db1,db2", "db_port_postgres": ports})
    assert (found.db_host, found.db_port) == ("db1,db2", kept)


@pytest.mark.parametrize("name", [name for name in SERVER if name != "db_host_postgres"])
@pytest.mark.parametrize("given", [None, "", "  "])
def test_a_missing_setting_is_named(name, given):
    facts = {**SERVER, name: given} if given is not None else {key: SERVER[key] for key in SERVER if key != name}
    with pytest.raises(settings.SettingsError, match=rf"\b{name} is missing"):
        settings.read(facts)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secret_key", "short"),
        ("pin_key", "short"),
        ("photos_kept_months", "-1"),
        ("photos_kept_months", "selamanya"),
        ("http_port", "0"),
        ("http_port", "70000"),
        ("http_port", "http"),
        ("http_port", "9" * 5000),
        ("http_port", "\u0668\u0660\u0668\u0660\u0668\u0660"),
        ("trusted_proxies", "-1"),
        ("trusted_proxies", "all"),
        ("bootstrap_serve_local", "maybe"),
        ("public_url", "helpdesk.example.com"),
        ("db_port_postgres", "five"),
        ("db_timeout", "0"),
        ("db_port_postgres", "5432,"),
        ("db_port_postgres", "5432,5433"),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_CONCURRENCY", "many"),
        ("public_url", "http://"),
        ("public_url", "http://[::1"),
        ("trusted_hosts", "https://sih.example.com"),
        ("trusted_hosts", "sih.example.com:8080"),
        ("trusted_hosts", "*"),
        ("trusted_hosts", "sih.example.com,a b"),
        *((f"limit_{name}", value) for name in LIMITS for value in ("-1", "many", "9999999")),
    ],
)
def test_an_invalid_setting_is_named(name, value):
    with pytest.raises(settings.SettingsError, match=rf"\b{name}\b"):
        settings.read({**SERVER, name: value})


def test_generated_keys_are_made_once_and_readable_only_by_the_owner(tmp_path):
    first, second = (settings.read({"instance_path": str(tmp_path / "i")}) for _ in range(2))
    assert first == second and first.is_embedded
    assert len({first.secret_key, first.pin_key, first.db_password}) == 3
    path = tmp_path / "i" / "secrets.json"
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["pin_key"] == first.pin_key
    assert [file.name for file in path.parent.iterdir()] == ["secrets.json"]


@pytest.mark.parametrize(
    "kept", ["", '{"secret_key": "0123', "{}", "[]", "null", '{"pin_key": "0123456789abcdef"}', "\x00\xff"]
)
def test_a_damaged_key_file_is_named_with_advice(tmp_path, kept):
    (tmp_path / "secrets.json").write_text(kept, encoding="latin-1")
    with pytest.raises(settings.SettingsError, match=r"secrets\.json, .* is spoilt\. Put it back from a backup"):
        settings.read({"instance_path": str(tmp_path)})


def test_a_key_path_that_is_no_file_is_named(tmp_path):
    (tmp_path / "secrets.json").mkdir()
    with pytest.raises(settings.SettingsError, match=r"secrets\.json cannot be read: Is a directory"):
        settings.read({"instance_path": str(tmp_path)})


def test_an_instance_path_that_is_no_folder_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(settings.SettingsError, match="instance_path"):
        settings.read({"instance_path": str(tmp_path / "file")})


def test_the_flask_command_prints_a_one_line_error():
    environment = {**os.environ, **SERVER, "pin_key": ""}
    command = [sys.executable, "-m", "flask", "--app", "sih", "freeze", "10000001"]
    done = subprocess.run(command, cwd=settings.ROOT, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: The setting pin_key is missing. Set it in the environment or in .env.\n"


def test_concurrent_first_starts_generate_one_set_of_keys(tmp_path):
    ask = f"import settings; print(settings.read({{'instance_path': {str(tmp_path / 'i')!r}}}).secret_key)"
    starts = [subprocess.Popen([sys.executable, "-c", ask], stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert len({start.communicate(timeout=60)[0] for start in starts}) == 1


def test_environment_variables_override_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    for name, value in SERVER.items():
        monkeypatch.delenv(name, raising=False)
        with (tmp_path / ".env").open("a") as file:
            file.write(f"{name}={value}\n")
    monkeypatch.setenv("db_user_postgres", "another")
    found = settings.read()
    assert (found.db_user, found.db_host) == ("another", "db.example.com")
