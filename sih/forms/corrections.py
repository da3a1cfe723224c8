"""Koreksi: the good, and for the reporter of a new problem its texts, too."""

from collections.abc import Callable, Sequence

from sih.domain.records import AssetChoice, Choice, Problem
from sih.forms.fields import line, required, text
from sih.forms.problems import GoodForm, good_value


def required_if_reported(message: str) -> Callable:
    """Like required(), unless the problem was reported by a usual trouble alone and has no description."""
    check = required(message)

    def needed(form: "CorrectionForm", field) -> None:
        if form.is_described:
            check(form, field)

    return needed


class CorrectionForm(GoodForm):
    is_described = True
    title = line("Judul", "Tuliskan judul singkat kendala ini.", 150)
    description = text("Deskripsi", "Ceritakan apa yang terjadi.", needed=required_if_reported)

    @classmethod
    def of(cls, problem: Problem, typed, has_texts: bool) -> "CorrectionForm":
        """Filled in as the problem stands, as far as nothing was typed."""
        good = good_value(problem.asset_kind_id, problem.asset_id)
        form = cls(typed, title=problem.title, description=problem.description, good=good)
        form.is_described = problem.description != ""
        if not has_texts:
            del form.title
            del form.description
        return form

    def offer_beside(
        self, problem: Problem, assets: list[AssetChoice], kinds: Sequence[Choice], other: str
    ) -> "CorrectionForm":
        """As offer(), and what the problem names already, even if it is offered no more."""
        if problem.asset_id and problem.asset_id not in {asset.id for asset in assets}:
            label, serial = problem.asset_label or "", problem.asset_serial or ""
            present = AssetChoice(problem.asset_id, problem.asset_kind_id, problem.asset_kind, label, serial)
            assets = sorted([*assets, present], key=lambda asset: (asset.kind, asset.label))
        if problem.asset_kind_id not in {kind.id for kind in kinds}:
            kinds = [*kinds, Choice(problem.asset_kind_id, problem.asset_kind)]
        return self.offer(assets, kinds, other)

    @property
    def words(self) -> dict:
        """The facts of "correct". Only for a valid form."""
        return self.chosen_good | {name: self[name].data for name in ("title", "description") if name in self}
