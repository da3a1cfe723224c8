"""README.md, CONTRIBUTING.md and docs/: every path, name, command, make target, setting and link in them exists; and
what code refers to stands there."""

import ast
import re
import shlex
from functools import cache
from pathlib import Path

import pytest

from sih.commands import COMMANDS
from tests.test_layers import LAYERS
from tests.test_readme import read_settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
FOLDERS = ("sih", "sql", "tests", "bench", "faults", "docs")
# A file at the top, or a path that begins with a folder of ours; <noun> and * stand for any name.
PATH = re.compile(rf"(?:(?:{'|'.join(FOLDERS)})/[\w./<>*-]*|\w[\w.-]*\.(?:py|md|txt|toml|in)|Makefile)")
NAME = r"\w+(?:\.\w+)*"
NAMED = re.compile(rf"({PATH.pattern}): ({NAME})")
CODE = re.compile(r"`([^`\n]+)`")
# Words of others: PostgreSQL, the paper.
OF_OTHERS = {
    "timestamptz", "bytea", "jsonb", "lock_timeout", "statement_timeout", "pg_stat_activity", "PGPASSWORD",
    "pg_dump", "pg_restore", "psql", "true", "false",
    "nik_karyawan", "nama_karyawan", "kode_toko", "nama_toko", "searchUserAccount", "getDataUserLogin",
}  # fmt: skip
ROWS = [f"R{n}" for n in range(1, 12)] + [f"P{n}" for n in range(1, 9)] + [f"S{n}" for n in range(1, 7)]
TESTS = [f"test {n}" for n in range(1, 9)]
REFERENCE = r"(?:[RPS]\d+|Kode Program \d|tests? \d(?: to \d)?)"
TO_PAPER = re.compile(rf"docs/paper\.md((?:,\s+(?:and )?{REFERENCE})+)")
TO_SECTION = re.compile(r"docs/(architecture|operations)\.md,\s+([A-Z][\w ]+?)(?=[).,:;\"]|\n|$)", re.MULTILINE)


def text_of(page: str) -> str:
    return (ROOT / page).read_text()


def spans(page: str) -> list[str]:
    """What stands between backticks, without fenced blocks."""
    return CODE.findall(re.sub(r"^```.*?^```$", "", text_of(page), flags=re.DOTALL | re.MULTILINE))


def headings(page: str) -> list[str]:
    return re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)


# ------------------------------------------------------------------------------------------------ what exists


def found(path: str) -> list[Path]:
    """The files and folders that this path means."""
    pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
    return [each for each in ROOT.glob(pattern) if path[-1] != "/" or each.is_dir()]


@cache
def names_of(path: Path) -> frozenset[str]:
    """What this file defines: functions, classes, constants, also as Class.member; of SQL what it creates."""
    text = path.read_text()
    if path.suffix == ".sql":
        words = re.findall(r"CREATE (?:\w+ )*?(?:TABLE|TYPE|FUNCTION|TRIGGER|VIEW|INDEX) (\w+)", text)
        return frozenset(words + re.findall(r"CONSTRAINT (\w+)", text))
    return frozenset(_defined(ast.parse(text).body, "")) if path.suffix == ".py" else frozenset()


def _defined(body: list[ast.stmt], before: str):
    for node in body:
        match node:
            case ast.FunctionDef(name=name):
                yield before + name
            case ast.ClassDef(name=name):
                yield before + name
                yield from _defined(node.body, f"{before}{name}.")
            case ast.Assign(targets=targets):
                for each in (each for target in targets for each in ast.walk(target)):
                    if isinstance(each, ast.Name):
                        yield before + each.id
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield before + name
            case ast.If() | ast.Try():
                yield from _defined(node.body, before)


def modules() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))] + sorted(ROOT.glob("*.py"))


@cache
def dotted_names() -> frozenset[str]:
    """Every name with whatever may stand before it: `Problems.close`, `policy.sees_all`, `web.request.seen`."""
    known = set()
    for path in modules():
        place = path.relative_to(ROOT).with_suffix("").parts
        place = place[:-1] if place[-1] == "__init__" else place
        for name in names_of(path):
            known |= {name, *(".".join((*place[-depth:], name)) for depth in range(1, len(place) + 1))}
    return frozenset(known)


@cache
def words() -> frozenset[str]:
    """Every word that code or schema uses as a name, every setting, and every command."""
    known = set(re.findall(r"\w+", text_of("sql/schema.sql"))) | read_settings() | {each.name for each in COMMANDS}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                    known.add(name)
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    known.add(name)
                case ast.Constant(value=str(name)) if re.fullmatch(r"[A-Z]+_[A-Z_]+", name):  # of the environment
                    known.add(name)
    return frozenset(known)


@cache
def targets() -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))


# ------------------------------------------------------------------------------------------------ what is wrong


def wrong_paths(page: str) -> list[str]:
    spoken = [word.rstrip(".,:;") for span in spans(page) for word in span.split()]
    return [word for word in spoken if PATH.fullmatch(word) and not found(word)]


def wrong_names(page: str) -> list[str]:
    """`file: name` where the file defines no such name, and `module.name` or `name()` that nothing defines."""
    wrong = []
    for span in spans(page):
        named = NAMED.fullmatch(span)
        if named:
            path, name = named.groups()
            wrong += [] if any(name in names_of(file) for file in found(path) if file.is_file()) else [span]
        elif (
            re.fullmatch(rf"{NAME}(?:\(\))?", span)
            and ("." in span or span.endswith("()"))
            and not PATH.fullmatch(span)
        ):
            wrong += [] if span.removesuffix("()") in dotted_names() else [span]
    return wrong


