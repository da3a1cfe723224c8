"""What the constraints of sql/schema.sql say to a person: the column that is wrong, and its sentence."""

RULES = {
    "employee_handler_has_division": ("division", "Penanggung memerlukan divisi."),
    "employee_only_handlers_are_pic": ("department", "Hanya penanggung dapat menjadi PIC departemen."),
    "employee_department_of_division": ("department", "Departemen ini bukan bagian dari divisi itu."),
    "employee_not_by_oneself": ("role", "Peran dan status akun Anda sendiri hanya dapat diubah oleh admin lain."),
    "employee_last_admin_stays": ("role", "Ini admin terakhir. Angkat admin lain lebih dahulu."),
    "employee_email_form": ("email", "Alamat e-mail ini tidak benar."),
    "division_parent_is_top": (
        "parent",
        "Divisi induk harus divisi utama, dan divisi ini tidak boleh punya subdivisi.",
    ),
    "division_helpdesk_is_top": ("parent", "Helpdesk adalah divisi utama."),
    "division_helpdesk_is_active": ("active", "Helpdesk harus tetap aktif."),
}
TAKEN = "Sudah ada."


def told(constraint: str, key: str) -> tuple[str, str] | None:
    """(column, sentence) of a constraint that a person can violate; `key` is the column that must be unique."""
    return (key, TAKEN) if constraint.endswith("_once") else RULES.get(constraint)
