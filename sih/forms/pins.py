"""Sets a PIN: at the first sign-in with an activation code, or later from the profile."""

from wtforms import Form, PasswordField, StringField
from wtforms.validators import StopValidation

from sih.domain.pin_rules import weakness
from sih.domain.text import clean, nik_of
from sih.forms.fields import ActionForm, at_most, required

WEAK = {
    "nik": "PIN ini ada di dalam NIK Anda. Pilih yang lain.",
    "run": "PIN ini angka yang berurutan. Pilih yang lain.",
    "repeat": "PIN ini mengulang angka yang sama. Pilih yang lain.",
    "date": "PIN ini bisa dibaca sebagai tanggal. Pilih yang lain.",
    "common": "PIN ini terlalu sering dipakai orang. Pilih yang lain.",
}


def six_digits(form: Form, field) -> None:
    if not (field.data.isascii() and field.data.isdecimal() and 6 <= len(field.data) <= 20):
        raise StopValidation("PIN terdiri dari 6 sampai 20 angka.")


def strong(form: "NewPinForm", field) -> None:
    reason = weakness(field.data, form.owner_nik())
    if reason:
        raise StopValidation(WEAK[reason])


def same_as_new(form: "NewPinForm", field) -> None:
    if field.data != form.new_pin.data:
        raise StopValidation("Kedua PIN tidak sama.")


class NewPinForm(ActionForm):
    new_pin = PasswordField("PIN baru", validators=[required("Masukkan PIN baru."), six_digits, strong])
    repeated_pin = PasswordField("Ulangi PIN baru", validators=[required("Ulangi PIN baru."), same_as_new])

    def owner_nik(self) -> str:
        """The NIK of the employee who gets the PIN."""
        raise NotImplementedError


class PinForm(NewPinForm):
    pin = PasswordField("PIN sekarang", validators=[required("Masukkan PIN Anda sekarang.")])

    def __init__(self, formdata=None, nik: str = "") -> None:
        """`nik`: the NIK of the employee who gets the PIN."""
        super().__init__(formdata)
        self._nik = nik

    def owner_nik(self) -> str:
        return self._nik


class ActivationForm(NewPinForm):
    nik = StringField("NIK", filters=[nik_of], validators=[required("Masukkan NIK Anda."), at_most(50)])
    code = StringField(
        "Kode aktivasi", filters=[clean], validators=[required("Masukkan kode aktivasi Anda."), at_most(50)]
    )

    def owner_nik(self) -> str:
        return self.nik.data
