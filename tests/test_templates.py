"""How the templates are written."""

from pathlib import Path

import sih

TEMPLATES = Path(sih.__file__).parent / "templates"
LONGEST = 120  # as ruff holds it for Python


def test_no_line_is_too_long_to_be_read():
    long = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST
    ]
    assert long == [], "Break it within a tag, an expression or a sentence: whitespace there is not seen."
