"""All settings, read once from the environment or from `.env` beside this file (docs/paper.md, Kode Program 2)."""

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from click import ClickException
from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent
OWN_HOSTS = ("localhost", "127.0.0.1", "::1")
HOST = re.compile(r"\.?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[?[0-9a-f]*:[0-9a-f:.]+\]?")


class SettingsError(ClickException):
    """A setting is missing or wrong; the message names it. A ClickException, so that the flask command prints one line
    instead of a stack trace."""


@dataclass(frozen=True)
class Smtp:
    """The mail server, and the sender's address of all mails."""

    host: str
    port: int
    user: str | None
    password: str | None
    sender: str


@dataclass(frozen=True)
class Limits:
    """Limits of what one person may send; 0: no limit."""

    reports: int = 20  # in 10 minutes
    handler_reports: int = 200  # in 10 minutes, by handlers, who record for callers
    comments: int = 60  # in 10 minutes
    files: int = 3  # unfinished exports and imports
    drafts: int = 20  # kept at once, each for a day


@dataclass(frozen=True)
class Settings:
    secret_key: str  # signs sessions and forms
    pin_key: str  # HMAC key of the PINs
    db_user: str
    db_password: str
    db_host: str | None  # None: the embedded PostgreSQL
    db_port: str
    db_name: str
    http_host: str
    http_port: int
    public_url: str
    trusted_proxies: int  # number of proxies in front whose X-Forwarded headers are trusted
    bootstrap_serve_local: bool
    processes: int  # of the web server (Linux only)
    instance: Path  # folder of the data and secrets of the embedded PostgreSQL
    allow_demo_on_network: bool = False  # whether demo data may be served to other machines
    smtp: Smtp | None = None  # None: no mail is sent
    session_idle_hours: int = 12  # without use, until a session ends
    session_days: int = 14  # maximum age of a session, even in use
    security_kept_days: int = 400  # retention of security events
    photos_kept_months: int = 0  # retention of photos and files of problems; 0: for ever
    wrong_pins_alarm: int = 1000  # wrong PINs in 10 minutes in the whole company; 0: no alarm
    db_timeout: int = 20  # seconds that a request waits for the answer to a statement
    trusted_hosts: tuple[str, ...] = ()  # host names besides that of public_url and OWN_HOSTS
    limits: Limits = Limits()

    @property
    def is_embedded(self) -> bool:
        return self.db_host is None

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names under which pages are served, without port."""
        host = urlsplit(self.public_url).hostname
        return (*((host,) if host else ()), *OWN_HOSTS, *self.trusted_hosts)


def read(environ: Mapping[str, str | None] | None = None) -> Settings:
    """Reads the settings from `environ`; default: the environment, then `.env`. Raises SettingsError."""
    if environ is None:
        environ = {**dotenv_values(ROOT / ".env"), **os.environ}
    values = {name: value.strip() for name, value in environ.items() if value and value.strip()}
    instance = Path(values.get("instance_path", ROOT / "instance"))
    if "db_host_postgres" not in values:
        values = {**_own_secrets(instance), **values}
    host, port = values.get("http_host", "localhost"), _number(values, "http_port", 8080, 1, 65535)
    return Settings(
        secret_key=_required(values, "secret_key", at_least=16),
        pin_key=_required(values, "pin_key", at_least=16),
        db_user=_required(values, "db_user_postgres"),
        db_password=_required(values, "db_password_postgres"),
        db_host=values.get("db_host_postgres"),
        db_port=_ports(values, "db_port_postgres", "5432"),
        db_name=_required(values, "db_sid_postgres"),
        http_host=host,
        http_port=port,
        public_url=_url(values, "public_url", f"http://{f'[{host}]' if ':' in host else host}:{port}"),
        trusted_proxies=_number(values, "trusted_proxies", 0, 0, 9),
        bootstrap_serve_local=_flag(values, "bootstrap_serve_local"),
        processes=_number(values, "WEB_CONCURRENCY", 2, 1, 99),
        instance=instance,
        allow_demo_on_network=_flag(values, "allow_demo_on_network"),
        smtp=_smtp(values),
        session_idle_hours=_number(values, "session_idle_hours", 12, 1, 2160),
        session_days=_number(values, "session_days", 14, 1, 90),
        wrong_pins_alarm=_number(values, "wrong_pins_alarm", 1000, 0, 1_000_000),
        db_timeout=_number(values, "db_timeout", 20, 1, 600),
        trusted_hosts=_hosts(values, "trusted_hosts"),
        limits=_limits(values),
        security_kept_days=_number(values, "security_kept_days", 400, 90, 36500),
        photos_kept_months=_number(values, "photos_kept_months", 0, 0, 1200),
    )


def _smtp(values: dict[str, str]) -> Smtp | None:
    if "smtp_host" not in values:
        return None
    port = _number(values, "smtp_port", 25, 1, 65535)
    account = (values.get("smtp_user"), values.get("smtp_password"))
    return Smtp(values["smtp_host"], port, *account, _required(values, "smtp_from"))


def _limits(values: dict[str, str]) -> Limits:
    names = {field.name: f"limit_{field.name}" for field in fields(Limits)}
    defaults = Limits()
    return Limits(**{name: _number(values, of, getattr(defaults, name), 0, 1_000_000) for name, of in names.items()})


def _hosts(values: dict[str, str], name: str) -> tuple[str, ...]:
    """Host names or addresses, separated by commas; one with a leading dot includes all its subdomains."""
    hosts = [host.strip().lower() for host in values.get(name, "").split(",") if host.strip()]
    for host in hosts:
        if not HOST.fullmatch(host):
            raise SettingsError(f"The setting {name} must be host names without scheme and port, not {host!r}.")
    return tuple(host.strip("[]") for host in hosts)


def _required(values: dict[str, str], name: str, at_least: int = 1) -> str:
    if name not in values:
        raise SettingsError(f"The setting {name} is missing. Set it in the environment or in .env.")
    if len(values[name]) < at_least:
        raise SettingsError(f"The setting {name} must have at least {at_least} characters.")
    return values[name]


def _ports(values: dict[str, str], name: str, default: str) -> str:
    """One port for all hosts or one for each, separated by commas, as libpq expects them."""
    ports = values.get(name, default).split(",")
    hosts = values.get("db_host_postgres", "").split(",")
    for port in ports:
        _number({name: port.strip()}, name, 0, 1, 65535)
    if len(ports) not in (1, len(hosts)):
        raise SettingsError(f"The setting {name} must be one port, or one for each of the {len(hosts)} hosts.")
    return ",".join(port.strip() for port in ports)


def _number(values: dict[str, str], name: str, default: int, low: int, high: int) -> int:
    text = values.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and low <= int(text) <= high):
        raise SettingsError(f"The setting {name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)


def _url(values: dict[str, str], name: str, default: str) -> str:
    text = values.get(name, default).rstrip("/")
    if not text.lower().startswith(("http://", "https://")):
        raise SettingsError(f"The setting {name} must begin with http:// or https://, not {text!r}.")
    host = _host_of(text)
    if not (host and HOST.fullmatch(host)):
        raise SettingsError(f"The setting {name} must name a host, not {text!r}.")
    return text


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # unbalanced brackets
        return None


def _flag(values: dict[str, str], name: str) -> bool:
    text = values.get(name, "0").lower()
    if text not in {"0", "1", "true", "false", "yes", "no"}:
        raise SettingsError(f"The setting {name} must be 1 or 0, not {text!r}.")
    return text in {"1", "true", "yes"}


def _own_secrets(instance: Path) -> dict[str, str]:
    """The keys of an embedded installation, in `secrets.json` of its folder: created at the first start, readable by
    the owner only. Raises SettingsError."""
    path = instance / "secrets.json"
    try:
        instance.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"The setting instance_path must be a folder that can be made: {error}.") from error
    made = {name: secrets.token_hex(32) for name in ("secret_key", "pin_key", "db_password_postgres")}
    made |= {"db_user_postgres": "sih_app", "db_sid_postgres": "sih"}
    draft = path.with_name(f"secrets.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file)
        _publish(draft, path)
    try:
        kept = json.loads(path.read_text())
        return kept | {name: str(kept[name]) for name in made}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Start SIH as the user who made it.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{path}, which holds the keys of the embedded installation, is spoilt. Put it back from a backup, or "
            "move it away: the next start makes new keys, and says what becomes of the PINs."
        ) from error


def _publish(draft: Path, path: Path) -> None:
    """Moves `draft` to `path`, which the first of several processes wins: a hard link never replaces an existing
    file."""
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
