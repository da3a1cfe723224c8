"""Penyelesaian (docs/paper.md, R6): the chosen kind decides which fields the form has. The options of "Divisi tujuan"
are data."""

from collections.abc import Sequence

from wtforms import StringField

from sih.domain.errors import AlreadyThere
from sih.domain.records import Choice
from sih.domain.text import clean
from sih.forms.fields import ActionForm, Select, refuse, text

EMPTY = "Harap isi form kosong!"  # docs/paper.md, test 5
DEPARTMENT = "department"


class EscalationForm(ActionForm):
    kind = Select("Jenis penyelesaian", "Pilih jenis penyelesaian.", coerce=str)
    division_id = Select("Divisi tujuan", "Pilih divisi tujuan.")
    department_id = Select("Departemen", "Pilih departemen.")
    reason = text("Alasan", "Tuliskan alasan penyelesaian ini.")
    pic_id = Select("PIC", "Pilih PIC yang menerima kendala ini.")
    step = StringField(filters=[clean])

    def offer(self, divisions: Sequence[Choice], departments: Sequence[Choice], word: str) -> "EscalationForm":
        """`word` comes before the name of a division, in the viewer's language."""
        self.divisions, self.departments = divisions, departments
        self.tops = [division for division in divisions if division.parent_id is None]
        kinds = [(f"division:{division.id}", f"{word} {division.name}") for division in self.tops]
        self.kind.offer([*kinds, (DEPARTMENT, "Departemen")])
        self.division_id.offer((division.id, division.name) for division in self.subdivisions())
        self.department_id.offer((department.id, department.name) for department in departments)
        return self

    def suggest(self, division_id: int) -> None:
        """Preselects the usual division of such problems, unless the user has chosen one; an inactive division is not
        suggested."""
        division = next((one for one in self.divisions if one.id == division_id), None)
        if self.kind.data is None and division:
            self.kind.data = f"division:{division.parent_id or division.id}"
            self.division_id.data = division.id if division.parent_id else None
            self.division_id.offer((one.id, one.name) for one in self.subdivisions())

    def offer_pics(self, pics: Sequence[Choice]) -> None:
        self.pics = pics
        self.pic_id.offer((pic.id, f"{pic.name} ({pic.load})") for pic in pics)

    @property
    def top_division_id(self) -> int | None:
        name, _, number = (self.kind.data or "").partition(":")
        return int(number) if name == "division" and number.isdecimal() and len(number) < 10 else None

    @property
    def is_to_department(self) -> bool:
        return self.kind.data == DEPARTMENT

    def subdivisions(self, of: int | None = None) -> list[Choice]:
        """The sub-divisions of this division; by default of the chosen one."""
        parent = of or self.top_division_id
        return [division for division in self.divisions if parent and division.parent_id == parent]

    def load(self, top: Choice) -> int:
        """The open load of a top-level division with that of its sub-divisions."""
        return top.load + sum(one.load for one in self.subdivisions(top.id))

    def asks_for(self, name: str) -> bool:
        """Whether the chosen kind has this field."""
        return {
            "kind": True,
            "reason": self.kind.data is not None,
            "division_id": bool(self.subdivisions()),
            "department_id": self.is_to_department,
            "pic_id": self.is_to_department and self.step.data == "pic",
        }.get(name, False)

    def validate(self, extra_validators=None) -> bool:
        """Validates only the fields of the chosen kind; hidden fields are ignored."""
        super().validate()
        for name, field in self._fields.items():
            if not self.asks_for(name):
                field.errors = ()
        return not self.errors

    def refuse_same_holder(self) -> None:
        """Shows, beside the field that chose the holder, that this holder already has the problem."""
        field = self.pic_id if self.is_to_department else self.division_id if self.subdivisions() else self.kind
        refuse(field, AlreadyThere().message)

    @property
    def target(self) -> tuple[int, int | None]:
        """The division, and the PIC if one is chosen. Only for a valid form."""
        if self.is_to_department:
            pic = next(pic for pic in self.pics if pic.id == self.pic_id.data)
            division_id, pic_id = pic.parent_id, pic.id
        else:
            division_id, pic_id = self.division_id.data if self.subdivisions() else self.top_division_id, None
        if division_id is None:
            raise RuntimeError("a form that is not valid names no division")
        return division_id, pic_id

    @property
    def alert(self) -> str | None:
        is_empty = any(getattr(self[name], "is_missing", False) for name in self.errors)
        return EMPTY if is_empty else super().alert
