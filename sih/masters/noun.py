"""The class of a master-data noun, and the columns that several nouns share."""

from dataclasses import dataclass, field

from sih.masters.columns import Column

YES = ("Aktif", "Ya", "Yes", "Active", "1", "True", "Benar")
NO = ("Nonaktif", "Tidak aktif", "Tidak", "No", "Inactive", "0", "False", "Salah")
# A telephone number as people write it, with an extension or a second number: "(021) 555-0142 ext. 12".
PHONE = r"[+(]?[0-9][0-9 +()./-]{1,37}[0-9](?i: ?(ext|pes|x)\.? ?[0-9]{1,6})?"
PHONE_HEADINGS = ("No Telepon", "Nomor Telepon", "Telp", "No Telp", "HP", "No HP", "Phone", "Phone Number")
STATES = {"active": "Aktif", "inactive": "Nonaktif"}


def state_column(
    yes: tuple = YES, no: tuple = NO, headings: tuple[str, ...] = ("Aktif", "State", "Active"), **more
) -> Column:
    return Column("active", "Status", headings, "choice", default="yes", words={"yes": yes, "no": no}, **more)


def phone_column(*headings: str) -> Column:
    return Column("phone", "Telepon", (*PHONE_HEADINGS, *headings), "phone", length=40, form=PHONE)


def name_column(label: str = "Nama", *headings: str) -> Column:
    return Column("name", label, ("Nama", "Name", *headings), is_required=True)


@dataclass(frozen=True)
class Noun:
    """`name`: its table; `plural`: its URL; `key`: the columns that identify a row; `filters`: those of its list."""

    name: str
    plural: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    filters: tuple[str, ...] = ()
    states: dict[str, str] = field(default_factory=lambda: STATES)
    list_columns: tuple[str, ...] = ()  # columns of its list besides the key
    is_long: bool = False  # chosen from search results, not from a select

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def key_of(self, facts: dict[str, str]) -> str:
        """The key as the noun's view formats it: "IT > Jaringan"."""
        return " > ".join(facts[name] for name in self.key if facts.get(name))

    @property
    def defaults(self) -> dict[str, str]:
        return {column.name: column.default for column in self.columns}
