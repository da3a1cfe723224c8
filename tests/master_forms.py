"""The forms of the master data: valid values for new rows, and the values that an edit form shows."""

from bs4 import BeautifulSoup

# A new row of each noun, by its address; and where it is offered once it is there.
NEW = {
    "employees": {
        "nik": "50000001",
        "name": "Budi Santoso",
        "role": "reporter",
        "store": "T001",
        "email": "",
        "phone": "",
    },
    "stores": {
        "code": "T100",
        "name": "Cinere",
        "city": "Depok",
        "time_zone": "Asia/Jakarta",
        "phone": "021-7540142",
        "active": "yes",
    },
    "divisions": {"name": "Legal", "parent": "", "mailbox": "legal@example.com", "active": "yes"},
    "departments": {"name": "Gudang", "division": "Umum", "active": "yes"},
    "categories": {"name": "Kelistrikan", "priority": "high", "division": "Umum", "active": "yes"},
    "ready-texts": {
        "division": "Umum",
        "name": "Sudah dicek",
        "purpose": "answer",
        "words": "Halo {pelapor},\nbarangnya sudah kami cek.",
        "active": "yes",
    },
    "slang": {"name": "kompi", "meaning": "komputer", "active": "yes"},
    "asset-kinds": {"name": "Genset", "active": "yes"},
    "troubles": {"kind": "AC", "name": "Berbau", "active": "yes"},
    "assets": {"label": "T001-AC-09", "kind": "AC", "serial": "X1", "store": "T001", "active": "yes"},
}
TABLES = {plural: plural.replace("-", "_").removesuffix("s") for plural in NEW} | {"categories": "category"}
KEYS = {"employees": "nik", "stores": "code", "assets": "label"}  # of the others: the name


def key(plural: str) -> str:
    return KEYS.get(plural, "name")


def form_values(page: BeautifulSoup) -> dict[str, str]:
    """The values in the form of a row."""
    fields = {field["name"]: field.get("value", "") for field in page.select("main form.medium input[name]")}
    fields |= {field["name"]: field.text.removeprefix("\n") for field in page.select("main form.medium textarea")}
    for field in page.select("main form.medium select"):
        chosen = field.select_one("option[selected]")
        fields[field["name"]] = chosen["value"] if chosen else ""
    return fields


def row_id(query, plural: str, name: str) -> int:
    sql = f"SELECT id FROM {TABLES[plural]}_sheet WHERE {key(plural)} = %(name)s"
    return query.one(sql, {"name": name})["id"]


def add(person, query, plural: str, **others) -> int:
    """Adds a new row as this person; gives its number."""
    facts = NEW[plural] | others
    person.post(f"/{plural}", **facts)
    return row_id(query, plural, facts[key(plural)])
