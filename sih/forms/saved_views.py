"""Tampilan tersimpan: the name of a view, for whom it is, and the filters that a view keeps."""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode

from sih.domain.records import Choice
from sih.domain.text import clean, is_plain
from sih.forms import problem_filters
from sih.forms.fields import ActionForm, Select, line, refuse

# Of the parameters of the list, those that a view keeps: neither the page nor a figure of the recap.
KEPT = sorted(set(problem_filters.NAMES) - {"after", "figure", "period", "dimension", "value"})
MOST_BYTES = 2000  # of the filters, as sql/schema.sql has it
OWN = "own"


class SavedViewForm(ActionForm):
    name = line("Nama tampilan", "Beri tampilan ini nama.", 40)

    def refuse_name(self) -> None:
        refuse(self.name, "Sudah ada tampilan dengan nama ini.")


class NewViewForm(SavedViewForm):
    owner = Select("Untuk", "Pilih untuk siapa tampilan ini.", coerce=str)

    def offer(self, divisions: Iterable[Choice] | None, own: str) -> "NewViewForm":
        """`divisions`: those for which this person may save a view, None for people who save own views only. `own`:
        the words of the first option, in the viewer's language."""
        if divisions is None:
            del self.owner
            return self
        self.owner.offer([(OWN, own), *((str(division.id), division.name) for division in divisions)])
        self.owner.data = self.owner.data if self.owner.raw_data else OWN
        return self

    @property
    def division_id(self) -> int | None:
        """The division for which the view is; None for an own one."""
        return int(self.owner.data) if "owner" in self and self.owner.data != OWN else None


def filters_in(text: str | None) -> str:
    """filters_of the query string that a form carries."""
    return filters_of(dict(parse_qsl((text or "")[: 2 * MOST_BYTES])))


def filters_of(args: Mapping[str, str]) -> str:
    """The filters among the parameters of a list, as a query string in one order, so that the same filters are the same
    text. Empty if there are none, or if they are longer than a view may keep."""
    values = {name: clean(args.get(name)) for name in KEPT}
    filters = urlencode({name: value for name, value in values.items() if value and is_plain(value)})
    return filters if len(filters) <= MOST_BYTES else ""
