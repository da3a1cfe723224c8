"""Impor: the noun, the file, and whether the list is complete."""

from wtforms import BooleanField

from sih.domain.text import clean
from sih.forms.fields import ActionForm, Select
from sih.masters import NOUNS

MOST_BYTES = 25_000_000  # 150,000 employees are about 8 MB as XLSX and 12 MB as CSV


class ImportForm(ActionForm):
    """`content`: the bytes of the file; set it before validating."""

    content = b""
    file_fault: str | None = None
    noun = Select("Daftar", "Pilih daftar yang diimpor.", coerce=str)
    is_complete = BooleanField("Berkas ini daftar lengkap")

    def __init__(self, *arguments, **more) -> None:
        super().__init__(*arguments, **more)
        self.noun.offer((noun.name, noun.title) for noun in NOUNS)

    def validate(self, extra_validators=None) -> bool:
        is_valid = super().validate(extra_validators)
        self.file_fault = None if self.content else "Pilih berkas XLSX atau CSV yang tidak kosong."
        return is_valid and self.file_fault is None

    @property
    def facts(self) -> dict:
        return {"noun": self.noun.data, "is_complete": self.is_complete.data, "content": self.content}

    @staticmethod
    def name_of(file_name: str | None) -> str:
        return clean((file_name or "")[-400:])[-100:] or "-"
