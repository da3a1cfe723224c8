"""Why a file, or one of its rows, cannot be imported."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """An Indonesian sentence, and the values of its %(names)s."""

    text: str
    facts: dict[str, str] = field(default_factory=dict)


class SheetError(Exception):
    """The whole file cannot be read; `message` and `facts` as in Fault."""

    def __init__(self, message: str, **facts: str) -> None:
        super().__init__(message)
        self.message, self.facts = message, facts


def no_list() -> SheetError:
    return SheetError("Ini bukan daftar. Unggah berkas XLSX atau CSV.")


def old_excel() -> SheetError:
    return SheetError("Ini berkas Excel lama (.xls) atau terkunci. Simpan sebagai .xlsx, lalu unggah lagi.")


def locked() -> SheetError:
    return SheetError("Berkas ini terkunci dengan kata sandi. Hapus kata sandinya di Excel, simpan, lalu unggah lagi.")


def web_page() -> SheetError:
    return SheetError("Ini halaman web yang dinamai .xls; simpan sebagai .xlsx, lalu unggah lagi.")


def xml_workbook() -> SheetError:
    return SheetError("Ini berkas XML yang dinamai .xls; buka di Excel, simpan sebagai .xlsx, lalu unggah lagi.")


def xml_document() -> SheetError:
    return SheetError("Ini berkas XML, bukan daftar. Unggah berkas XLSX atau CSV.")


def pdf() -> SheetError:
    return SheetError("Ini berkas PDF, bukan daftar. Minta daftarnya sebagai .xlsx atau .csv, lalu unggah.")


def picture() -> SheetError:
    return SheetError("Ini gambar, bukan daftar. Minta daftarnya sebagai .xlsx atau .csv, lalu unggah.")


def word_document() -> SheetError:
    return SheetError("Ini dokumen Word, bukan daftar. Salin tabelnya ke Excel, simpan sebagai .xlsx, lalu unggah.")


def presentation() -> SheetError:
    return SheetError("Ini presentasi PowerPoint, bukan daftar. Unggah berkas XLSX atau CSV.")


def binary_workbook() -> SheetError:
    return SheetError("Ini berkas Excel biner (.xlsb). Simpan sebagai .xlsx, lalu unggah lagi.")


def open_document() -> SheetError:
    return SheetError("Ini berkas OpenDocument (.ods). Simpan sebagai .xlsx, lalu unggah lagi.")


def numbers_document() -> SheetError:
    return SheetError("Ini berkas Numbers dari Apple. Ekspor sebagai .xlsx, lalu unggah lagi.")


def archive() -> SheetError:
    return SheetError("Ini arsip ZIP. Keluarkan dahulu daftar di dalamnya, lalu unggah daftar itu.")


def damaged() -> SheetError:
    return SheetError("Berkas ini rusak atau bukan XLSX. Buka dan simpan sekali di Excel, lalu unggah lagi.")


def too_wide() -> SheetError:
    return SheetError("Berkas ini terlalu lebar; paling banyak 200 kolom.")


def too_large() -> SheetError:
    return SheetError("Berkas ini terlalu besar setelah dibuka. Belum ada yang disimpan.")


def too_many_parts() -> SheetError:
    return SheetError("Berkas ini terlalu rumit: bagiannya terlalu banyak. Simpan lembarnya saja di berkas baru.")


def too_complex() -> SheetError:
    return SheetError("Berkas ini terlalu rumit untuk dibaca. Simpan lembarnya saja di berkas baru, lalu unggah lagi.")


def too_many_rows() -> SheetError:
    return SheetError("Berkas ini terlalu panjang; paling banyak 300.000 baris. Bagi menjadi beberapa berkas.")


def over_length(label: str, limit: int, length: int) -> Fault:
    """The Fault of a text of `length` characters where `limit` are allowed."""
    facts = {"label": label, "limit": str(limit), "over": str(length - limit)}
    return Fault("%(label)s terlalu panjang: paling banyak %(limit)s karakter, kelebihan %(over)s.", facts)


def too_long(row: int) -> SheetError:
    """The SheetError of a row with a cell longer than a spreadsheet allows."""
    return SheetError("Baris %(line)s berisi sel yang terlalu panjang; paling banyak 32.767 karakter.", line=str(row))
