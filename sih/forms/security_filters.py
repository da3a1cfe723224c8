"""Parses the filters of security events from their URL; labels of the kinds of event."""

from sih.domain.text import clean, is_plain, nik_of
from sih.domain.vocabulary import SECURITY_EVENTS
from sih.forms.audit_filters import AuditReading, cursor_in, day_of, keep

# Details of some events.
DETAILS = {
    "frozen": "akun dibekukan",
    "pin": "PIN salah",
    "code": "kode salah",
    "all": "semua sesi",
    "page": "lewat halaman",
    "command": "lewat baris perintah",
    "demo": "Data contoh",
}
NUMBERED = {"sheet": "Lembar kode aktivasi", "import": "Impor"}  # labels of numbered objects
LENGTHS = {"nik": 50, "address": 45}


def parse(args) -> AuditReading:
    """`args`: pairs of the query string. `filters`: kind, nik, address, since, until."""
    reading = AuditReading(dict.fromkeys(("kind", "nik", "address", "since", "until")))
    kind, nik = clean(args.get("kind", "")[:30]), nik_of(args.get("nik", "")[:100])
    address = clean(args.get("address", "")[:100]).lower()
    if kind:
        keep(reading, "kind", kind if kind in SECURITY_EVENTS else None, "Peristiwa")
    if nik:
        keep(reading, "nik", nik if is_plain(nik) and len(nik) <= LENGTHS["nik"] else None, "NIK")
    if address:
        is_known = is_plain(address) and len(address) <= LENGTHS["address"]
        keep(reading, "address", address if is_known else None, "Alamat")
    reading.filters["since"] = day_of(args, "since", "Dari tanggal", reading)
    reading.filters["until"] = day_of(args, "until", "Sampai tanggal", reading, days=1)
    reading.query_args = {name: clean(args.get(name)) for name, value in reading.filters.items() if value is not None}
    reading.after = cursor_in(args, reading)
    return reading
