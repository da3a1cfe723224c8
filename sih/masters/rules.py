"""Messages for violated constraints of sql/schema.sql: the column at fault, and its sentence."""

from sih.masters.noun import Noun

RULES = {
    "employee_handler_has_division": ("division", "Penanggung memerlukan divisi."),
    "employee_only_handlers_are_pic": ("department", "Hanya penanggung dapat menjadi PIC departemen."),
    "employee_department_of_division": ("department", "Departemen ini bukan bagian dari divisi itu."),
    "employee_not_by_oneself": ("role", "Peran dan status akun Anda sendiri hanya dapat diubah oleh admin lain."),
    "employee_last_admin_stays": ("role", "Ini admin terakhir. Angkat admin lain lebih dahulu."),
    "employee_email_form": ("email", "Alamat e-mail ini tidak benar."),
    "division_mailbox_form": ("mailbox", "Alamat e-mail ini tidak benar."),
    "employee_phone_form": ("phone", "Nomor telepon ini tidak benar."),
    "store_phone_form": ("phone", "Nomor telepon ini tidak benar."),
    "problem_asset_of_kind": ("kind", "Barang ini sudah pernah dilaporkan; jenisnya tidak dapat diubah lagi."),
    "division_parent_is_top": (
        "parent",
        "Divisi induk harus divisi utama, dan divisi ini tidak boleh punya subdivisi.",
    ),
    "division_helpdesk_is_top": ("parent", "Helpdesk adalah divisi utama."),
    "division_helpdesk_is_active": ("active", "Helpdesk harus tetap aktif."),
}
# The same constraint, violated by a change of the department.
OF_DEPARTMENT = {
    "employee_department_of_division": (
        "division",
        "Departemen ini masih punya PIC. Pindahkan mereka dahulu, atau buat departemen baru.",
    )
}
ALREADY_THERE = "Sudah ada."


def message_for(constraint: str, noun: Noun) -> tuple[str, str] | None:
    """(column, sentence) of a constraint that a user can violate by changing a row of this noun; None for any other."""
    rules = RULES | OF_DEPARTMENT if noun.name == "department" else RULES
    return (noun.key[-1], ALREADY_THERE) if constraint.endswith("_once") else rules.get(constraint)
