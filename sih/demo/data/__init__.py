"""What the invented company is made of, as data: nothing here is looked at by the program itself."""

import csv
import tomllib
from pathlib import Path

HERE = Path(__file__).parent


def toml(name: str) -> dict:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def people() -> list[dict]:
    with (HERE / "employees.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def situations() -> list[dict]:
    """What may happen to each kind of good, of every file in the folder of that name."""
    files = sorted((HERE / "situations").glob("*.toml"))
    return [situation for file in files for situation in toml(f"situations/{file.name}")["situations"]]
