"""Lapor Kendala (docs/paper.md, R3): asset, title and description. Store and reporter come from the account."""

from collections.abc import Sequence
from itertools import groupby

from wtforms import StringField
from wtforms.validators import StopValidation

from sih.domain.records import AssetChoice, Choice, Employee, Reporter
from sih.domain.text import clean
from sih.forms.fields import Select, TokenForm, at_most, line, text

TYPED = ("caller", "good", "title", "description")  # what a draft of the form keeps


def known_caller(form: "ProblemForm", field) -> None:
    if field.data and form.reporter is None:
        raise StopValidation("NIK ini tidak terdaftar atau tidak aktif.")


class ProblemForm(TokenForm):
    """`reporter`: the employee for whom the problem is recorded; None if no employee has the caller's NIK."""

    reporter: Employee | Reporter | None = None
    step = StringField(filters=[clean])
    caller = StringField("NIK pelapor", filters=[clean], validators=[at_most(100), known_caller])

    good = Select("Inventaris", "Pilih barang yang bermasalah.", coerce=str)
    title = line("Judul", "Tuliskan judul singkat kendala ini.", 150)
    description = text("Deskripsi", "Ceritakan apa yang terjadi.")

    def __init__(self, *arguments, **more) -> None:
        """The button of a search result submits the NIK of the caller in `step`: "caller:10000001"."""
        super().__init__(*arguments, **more)
        self.step.data, _, chosen = (self.step.data or "").partition(":")
        self.caller.data = chosen or self.caller.data

    def offer(self, assets: list[AssetChoice], kinds: Sequence[Choice], other: str) -> "ProblemForm":
        """`other` comes before a kind that is chosen without a label, in the viewer's language."""
        groups = {kind: [(f"asset:{a.id}", _name(a)) for a in of] for kind, of in groupby(assets, lambda a: a.kind)}
        self.good.offer({**groups, other: [(f"kind:{kind.id}", f"{other}: {kind.name}") for kind in kinds]})
        self.kind_of_asset = {asset.id: asset.kind_id for asset in assets}
        return self

    def name_of(self, words: dict) -> str:
        """The label of this asset or kind among the options; '' if it is not one of them."""
        value = f"asset:{words['asset_id']}" if words["asset_id"] else f"kind:{words['asset_kind_id']}"
        return next((choice.label for choice in self.good.iter_choices() if choice.value == value), "")

    @property
    def reported_for(self) -> Employee | Reporter:
        """The reporter. Only for a valid form."""
        if self.reporter is None:
            raise RuntimeError("a form that is not valid names no reporter")
        return self.reporter

    @property
    def words(self) -> dict:
        """The argument `words` of Problems.report. Only for a valid form."""
        sort, _, number = self.good.data.partition(":")
        asset_id = int(number) if sort == "asset" else None
        kind_id = self.kind_of_asset[asset_id] if asset_id else int(number)
        return {
            "title": self.title.data,
            "description": self.description.data,
            "asset_kind_id": kind_id,
            "asset_id": asset_id,
        }


def _name(asset: AssetChoice) -> str:
    return f"{asset.label} ({asset.serial})" if asset.serial else asset.label
