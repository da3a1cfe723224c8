"""Karyawan, and the stores and divisions that they belong to; headings follow common HR lists."""

from sih.domain.vocabulary import ROLES, ZONES
from sih.masters.columns import Column
from sih.masters.noun import NO, Noun, name_column, phone_column, state_column

# As written in files: the Indonesian word, and other words of HR lists.
ROLE_WORDS = {
    "reporter": (ROLES["reporter"], "Karyawan", "Employee"),
    "handler": (ROLES["handler"], "PIC", "Agent"),
    "supervisor": (ROLES["supervisor"], "Manager"),
    "admin": (ROLES["admin"], "Administrator"),
}
ZONE_WORDS = {zone: (word,) for zone, word in ZONES.items()}

EMPLOYEE = Noun(
    "employee",
    "employees",
    "Karyawan",
    (
        Column(
            "nik",
            "NIK",
            ("Nomor Induk Karyawan", "No Induk", "NIP", "Employee No", "Employee Number", "Employee ID"),
            "nik",
            is_required=True,
            length=20,
            form="[0-9A-Z]{4,20}",
        ),
        name_column("Nama", "Nama Karyawan", "Nama Lengkap", "Employee Name", "Full Name"),
        Column(
            "role", "Peran", ("Role", "Hak Akses"), "choice", is_required=True, default="reporter", words=ROLE_WORDS
        ),
        Column(
            "store",
            "Toko",
            ("Kode Toko", "Lokasi Kerja", "Store", "Store Code"),
            "reference",
            is_required=True,
            of="store",
        ),
        Column("division", "Divisi", ("Division",), "reference", length=250, of="division", of_role="handler"),
        Column(
            "department",
            "Departemen",
            ("Department",),
            "reference",
            length=400,
            of="department",
            of_role="handler",
        ),
        Column(
            "email",
            "E-mail",
            ("Email", "Surel", "Alamat Email", "Email Address"),
            "email",
            length=200,
        ),
        phone_column("Mobile"),
        state_column(no=("Dibekukan", "Keluar", "Resign", "Frozen", *NO), is_in_form=False),
    ),
    key=("nik",),
    filters=("store", "role"),
    states={"active": "Aktif", "without_pin": "Belum punya PIN", "frozen": "Dibekukan"},
    list_columns=("name", "role", "store", "division", "phone"),
    is_long=True,
)
STORE = Noun(
    "store",
    "stores",
    "Toko",
    (
        Column("code", "Kode", ("Kode Toko", "Store Code", "Code"), "code", is_required=True, length=20),
        name_column("Nama", "Nama Toko", "Store Name"),
        Column("city", "Kota", ("City", "Kabupaten/Kota"), is_required=True),
        Column(
            "time_zone",
            "Zona waktu",
            ("Time Zone", "Zona"),
            "choice",
            is_required=True,
            default="Asia/Jakarta",
            words=ZONE_WORDS,
        ),
        phone_column("Telepon Toko", "Store Phone"),
        state_column(),
    ),
    key=("code",),
    list_columns=("name", "city", "time_zone", "phone"),
    is_long=True,
)
DIVISION = Noun(
    "division",
    "divisions",
    "Divisi",
    (
        name_column("Nama", "Divisi", "Nama Divisi", "Division"),
        Column("parent", "Divisi induk", ("Induk", "Parent", "Parent Division"), "reference", of="division"),
        Column(
            "mailbox",
            "Kotak surat",
            ("E-mail", "Email", "Surel", "Mailbox"),
            "email",
            length=200,
            hint="Alamat e-mail yang diberi tahu kendala apa yang menunggu divisi ini. Boleh kosong.",
        ),
        state_column(),
    ),
    key=("parent", "name"),
    list_columns=("parent", "mailbox"),
)
DEPARTMENT = Noun(
    "department",
    "departments",
    "Departemen",
    (
        name_column("Nama", "Departemen", "Nama Departemen", "Department"),
        Column("division", "Divisi", ("Division",), "reference", is_required=True, length=250, of="division"),
        state_column(),
    ),
    key=("division", "name"),
    filters=("division",),
    list_columns=("division",),
)
