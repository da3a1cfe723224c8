"""Lists as offices send them: for each kind of file, what becomes of it."""

import openpyxl

from tests.import_files import dry_run, saved


def test_a_row_that_a_filter_hides_is_kept_as_hidden(person, query):
    book = openpyxl.Workbook()
    for line in (["NIK", "Nama", "Toko"], ["00771", "Budi", "T001"], ["00772", "Ani", "T001"]):
        book.active.append(line)
    book.active.row_dimensions[3].hidden = True
    one = dry_run(person("adi"), query, "employee", saved(book))
    rows = query.select(
        "SELECT number, is_hidden FROM import_row WHERE import_id = %(id)s ORDER BY place", {"id": one.id}
    )
    assert [(row["number"], row["is_hidden"]) for row in rows] == [(2, False), (3, True)]
