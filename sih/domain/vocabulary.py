"""The vocabulary of the domain: codes as used in the database and in URLs, with the Indonesian words for pages.
tests/test_vocabulary.py compares the codes with sql/schema.sql."""

ROLES = {"reporter": "Pelapor", "handler": "Penanggung", "supervisor": "Atasan", "admin": "Admin"}
STATUSES = {"new": "Baru", "in_progress": "Ditangani", "escalated": "Dialihkan", "closed": "Selesai"}
WITHDRAWN = "Selesai · ditarik"
PRIORITIES = {"critical": "Kritis", "high": "Tinggi", "medium": "Sedang", "low": "Rendah"}
URGENCY = (*PRIORITIES, None)  # the most urgent first; new problems have no priority yet
# Orders of the list. The list of no order has the newest first; these are of open problems only.
ORDERS = {"oldest": "Paling lama menunggu", "urgent": "Paling mendesak"}
EVENTS = {
    "reported": "Dilaporkan",
    "opened": "Dibuka",
    "closed": "Ditutup",
    "escalated": "Dialihkan",
    "accepted": "Diterima",
    "returned": "Dikembalikan",
    "reopened": "Dibuka lagi",
    "commented": "Komentar",
    "confirmed": "Dinyatakan beres",
    "corrected": "Dikoreksi",
    "withdrawn": "Ditarik",
    "noted": "Catatan internal",
    "asked": "Pertanyaan kepada pelapor",
    "unasked": "Pertanyaan tidak perlu lagi",
}
# Events that change neither status nor holder.
MOVES_NOTHING = ("commented", "confirmed", "noted", "asked", "unasked")
INTERNAL = ("noted",)  # events of which only handlers and supervisors may know
VERBS = {
    "open": "Buka Kendala",
    "close": "Tutup Kendala",
    "escalate": "Penyelesaian",
    "accept": "Terima",
    "return": "Kembalikan",
    "reopen": "Buka Lagi",
    "confirm": "Beres",
    "correct": "Koreksi",
    "withdraw": "Tarik Laporan",
    "ask": "Tanya pelapor",
    "unask": "Tidak perlu lagi",
}
# The verbs for many problems at once: the words of their buttons, and what is said afterwards.
BULK_VERBS = {
    "open_and_escalate": "Buka dan alihkan",
    "accept": "Terima",
    "escalate": "Alihkan",
    "close": "Tutup",
}
BULK_DONE = {
    "open_and_escalate": "%(amount)s kendala dibuka dan dialihkan.",
    "accept": "%(amount)s kendala diterima.",
    "escalate": "%(amount)s kendala dialihkan.",
    "close": "%(amount)s kendala ditutup.",
}

NEVER_QUOTED = ("noted",)  # kinds of events whose words no mail repeats; it says that there is one to who sees all
# What somebody hears of, as the person may choose it in the profile: 'page', 'mail', 'both' or 'none'.
TOPICS = {
    "assigned": "Dialihkan, dikembalikan, atau dibuka lagi kepada saya",
    "in_my_place": "Ditangani helpdesk selagi saya tidak ada",
    "report": "Laporan saya dibuka atau ditutup",
    "remark": "Komentar dan pertanyaan",
    "answer": "Jawaban pelapor atas pertanyaan saya",
    "unanswered": "Pertanyaan yang tujuh hari belum dijawab",
    "progress": "Diterima, dinyatakan beres, ditarik, atau dikoreksi",
}
OF_HANDLERS = ("assigned", "in_my_place", "answer", "unanswered")  # topics that nobody else can hear of
USUAL_WAYS = dict.fromkeys(TOPICS, "both") | {"progress": "page"}
PURPOSES = {"answer": "Jawaban", "escalation": "Penyelesaian", "return": "Kembalikan"}  # of ready texts
MAILS = {"recap": "Rekap", "notice": "Kendala", "digest": "Ringkasan pagi", "test": "Surat percobaan"}  # kinds
ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
LANGUAGES = ("id", "en")  # the first is the default
THEMES = ("auto", "light", "dark")
MONTHS = {
    "id": ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
           "November", "Desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip
SHORT_MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}

# The recap. A figure is a flow, named after its event, or the stock at the end of a period.
FIGURES = {
    "reported": "Dilaporkan",
    "opened": "Dibuka",
    "escalated": "Dialihkan",
    "closed": "Selesai",
    "reopened": "Dibuka lagi",
    "open_at_end": "Masih terbuka",
}
FLOWS = tuple(name for name in FIGURES if name in EVENTS)
DIMENSIONS = {
    "division": "Divisi",
    "department": "Departemen",
    "pic": "PIC",
    "store": "Toko",
    "category": "Kategori",
    "asset_kind": "Jenis barang",
    "priority": "Prioritas",
}
MEASURES = {"to_open": "Waktu sampai dibuka", "held": "Lama di tiap penanggung", "to_close": "Waktu sampai selesai"}
# Of the distinct problems closed in a period: those that had been handed over, or reopened, before their last closing.
SHARES = {"closed_escalated": "Persentase dialihkan", "closed_reopened": "Persentase dibuka lagi"}
COUNTED = {
    **FIGURES,
    "closed_escalated": "Selesai sesudah dialihkan",
    "closed_reopened": "Selesai sesudah dibuka lagi",
}

IMPORT_STATES = {
    "reading": "diperiksa",
    "choosing": "menunggu pilihan lembar",
    "shown": "menunggu persetujuan",
    "writing": "disimpan",
    "written": "selesai",
    "refused": "ditolak",
}
IMPORT_CHANGES = {
    "create": "Baru",
    "change": "Diubah",
    "deactivate": "Dinonaktifkan",
    "fault": "Salah",
    "non_row": "Bukan baris daftar",
}
NON_ROWS = {
    "total": "Jumlah",
    "signature": "Tanda tangan",
    "note": "Catatan",
    "heading": "Judul kolom sekali lagi",
    "empty": "Kosong",
    "unused": "Kosong di semua kolom yang dipakai",
}
SECURITY_EVENTS = {
    "signed_in": "Masuk",
    "failed": "Gagal masuk",
    "throttled": "Ditahan karena terlalu banyak percobaan",
    "refused": "Ditolak (403)",
    "pin_changed": "PIN diganti",
    "pins_reset": "Semua PIN dihapus",
    "code_issued": "Kode aktivasi dibuat",
    "code_used": "Kode aktivasi dipakai",
    "session_ended": "Sesi diakhiri",
    "frozen": "Dibekukan",
    "unfrozen": "Diaktifkan lagi",
    "list_downloaded": "Daftar diunduh",
    "sheet_made": "Lembar kode aktivasi dibuat",
    "sheet_downloaded": "Lembar kode aktivasi diunduh",
}


def status_words(status: str, is_withdrawn: bool) -> str:
    """The status of a problem, which its reporter may have withdrawn."""
    return WITHDRAWN if is_withdrawn else STATUSES[status]
