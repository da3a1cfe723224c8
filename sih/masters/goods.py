"""Assets and their kinds and categories; headings follow common asset lists."""

from sih.domain.vocabulary import PRIORITIES
from sih.masters.columns import Column
from sih.masters.noun import NO, YES, Noun, name_column, state_column

LEVELS = {code: (word, code.capitalize()) for code, word in PRIORITIES.items()}  # as written in files

CATEGORY = Noun(
    "category",
    "categories",
    "Kategori",
    (
        name_column("Nama", "Kategori", "Nama Kategori", "Category"),
        Column("priority", "Prioritas biasanya", ("Prioritas", "Priority"), "choice", words=LEVELS),
        Column("division", "Divisi biasanya", ("Divisi", "Division"), "reference", length=250, of="division"),
        state_column(),
    ),
    key=("name",),
    list_columns=("priority", "division"),
)
ASSET_KIND = Noun(
    "asset_kind",
    "asset-kinds",
    "Jenis Barang",
    (name_column("Nama", "Jenis", "Jenis Barang", "Nama Jenis", "Nama Jenis Barang", "Kind"), state_column()),
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
        state_column(
            ("Dipakai", "In use", *YES),
            ("Tidak dipakai lagi", "Pensiun", "Dihapus", "Rusak", "Retired", *NO),
            ("Kondisi", "State", "Active"),
        ),
    ),
    key=("label",),
    filters=("store", "kind"),
    states={"active": "Dipakai", "inactive": "Tidak dipakai lagi"},
    list_columns=("kind", "serial", "store"),
    is_long=True,
)
