"""What a noun of the master data is, and the columns that several of them have."""

from dataclasses import dataclass, field

from sih.masters.columns import Column

YES = ("Aktif", "Ya", "Yes", "Active", "1", "True", "Benar")
NO = ("Nonaktif", "Tidak aktif", "Tidak", "No", "Inactive", "0", "False", "Salah")
STATES = {"active": "Aktif", "inactive": "Nonaktif"}


def state_column(
    yes: tuple = YES, no: tuple = NO, headings: tuple[str, ...] = ("Aktif", "State", "Active"), **more
) -> Column:
    return Column("active", "Status", headings, "choice", default="yes", words={"yes": yes, "no": no}, **more)


def name_column(label: str = "Nama", *headings: str) -> Column:
    return Column("name", label, ("Nama", "Name", *headings), is_required=True)


@dataclass(frozen=True)
class Noun:
    """`name` is its table, `plural` its address; `key` the columns that find a row; `filters` those of its list."""

    name: str
    plural: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    filters: tuple[str, ...] = ()
    states: dict[str, str] = field(default_factory=lambda: STATES)
    list_columns: tuple[str, ...] = ()  # the columns of its list beside the key
    is_long: bool = False  # chosen by typing, not from a select

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def key_of(self, facts: dict[str, str]) -> str:
        """As the view of this noun writes it: "IT > Jaringan"."""
        return " > ".join(facts[name] for name in self.key if facts.get(name))

    @property
    def defaults(self) -> dict[str, str]:
        return {column.name: column.default for column in self.columns}
