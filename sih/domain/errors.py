"""Refusals: each class is one reason to refuse a request. Its docstring is the Indonesian message, and STATUS at the
end has its HTTP status. Refusals become an error page (sih/web/error_pages.py) or a message in a form."""

from datetime import timedelta

from sih.domain.numbers import half_up


class Refusal(Exception):
    """Permintaan ini tidak dapat dilayani."""

    @property
    def message(self) -> str:
        return type(self).__doc__ or ""


class NotFound(Refusal):
    """Halaman tidak ditemukan, atau Anda tidak berhak melihatnya."""


class Forbidden(Refusal):
    """Anda tidak berwenang melakukan ini."""


class Stale(Refusal):
    """Kendala ini sudah berubah sejak halaman Anda dibuka. Belum ada yang disimpan."""


class AlreadyThere(Refusal):
    """Kendala ini sudah berada di sana."""


class NothingCorrected(Refusal):
    """Belum ada yang diubah."""


class SentBefore(Refusal):
    """Formulir ini sudah pernah dikirim dengan isi lain. Isi yang baru belum disimpan."""


class WrongPicks(Refusal):
    """Centang satu sampai 50 kendala di daftar, lalu tekan tombol tindakannya. Belum ada yang disimpan."""


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


class WeakPin(Refusal):
    """PIN Anda mudah ditebak; belum ada yang disimpan. Ganti PIN Anda di tab lain, lalu kirim dari sini."""


class WrongCode(Refusal):
    """NIK atau kode aktivasi salah, atau kode itu sudah kedaluwarsa."""


class Throttled(Refusal):
    """Terlalu banyak percobaan. Silakan coba lagi dalam %(seconds)d detik."""

    def __init__(self, seconds: int, key: str = "") -> None:
        """`seconds` to wait; `key`: the throttled key in the table `throttle`."""
        super().__init__()
        self.seconds, self.key = seconds, key


class TooMuchSent(Refusal):
    """Batas %(amount)d kiriman dalam 10 menit sudah tercapai. Anda dapat mengirim lagi dalam %(seconds)d detik."""

    def __init__(self, amount: int, seconds: int) -> None:
        super().__init__()
        self.amount, self.seconds = amount, seconds


class TooManyFiles(Refusal):
    """Masih ada %(amount)d unduhan atau impor Anda yang belum selesai. Mulai lagi setelah salah satunya selesai."""

    seconds = 60  # a file takes about this long

    def __init__(self, amount: int) -> None:
        super().__init__()
        self.amount = amount


class TooManyUploads(Refusal):
    """Berkas yang Anda unggah dan belum dikirim sudah 60 MB. Kirim atau buang dulu sebagian, lalu coba lagi."""


class TooManyViews(Refusal):
    """Paling banyak %(amount)d tampilan dapat disimpan. Hapus dulu yang tidak dipakai lagi."""

    def __init__(self, amount: int) -> None:
        super().__init__()
        self.amount = amount


class TwoPeopleAtOnce(Refusal):
    """NIK %(nik)s hanya dapat menjadi satu orang. Beri satu centang saja untuk NIK itu."""

    def __init__(self, nik: str) -> None:
        super().__init__()
        self.nik = nik


class SessionLost(Refusal):
    """Sesi Anda sudah berakhir. Buka lagi halamannya, lalu coba sekali lagi."""


class DatabaseUnavailable(Refusal):
    """Basis data sedang tidak dapat melayani. Silakan coba lagi sebentar lagi."""

    name = "database unavailable"  # in the log


class DatabaseGone(DatabaseUnavailable):
    """Basis data sedang tidak dapat dihubungi. Silakan coba lagi sebentar lagi."""

    name = "database gone"


class DatabaseBusy(DatabaseUnavailable):
    """Sedang sibuk. Silakan coba lagi sebentar lagi."""

    name = "database busy"


class DatabaseConflict(DatabaseBusy):
    """Sedang sibuk. Silakan coba lagi sebentar lagi."""

    name = "database conflict"


class DatabaseFull(DatabaseUnavailable):
    """Penyimpanan basis data penuh, jadi belum ada yang disimpan. Beri tahu admin, lalu coba lagi."""

    name = "database full"


class DatabaseReadOnly(DatabaseUnavailable):
    """Basis data sedang hanya dapat dibaca, jadi belum ada yang disimpan. Silakan coba lagi sebentar lagi."""

    name = "database read-only"


class WrongClock(Exception):
    """The clock of this machine differs from the database server's, so no month is closed."""

    name = "wrong clock"  # in the log

    def __init__(self, ahead: timedelta) -> None:
        side = "ahead of" if ahead > timedelta() else "behind"
        how = f"{half_up(abs(ahead).total_seconds() / 60)} minutes {side}"
        super().__init__(f"The clock of this machine is {how} the database server's: no month is closed by it")


class RuleViolated(Exception):
    """A named constraint of sql/schema.sql refused a row. DAOs translate the constraints that a person can violate."""

    def __init__(self, constraint: str, detail: str) -> None:
        super().__init__(detail)
        self.constraint = constraint


def describe(error: BaseException, longest: int = 500) -> str:
    """Class and message of an error, at most `longest` characters, without NUL and lone surrogates, which PostgreSQL
    cannot store."""
    text = f"{type(error).__name__}: {error}"[:longest]
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    TooManyUploads: 429,
    Forbidden: 403,
    Stale: 409,
    AlreadyThere: 422,
    NothingCorrected: 422,
    SentBefore: 409,
    WrongPicks: 422,
    EmptyNik: 422,
    UnknownNik: 404,
    Frozen: 403,
    WrongPin: 401,
    PinChanged: 409,
    WeakPin: 409,
    WrongCode: 401,
    Throttled: 429,
    TooMuchSent: 429,
    TooManyFiles: 429,
    TooManyViews: 422,
    TwoPeopleAtOnce: 422,
    SessionLost: 400,
    DatabaseGone: 503,
    DatabaseBusy: 503,
    DatabaseConflict: 503,
    DatabaseFull: 503,
    DatabaseReadOnly: 503,
}
