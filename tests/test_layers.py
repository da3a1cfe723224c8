"""The shape of the design: which module may know which, and where SQL and time may stand."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(path for path in (ROOT / "sih").rglob("*.py"))
# From the ground up: a module imports from its own layer's packages and from those before it, never back.
LAYERS = [
    {"records", "errors", "clock", "lifecycle", "policy", "pins", "browsers", "embedded"}  # no HTTP, no SQL
    | {"pin_rules", "periods", "charts", "papers", "recap_words"},
    {"forms", "masters", "sheets"},
    {"dao"},
    {"signin", "demo", "installation", "imports", "labels", "worker", "background", "recaps", "recap_files"}
    | {"problem_exports", "activation_sheets", "activation_pdf", "recap_mails", "recap_pdf", "mails", "loads"},
    {"web", "reader", "logs", "hosts", "actions", "sessions", "security", "pages", "commands", "server", "connections"}
    | {"master_pages", "import_pages", "activation_pages", "recap_pages", "load_pages"},
    {"controllers"},
    {"__init__"},
]
HTTP = {"flask", "flask_login", "flask_wtf", "flask_bootstrap", "werkzeug"}
KNOWS_HTTP = LAYERS[4] | {"controllers", "__init__"}
KNOWS_PSYCOPG = {"dao/query.py", "embedded/postmaster.py"}
SQL = re.compile(r"\b(SELECT\s[\s\S]*\bFROM\b|INSERT\s+INTO\b|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\b|CREATE\s+TABLE\b)")
ASKS_THE_SERVER = "dao/clocks.py"  # the one statement that compares the server's clock with the machine's
PRESENT = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\)"
    r"|\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b",
    re.IGNORECASE,
)


def name(path: Path) -> str:
    """As in "dao/query.py"."""
    return path.relative_to(ROOT / "sih").as_posix()


def part(path: Path) -> str:
    """The package or module right under sih/."""
    return name(path).partition("/")[0].removesuffix(".py")


def layer(of: str) -> int:
    return next(number for number, parts in enumerate(LAYERS) if of in parts)


def imported(path: Path) -> set[str]:
    """Every module that this one imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            found.add(f"sih.{part(path)}")
        elif isinstance(node, ast.ImportFrom):
            found |= {f"sih.{alias.name}" for alias in node.names} if node.module == "sih" else {node.module}
    return found


def strings(path: Path) -> list[str]:
    """Every text of a module that is no docstring."""
    tree = ast.parse(path.read_text())
    said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and n not in said
    ]


def test_every_module_has_its_layer():
    assert {part(path) for path in MODULES} == set().union(*LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_run_one_way(path):
    own = {module.split(".")[1] for module in imported(path) if module.startswith("sih.")}
    above = {other for other in own if layer(other) > layer(part(path))}
    assert above == set()


@pytest.mark.parametrize("path", [p for p in MODULES if part(p) == "controllers" and p.stem != "__init__"], ids=name)
def test_no_controller_imports_another(path):
    assert not [module for module in imported(path) if module.startswith("sih.controllers")]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_http_stays_with_those_who_answer_it(path):
    known = {module.split(".")[0] for module in imported(path)}
    assert part(path) in KNOWS_HTTP or not known & HTTP


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_psycopg_stays_in_query_and_the_embedded_server(path):
    known = {module.split(".")[0] for module in imported(path)}
    assert name(path) in KNOWS_PSYCOPG or "psycopg2" not in known


@pytest.mark.parametrize("path", [path for path in MODULES if part(path) not in ("dao", "embedded")], ids=name)
def test_sql_stands_in_dao_alone(path):
    assert [text for text in strings(path) if SQL.search(text)] == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_time_has_one_source(path):
    source = path.read_text()
    assert path.stem == "clock" or not re.search(r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(", source)
    asking = [text for text in strings(path) if PRESENT.search(text)]
    assert part(path) in ("embedded", "clock") or len(asking) == (name(path) == ASKS_THE_SERVER)
    assert path.stem in ("clock", "clocks") or ".machine()" not in source


def test_the_schema_asks_no_clock():
    """But in the one trigger that may believe nobody else: it keeps security events of the last 90 days."""
    source = re.sub(r"--[^\n]*", "", (ROOT / "sql" / "schema.sql").read_text())
    (asked,) = PRESENT.finditer(source)
    assert source.rindex("CREATE FUNCTION", 0, asked.start()) == source.index("CREATE FUNCTION keep_security_events")


def test_the_top_level_is_the_designs():
    expected = ["sih", "sih/controllers", "sih/dao", "sih/forms", "sih/templates", "sih/static", "sql/schema.sql"]
    expected += ["tests", "main.py", "settings.py", "requirements.txt", "README.md", "Makefile", "bench", "faults"]
    assert [path for path in expected if not (ROOT / path).exists()] == []
