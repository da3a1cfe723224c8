"""The layers of docs/architecture.md, The map: which folder may know which, and where SQL and time may stand."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIH = ROOT / "sih"
# The folders of sih/ from the ground up: a module imports from its own folder and from those before it.
LAYERS = ["domain", "embedded", "sheets", "photos", "masters", "forms", "dao", "demo", "pdf", "recap", "background"]
LAYERS += ["web", "runtime", "commands", "controllers", "__init__"]
WITHOUT_MODULES = {"templates", "static", "translations"}
HTTP = {"flask", "flask_login", "flask_wtf", "flask_bootstrap", "werkzeug"}
KNOWS_HTTP = {"web", "runtime", "commands", "controllers", "__init__"}
KNOWS_PSYCOPG = {"dao/query.py", "embedded"}
KNOWS_SQL = {"dao", "embedded"}
SQL = re.compile(r"\b(SELECT\s[\s\S]*\bFROM\b|INSERT\s+INTO\b|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\b|CREATE\s+TABLE\b)")
ASKS_THE_SERVER = "dao/clocks.py"  # the one statement that compares the server's clock with the machine's
PRESENT = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\)"
    r"|\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b",
    re.IGNORECASE,
)


def modules() -> list[str]:
    """As in "dao/query.py"."""
    return sorted(path.relative_to(SIH).as_posix() for path in SIH.rglob("*.py"))


def folder(module: str) -> str:
    """The folder right under sih/; "__init__" for sih/__init__.py."""
    return module.partition("/")[0].removesuffix(".py")


def tree(module: str) -> ast.Module:
    return ast.parse((SIH / module).read_text(encoding="utf-8"))


def imported(module: str) -> set[str]:
    """Every module that this one imports, wherever in it."""
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            found.add(f"sih.{folder(module)}")
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def top_level(module: str) -> set[str]:
    return {name.partition(".")[0] for name in imported(module)}


def strings(module: str) -> list[str]:
    """Every text of a module that is no docstring."""
    parsed = tree(module)
    docstrings = {node.value for node in ast.walk(parsed) if isinstance(node, ast.Expr)}
    constants = [node for node in ast.walk(parsed) if isinstance(node, ast.Constant) and node not in docstrings]
    return [node.value for node in constants if isinstance(node.value, str)]


def test_sih_holds_the_layers_and_nothing_else():
    found = {path.name.removesuffix(".py") for path in SIH.iterdir() if path.name != "__pycache__"}
    assert found - WITHOUT_MODULES == set(LAYERS)


def test_imports_run_one_way():
    edges = {
        (module, name)
        for module in modules()
        for name in imported(module)
        if name.startswith("sih.") and LAYERS.index(name.split(".")[1]) > LAYERS.index(folder(module))
    }
    assert not edges, sorted(edges)


def test_no_controller_imports_another():
    controllers = [module for module in modules() if folder(module) == "controllers"]
    others = [module for module in controllers if module != "controllers/__init__.py"]  # which lists them
    edges = [(module, name) for module in others for name in imported(module) if name.startswith("sih.controllers")]
    assert not edges, edges


def test_http_stays_with_the_folders_that_answer_it():
    wrong = [module for module in modules() if folder(module) not in KNOWS_HTTP and top_level(module) & HTTP]
    assert not wrong, wrong


def test_psycopg_stays_in_query_and_the_embedded_server():
    knows = [module for module in modules() if "psycopg2" in top_level(module)]
    wrong = [module for module in knows if not {module, folder(module)} & KNOWS_PSYCOPG]
    assert not wrong, wrong


def test_sql_stands_in_dao_and_embedded_alone():
    others = [module for module in modules() if folder(module) not in KNOWS_SQL]
    wrong = [(module, text) for module in others for text in strings(module) if SQL.search(text)]
    assert not wrong, wrong


def test_only_the_clock_asks_python_for_the_time():
    asks = re.compile(r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(")
    asking = {module for module in modules() if asks.search((SIH / module).read_text(encoding="utf-8"))}
    assert asking == {"domain/clock.py"}
    machine = {module for module in modules() if ".machine()" in (SIH / module).read_text(encoding="utf-8")}
    assert machine <= {"domain/clock.py", ASKS_THE_SERVER}


def test_only_one_statement_asks_postgresql_for_the_time():
    asking = [module for module in modules() for text in strings(module) if PRESENT.search(text)]
    assert [module for module in asking if folder(module) != "embedded"] == [ASKS_THE_SERVER]


def test_one_trigger_asks_postgresql_for_the_time():
    """It keeps the security events of the last 90 days, and may believe nobody else."""
    source = re.sub(r"--[^\n]*", "", (ROOT / "sql" / "schema.sql").read_text(encoding="utf-8"))
    (match,) = PRESENT.finditer(source)
    assert source.rindex("CREATE FUNCTION", 0, match.start()) == source.index("CREATE FUNCTION keep_security_events")


def test_bench_and_faults_use_public_names_and_no_tests():
    """Faults may use bench, and the tests use both."""
    wrong = []
    for path in [*(ROOT / "bench").glob("*.py"), *(ROOT / "faults").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            module = getattr(node, "module", None) or ""
            is_private = isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.endswith("__")
            wrong += [(path.name, name) for name in names if f"{module}.{name}".strip(".").startswith("tests")]
            wrong += [(path.name, name) for name in names if module.startswith("sih") and name.startswith("_")]
            if is_private and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                wrong.append((path.name, node.attr))
    assert not wrong, wrong


def test_the_top_level_is_the_designs():
    expected = ["sih", "sih/controllers", "sih/dao", "sih/forms", "sih/templates", "sih/static", "sql/schema.sql"]
    expected += ["tests", "main.py", "settings.py", "requirements.txt", "README.md", "Makefile", "bench", "faults"]
    assert [path for path in expected if not (ROOT / path).exists()] == []
