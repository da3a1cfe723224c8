"""Refusals: each class is one reason to say no. Its docstring is the message, in Indonesian; the table at the
end gives the HTTP status. What is raised here reaches the person as a page or beside a form
(sih/controllers/errors.py)."""


class Refusal(Exception):
    """Permintaan ini tidak dapat dilayani."""

    @property
    def message(self) -> str:
        return type(self).__doc__


class NotFound(Refusal):
    """Yang Anda cari tidak ada, atau bukan untuk Anda."""


class Forbidden(Refusal):
    """Anda tidak berwenang melakukan ini."""


class Stale(Refusal):
    """Kendala ini sudah berubah sejak halaman Anda dibuka. Belum ada yang disimpan."""


class EmptyNik(Refusal):
    """Isi NIK Anda."""


class UnknownNik(Refusal):
    """NIK Belum Terdaftar!"""


class Frozen(Refusal):
    """Maaf akun ini telah dinonaktifkan oleh admin!"""


class WrongPin(Refusal):
    """NIK atau PIN salah. Silakan ulangi."""


class PinChanged(Refusal):
    """PIN Anda baru saja diganti dari tempat lain. PIN yang Anda kirim tidak disimpan."""


class WrongCode(Refusal):
    """NIK atau kode aktivasi salah, atau kode itu sudah kedaluwarsa."""


class Throttled(Refusal):
    """Terlalu banyak percobaan. Silakan coba lagi dalam %(seconds)d detik."""

    def __init__(self, seconds: int, key: str = "") -> None:
        """`key`: what has to wait, as the table `throttle` names it."""
        super().__init__()
        self.seconds, self.key = seconds, key


class DatabaseGone(Refusal):
    """Basis data sedang tidak dapat dihubungi. Silakan coba lagi sebentar lagi."""


class RuleViolated(Exception):
    """A named constraint of sql/schema.sql refused a row; a DAO translates those that a person can cause."""

    def __init__(self, constraint: str, detail: str) -> None:
        super().__init__(detail)
        self.constraint = constraint


STATUS = {
    NotFound: 404,
    Forbidden: 403,
    Stale: 409,
    EmptyNik: 422,
    UnknownNik: 404,
    Frozen: 403,
    WrongPin: 401,
    PinChanged: 409,
    WrongCode: 401,
    Throttled: 429,
    DatabaseGone: 503,
}
