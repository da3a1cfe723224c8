"""Lapor Kendala (docs/paper.md, R3): asset, title and description. Store and reporter come from the account.

One of the usual troubles, or a description, is enough: an empty title is the trouble or the first words of the
description. The trouble beside a title that was typed is the first line of the description, so that no word is lost."""

from collections.abc import Sequence
from itertools import groupby
from typing import Self

from wtforms import StringField
from wtforms.validators import StopValidation

from sih.domain.records import AssetChoice, Choice, Employee, Reported, Reporter
from sih.domain.text import clean, first_words
from sih.forms.fields import ActionForm, Select, TokenForm, at_most, line, required_without, text
from sih.sheets import Fault

TYPED = ("caller", "good", "trouble", "title", "description")  # what a draft of the form keeps
MOST_CHARACTERS = 5000  # of a description
MANY = 15  # goods; with more of them there is a field that narrows the select


def known_caller(form: "ProblemForm", field) -> None:
    if field.data and form.reporter is None:
        raise StopValidation("NIK ini tidak terdaftar atau tidak aktif.")


class GoodForm(ActionForm):
    """What is broken: an asset with its label, or a kind of assets."""

    good = Select("Inventaris", "Pilih barang yang bermasalah.", coerce=str)

    def offer(
        self,
        assets: Sequence[AssetChoice],
        kinds: Sequence[Choice],
        other: str,
        lately: Sequence[Reported] = (),
        lately_name: str = "",
    ) -> Self:
        """`other` comes before a kind that is chosen without a label, and `lately_name` names the goods that were
        reported lately and come first; both in the viewer's language."""
        groups = {kind: [(f"asset:{a.id}", _name(a)) for a in of] for kind, of in groupby(assets, lambda a: a.kind)}
        groups[other] = [(f"kind:{kind.id}", f"{other}: {kind.name}") for kind in kinds]
        names = {value: name for pairs in groups.values() for value, name in pairs}
        first = [value for one in lately if (value := good_value(one.kind_id, one.asset_id)) in names]
        rest = {group: [pair for pair in pairs if pair[0] not in first] for group, pairs in groups.items()}
        groups = {lately_name: [(value, names[value]) for value in first], **rest}
        self.good.offer({group: pairs for group, pairs in groups.items() if pairs or group == other})
        self.kind_of_asset = {asset.id: asset.kind_id for asset in assets}
        self.kinds = {f"asset:{asset.id}": asset.kind_id for asset in assets} | {f"kind:{k.id}": k.id for k in kinds}
        self.has_many_goods = len(names) > MANY
        return self

    @property
    def chosen_good(self) -> dict:
        """asset_kind_id, and asset_id or None. Only for a valid form."""
        sort, _, number = self.good.data.partition(":")
        asset_id = int(number) if sort == "asset" else None
        return {"asset_kind_id": self.kind_of_asset[asset_id] if asset_id else int(number), "asset_id": asset_id}


class ProblemForm(GoodForm, TokenForm):
    """`reporter`: the employee for whom the problem is recorded; None if no employee has the caller's NIK."""

    reporter: Employee | Reporter | None = None
    step = StringField(filters=[clean])
    anyway = StringField(filters=[clean])  # "Kirim juga": whatever it may repeat
    shown = StringField(filters=[clean])  # Repeats.names that the page has shown
    caller = StringField("NIK pelapor", filters=[clean], validators=[at_most(100), known_caller])

    trouble = Select("Kendala yang biasa")
    title = line("Judul", "Tuliskan judul singkat kendala ini.", 150, required_without("trouble", "description"))
    description = text("Deskripsi", "Ceritakan apa yang terjadi.", MOST_CHARACTERS, required_without("trouble"))

    def __init__(self, *arguments, **more) -> None:
        """The button of a search result submits the NIK of the caller in `step`: "caller:10000001"."""
        super().__init__(*arguments, **more)
        self.step.data, _, chosen = (self.step.data or "").partition(":")
        self.caller.data = chosen or self.caller.data

    def offer_troubles(self, kinds: Sequence[Choice], troubles: Sequence[Choice]) -> Self:
        of_kind = {kind.name: [one for one in troubles if one.parent_id == kind.id] for kind in kinds}
        self.trouble.offer({name: [(one.id, one.name) for one in of] for name, of in of_kind.items() if of})
        self.kind_of_trouble = {one.id: one.parent_id for one in troubles}
        self.troubles = {one.id: one for one in troubles}
        return self

    def validate_trouble(self, field) -> None:
        chosen = self.troubles.get(field.data)
        if chosen and self.good.data in self.kinds and self.kinds[self.good.data] != chosen.parent_id:
            raise StopValidation("Kendala ini bukan untuk barang yang dipilih.")

    def validate_description(self, field) -> None:
        if (over := len(self._described) - MOST_CHARACTERS) > 0:
            facts = {"limit": str(MOST_CHARACTERS), "over": str(over)}
            raise StopValidation(Fault("Paling banyak %(limit)s karakter; ini kelebihan %(over)s.", facts))

    def name_of(self, words: dict) -> str:
        """The label of this asset or kind among the options; '' if it is not one of them."""
        value = good_value(words["asset_kind_id"], words["asset_id"])
        return next((choice.label for choice in self.good.iter_choices() if choice.value == value), "")

    @property
    def has_good(self) -> bool:
        """Whether one of the offered goods is chosen."""
        return any(choice.value == self.good.data for choice in self.good.iter_choices())

    @property
    def reported_for(self) -> Employee | Reporter:
        """The reporter. Only for a valid form."""
        if self.reporter is None:
            raise RuntimeError("a form that is not valid names no reporter")
        return self.reporter

    @property
    def words(self) -> dict:
        """The argument `words` of Problems.report. Only for a valid form."""
        return {
            "title": self.title.data or self._trouble or first_words(self.description.data),
            "description": self._described,
            **self.chosen_good,
        }

    @property
    def _trouble(self) -> str:
        """The words of the chosen trouble; '' if there is none."""
        return self.troubles[self.trouble.data].name if self.trouble.data in self.troubles else ""

    @property
    def _described(self) -> str:
        if not (self.title.data and self._trouble):
            return self.description.data
        return "\n".join(filter(None, [self._trouble, self.description.data]))


def good_value(asset_kind_id: int, asset_id: int | None) -> str:
    """The option of this good."""
    return f"asset:{asset_id}" if asset_id else f"kind:{asset_kind_id}"


def _name(asset: AssetChoice) -> str:
    return f"{asset.label} ({asset.serial})" if asset.serial else asset.label
