"""Selects the stores whose activation sheets are printed: by codes, by city, or all."""

import re

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import StopValidation

from sih.domain.text import clean
from sih.forms.fields import ActionForm, at_most, plain
from sih.sheets import Fault

SCOPES = {"stores": "Toko dengan kode ini", "city": "Semua toko di satu kota", "all": "Semua toko"}
MOST_CODES = 1000


class SheetForm(ActionForm):
    scope = RadioField("Untuk siapa", choices=SCOPES, default="stores", validate_choice=False)
    stores = TextAreaField("Kode toko", filters=[clean], validators=[at_most(10_000), plain])
    city = StringField("Kota", filters=[clean], validators=[at_most(100), plain])
    replaces = BooleanField("Ganti kode yang masih berlaku")

    @property
    def codes(self) -> list[str]:
        """The codes entered, without duplicates; any characters may separate them."""
        return (
            list(dict.fromkeys(re.split(r"[\s,;]+", self.stores.data.upper().strip(" ,;\n\t"))))
            if self.stores.data
            else []
        )

    def validate_scope(self, field) -> None:
        if field.data not in SCOPES:
            raise StopValidation("Pilihan ini tidak tersedia.")

    def validate_stores(self, field) -> None:
        if self.scope.data == "stores" and not self.codes:
            raise StopValidation("Isi kode tokonya.")
        if len(self.codes) > MOST_CODES:
            facts = {"limit": str(MOST_CODES), "over": str(len(self.codes) - MOST_CODES)}
            raise StopValidation(Fault("Paling banyak %(limit)s kode sekaligus; ini kelebihan %(over)s.", facts))

    def validate_city(self, field) -> None:
        if self.scope.data == "city" and not field.data:
            raise StopValidation("Isi kotanya.")
