"""The words of the pages, collected; `make translations` adds new ones to the English catalog and compiles it.

Besides what Babel finds in templates and calls of gettext, messages stand as plain Indonesian sentences in the forms,
in the docstrings of the refusals, and in the tables of words; they are translated where they are shown."""

import ast
import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from sih.dao import import_changes
from sih.domain import errors, vocabulary
from sih.masters import NOUNS
from sih.masters.rules import ALREADY_THERE, OF_DEPARTMENT, RULES
from sih.photos import faults as photo_faults
from sih.recap import wording
from sih.web import error_pages

SIH = Path(errors.__file__).parents[1]
CATALOG = SIH / "translations" / "en" / "LC_MESSAGES" / "messages.po"
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
NO_WORDS = {"Cc", "Cs", "NFC"}  # of Unicode
OPTIONS = {"templates/**.html": {"silent": "false", "trimmed": "true"}}
KEYWORDS = DEFAULT_KEYWORDS | {"say": None}  # gettext for one recipient


def msgids() -> set[str]:
    """Every sentence and word that a page may have to show in another language."""
    called = {found[2] for found in extract_from_dir(SIH, METHODS, OPTIONS, KEYWORDS)}
    refusals = {
        kind.__doc__ for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.Refusal)
    }
    tables = [
        *vocabulary.ROLES.values(),
        *vocabulary.STATUSES.values(),
        vocabulary.WITHDRAWN,
        *vocabulary.PRIORITIES.values(),
        *vocabulary.ORDERS.values(),
        *vocabulary.EVENTS.values(),
        *vocabulary.VERBS.values(),
        *vocabulary.BULK_VERBS.values(),
        *vocabulary.BULK_DONE.values(),
        *error_pages.TEXTS.values(),
        *error_pages.SENTENCES.values(),
        *vocabulary.DIMENSIONS.values(),
        *vocabulary.MEASURES.values(),
        *vocabulary.COUNTED.values(),
        *vocabulary.SHARES.values(),
        *vocabulary.IMPORT_STATES.values(),
        *vocabulary.IMPORT_CHANGES.values(),
        *vocabulary.NON_ROWS.values(),
        *vocabulary.SECURITY_EVENTS.values(),
        *vocabulary.TOPICS.values(),
        *vocabulary.MAILS.values(),
        *wording.STATES.values(),
        *(words for name, words in vars(photo_faults).items() if name.isupper()),
    ]
    return called | refusals | set(tables) | set(_in_forms()) | _of_masters()


def _of_masters() -> set[str]:
    """Titles, labels and words of the nouns; what their constraints say; and why a file or a row is refused."""
    columns = [column for noun in NOUNS for column in noun.columns]
    words = {displayed[0] for column in columns for displayed in column.words.values()}
    states = {word for noun in NOUNS for word in noun.states.values()}
    import_faults = {text.replace("%%", "%") for text in import_changes.FAULTS}
    labels = {noun.title for noun in NOUNS} | {column.label for column in columns}
    hints = {column.hint for column in columns if column.hint}
    rules = {sentence for _, sentence in [*RULES.values(), *OF_DEPARTMENT.values()]}
    return words | states | import_faults | labels | hints | rules | {ALREADY_THERE} | set(_faults())


def _faults():
    for path in [*(SIH / "sheets").glob("*.py"), *(SIH / "masters").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Fault", "SheetError"):
                yield from [part.value for part in node.args[:1] if isinstance(part, ast.Constant)]


def _in_forms():
    """The sentences and labels of the forms: literals that begin with a capital and are no docstring."""
    for path in sorted((SIH / "forms").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
        docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
        literals = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        for text in (text for text in literals - docstrings - NO_WORDS if isinstance(text, str)):
            if text[:1].isupper() and not text.endswith("Form"):
                yield text


def catalog() -> Catalog:
    with CATALOG.open("rb") as file:
        return read_po(file, locale="en")


def compiled(messages: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, messages)
    return buffer.getvalue()


def main() -> None:
    known = catalog() if CATALOG.exists() else Catalog(locale="en")
    fresh = Catalog(locale="en", project="SIH", fuzzy=False)
    for msgid in sorted(msgids()):
        fresh.add(msgid, known[msgid].string if msgid in known else "")
    CATALOG.parent.mkdir(parents=True, exist_ok=True)
    with CATALOG.open("wb") as file:
        write_po(file, fresh, width=120, omit_header=False)
    CATALOG.with_suffix(".mo").write_bytes(compiled(fresh))
    for message in fresh:
        if message.id and not message.string:
            print(f"not translated: {message.id}")


if __name__ == "__main__":
    main()
