"""The fields of the forms for problems, with valid values."""

from uuid import uuid4

from tests.facts import id_of


def report(query, **others) -> dict:
    """Of Lapor Kendala."""
    good = f"kind:{id_of(query, 'asset_kind', 'Printer')}"
    words = {"good": good, "title": "Printer mati", "description": "Lampu merah menyala."}
    return {"token": str(uuid4()), **words, **others}


def opening(query, **others) -> dict:
    """Of Buka Kendala."""
    category = id_of(query, "category", "Perangkat keras")
    return {"category_id": category, "priority": "high", "diagnosis": "Rol aus.", **others}


def escalation(query, place: str, **others) -> dict:
    """Of Penyelesaian, to a division, a sub-division, a department, or one of its PICs."""
    if place == "department":
        found = {"kind": "department", "department_id": id_of(query, "department", "Kasir")}
    elif place in ("Jaringan", "Aplikasi"):
        division_id = id_of(query, "division", place)
        found = {"kind": f"division:{id_of(query, 'division', 'IT')}", "division_id": division_id}
    elif place in ("Umum", "Helpdesk"):
        found = {"kind": f"division:{id_of(query, 'division', place)}"}
    else:
        found = {**escalation(query, "department"), "step": "pic", "pic_id": id_of(query, "employee", place)}
    return {"reason": "Perlu teknisi.", **found, **others}
