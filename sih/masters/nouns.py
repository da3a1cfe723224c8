"""The nouns of the master data. A file finds a row by its key; headings are as HR and asset lists call them."""

from dataclasses import dataclass, field

from sih.forms.openings import PRIORITIES
from sih.masters.columns import Column

YES, NO = ("Aktif", "Ya", "Yes", "Active", "1", "True"), ("Nonaktif", "Tidak aktif", "Tidak", "No", "Inactive", "0")
STATES = {"active": "Aktif", "inactive": "Nonaktif"}
ZONES = {"Asia/Jakarta": ("WIB",), "Asia/Makassar": ("WITA",), "Asia/Jayapura": ("WIT",)}
ROLES = {
    "reporter": ("Pelapor", "Karyawan", "Employee"),
    "handler": ("Penanggung", "PIC", "Agent"),
    "supervisor": ("Atasan", "Manager"),
    "admin": ("Admin", "Administrator"),
}
LEVELS = {code: (word, code.capitalize()) for code, word in PRIORITIES}


def _state(
    yes: tuple = YES, no: tuple = NO, headings: tuple[str, ...] = ("Aktif", "State", "Active"), **more
) -> Column:
    return Column("active", "Status", headings, "choice", default="yes", words={"yes": yes, "no": no}, **more)


def _name(label: str = "Nama", *headings: str) -> Column:
    return Column("name", label, ("Nama", "Name", *headings), is_required=True)


@dataclass(frozen=True)
class Noun:
    """`name` is its table, `plural` its address; `key` the columns that find a row; `filters` those of its list."""

    name: str
    plural: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    filters: tuple[str, ...] = ()
    states: dict[str, str] = field(default_factory=lambda: STATES)
    shown: tuple[str, ...] = ()  # the columns of its list beside the key
    is_long: bool = False  # chosen by typing, not from a select

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def key_of(self, facts: dict[str, str]) -> str:
        """As the view of this noun writes it: "IT > Jaringan"."""
        return " > ".join(facts[name] for name in self.key if facts.get(name))

    @property
    def defaults(self) -> dict[str, str]:
        return {column.name: column.default for column in self.columns}

    @property
    def required(self) -> list[str]:
        return [column.name for column in self.columns if column.is_required]


EMPLOYEE = Noun(
    "employee",
    "employees",
    "Karyawan",
    (
        Column(
            "nik",
            "NIK",
            ("Nomor Induk Karyawan", "No Induk", "NIP", "Employee No", "Employee Number", "Employee ID"),
            "code",
            is_required=True,
            length=20,
            form="[0-9A-Z]{4,20}",
        ),
        _name("Nama", "Nama Karyawan", "Nama Lengkap", "Employee Name", "Full Name"),
        Column("role", "Peran", ("Role", "Hak Akses"), "choice", is_required=True, default="reporter", words=ROLES),
        Column(
            "store",
            "Toko",
            ("Kode Toko", "Lokasi Kerja", "Store", "Store Code"),
            "reference",
            is_required=True,
            of="store",
        ),
        Column("division", "Divisi", ("Division",), "reference", length=250, of="division"),
        Column("department", "Departemen", ("Department",), "reference", length=400, of="department"),
        Column(
            "email",
            "E-mail",
            ("Email", "Surel", "Alamat Email", "Email Address"),
            length=200,
            form=r"[^@\s]+@[^@\s]+",
        ),
        _state(no=("Dibekukan", "Keluar", "Resign", "Frozen", *NO), is_in_form=False),
    ),
    key=("nik",),
    filters=("store", "role"),
    states={"active": "Aktif", "without_pin": "Belum punya PIN", "frozen": "Dibekukan"},
    shown=("name", "role", "store", "division"),
    is_long=True,
)
STORE = Noun(
    "store",
    "stores",
    "Toko",
    (
        Column("code", "Kode", ("Kode Toko", "Store Code", "Code"), "code", is_required=True, length=20),
        _name("Nama", "Nama Toko", "Store Name"),
        Column("city", "Kota", ("City", "Kabupaten/Kota"), is_required=True),
        Column(
            "time_zone",
            "Zona waktu",
            ("Time Zone", "Zona"),
            "choice",
            is_required=True,
            default="Asia/Jakarta",
            words=ZONES,
        ),
        _state(),
    ),
    key=("code",),
    shown=("name", "city", "time_zone"),
    is_long=True,
)
DIVISION = Noun(
    "division",
    "divisions",
    "Divisi",
    (
        _name("Nama", "Divisi", "Nama Divisi", "Division"),
        Column("parent", "Divisi induk", ("Induk", "Parent", "Parent Division"), "reference", of="division"),
        _state(),
    ),
    key=("parent", "name"),
    shown=("parent",),
)
DEPARTMENT = Noun(
    "department",
    "departments",
    "Departemen",
    (
        _name("Nama", "Departemen", "Nama Departemen", "Department"),
        Column("division", "Divisi", ("Division",), "reference", is_required=True, length=250, of="division"),
        _state(),
    ),
    key=("division", "name"),
    filters=("division",),
    shown=("division",),
)
CATEGORY = Noun(
    "category",
    "categories",
    "Kategori",
    (
        _name("Nama", "Kategori", "Nama Kategori", "Category"),
        Column("priority", "Prioritas biasanya", ("Prioritas", "Priority"), "choice", words=LEVELS),
        Column("division", "Divisi biasanya", ("Divisi", "Division"), "reference", length=250, of="division"),
        _state(),
    ),
    key=("name",),
    shown=("priority", "division"),
)
ASSET_KIND = Noun(
    "asset_kind",
    "asset-kinds",
    "Jenis Barang",
    (_name("Nama", "Jenis", "Jenis Barang", "Kind"), _state()),
    key=("name",),
)
ASSET = Noun(
    "asset",
    "assets",
    "Inventaris",
    (
        Column(
            "label",
            "Kode label",
            ("Label", "Kode", "Kode Inventaris", "No Inventaris", "Asset Tag", "Asset No", "Label Code"),
            "code",
            is_required=True,
            length=40,
        ),
        Column("kind", "Jenis", ("Jenis Barang", "Kind", "Type"), "reference", is_required=True, of="asset_kind"),
        Column("serial", "Nomor seri", ("No Seri", "Serial", "Serial Number", "SN"), length=60),
        Column(
            "store", "Toko", ("Kode Toko", "Lokasi", "Store", "Store Code"), "reference", is_required=True, of="store"
        ),
        Column("bought_on", "Tanggal perolehan", ("Tanggal Beli", "Tgl Perolehan", "Purchase Date"), "date"),
        _state(
            ("Dipakai", "In use", *YES),
            ("Pensiun", "Dihapus", "Rusak", "Retired", *NO),
            ("Kondisi", "State", "Active"),
        ),
    ),
    key=("label",),
    filters=("store", "kind"),
    states={"active": "Dipakai", "inactive": "Pensiun"},
    shown=("kind", "serial", "store"),
    is_long=True,
)

NOUNS = (EMPLOYEE, STORE, DIVISION, DEPARTMENT, CATEGORY, ASSET_KIND, ASSET)
BY_NAME = {noun.name: noun for noun in NOUNS}