def wrong_words(page: str) -> list[str]:
    """A single word in backticks that nobody uses; `limit_` stands for all that begin so."""
    single = [span for span in spans(page) if re.fullmatch(r"[A-Za-z]\w+", span)]
    return [
        word
        for word in single
        if word not in words() | OF_OTHERS and not (word[-1] == "_" and any(w.startswith(word) for w in words()))
    ]


def wrong_commands(page: str) -> list[str]:
    """Commands of ours that do not exist, or not with these options; in blocks and in the text."""
    known, wrong = {command.name: command for command in COMMANDS}, []
    for line in re.findall(r"flask --app sih ([^`\n#]+)", text_of(page)):
        name, *rest = shlex.split(line)
        if name == "...":
            continue
        options = {option for parameter in known[name].params for option in parameter.opts} if name in known else set()
        own = [] if name == "pg" else [word.partition("=")[0] for word in rest if word.startswith("--")]
        wrong += [line] if name not in known or set(own) - options else []
    return wrong


def wrong_targets(page: str) -> list[str]:
    return [span for span in spans(page) if span.startswith("make ") and set(span.split()[1:]) - targets()]


def wrong_links(page: str) -> list[str]:
    wrong = []
    for place in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        path, _, anchor = place.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if "://" in place or (target.exists() and (not anchor or anchor in map(_anchor, headings_of(target)))):
            continue
        wrong.append(place)
    return wrong


def headings_of(path: Path) -> list[str]:
    return headings(str(path.resolve().relative_to(ROOT)))


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def references(pattern: re.Pattern) -> list[tuple[str, re.Match]]:
    """What code, tests and the schema refer to, each with its file."""
    files = [*modules(), ROOT / "sql" / "schema.sql"]
    return [
        (path.relative_to(ROOT).as_posix(), match)
        for path in files
        if path != Path(__file__)
        for match in pattern.finditer(path.read_text())
    ]


def of_paper(reference: str) -> list[str]:
    """Of ", R2, tests 1 to 8" each one."""
    single = re.findall(r"[RPS]\d+|Kode Program \d", reference)
    for first, last in re.findall(r"tests? (\d)(?: to (\d))?", reference):
        single += [f"test {number}" for number in range(int(first), int(last or first) + 1)]
    return single


# ------------------------------------------------------------------------------------------------ the tests

CHECKS = [wrong_paths, wrong_names, wrong_words, wrong_commands, wrong_targets, wrong_links]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("wrong_"))
@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_names_exists(name, check):
    assert check(name) == []


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (wrong_paths, "`sih/dao/nothing.py`"),
        (wrong_paths, "see `sih/nothing/` and `nothing.py`"),
        (wrong_names, "`sih/dao/problems.py: Problems.mend`"),
        (wrong_names, "`sih/dao/nothing.py: Problems.close`"),
        (wrong_names, "`sql/schema.sql: nothing_is_noted`"),
        (wrong_names, "`policy.sees_nothing`"),
        (wrong_names, "`mend_problem()`"),
        (wrong_words, "`no_such_setting`"),
        (wrong_commands, "`flask --app sih mend`"),
        (wrong_commands, "`.venv/bin/flask --app sih close-months --mend`"),
        (wrong_targets, "`make mend`"),
        (wrong_links, "[here](nothing.md)"),
        (wrong_links, "[here](README.md#nothing)"),
    ],
)
def test_what_does_not_exist_is_found(check, text, tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text(text)
    monkeypatch.setitem(globals(), "text_of", lambda name: text if name == str(page) else (ROOT / name).read_text())
    assert check(str(page)) != []


def test_the_map_names_the_layers_in_their_order():
    folders = re.findall(r"^\| `sih/(\w+)(?:/|\.py)` \|", text_of("docs/architecture.md"), re.MULTILINE)
    assert folders == LAYERS


def test_every_row_of_the_paper_stands_in_its_page():
    rows = re.findall(r"^\| ((?:[RPS]|test |Kode Program )\d+) \|", text_of("docs/paper.md"), re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert {*ROWS, *TESTS} <= set(rows)


def test_what_code_refers_to_of_the_paper_stands_there():
    page = text_of("docs/paper.md")
    found = [(file, row) for file, match in references(TO_PAPER) for row in of_paper(match[1])]
    assert found
    assert [(file, row) for file, row in found if f"| {row} |" not in page] == []


def test_the_sections_that_code_refers_to_exist():
    found = references(TO_SECTION)
    assert found
    assert [(file, match[0]) for file, match in found if match[2] not in headings(f"docs/{match[1]}.md")] == []


def test_the_files_that_code_refers_to_exist():
    """As in "web/error_pages.py": by the end of its path."""
    named = re.compile(r"(?<![\w/.%-])(?:[\w-]+/)+[\w-]+\.(?:py|sql|js|html|md)\b")
    found = [(file, match[0]) for file, match in references(named) if file.startswith(("sih/", "sql/"))]
    there = [f"/{path.relative_to(ROOT).as_posix()}" for folder in FOLDERS for path in (ROOT / folder).rglob("*.*")]
    assert found
    assert [(file, path) for file, path in found if not any(each.endswith(f"/{path}") for each in there)] == []


def test_no_reference_leaves_its_file_out():
    bare = re.compile(r"\([RPS]\d+\b|\(design:|\bKode Program \d (?!\|)of the paper")
    assert [(file, match[0]) for file, match in references(bare)] == []
