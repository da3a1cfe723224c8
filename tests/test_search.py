"""Daftar Kendala, "Cari": words in title, description, good, number, the notes of the history, and the names of now of
reporter and store; whatever is typed is words and nothing else."""

import pytest

from bench.databases import opened
from sih.dao import problem_lists
from sih.dao.query import Pool
from sih.domain import clock
from tests.concurrency import all_at_once
from tests.conftest import bring
from tests.facts import id_of
from tests.problem_pages import notes, numbers

HOSTILE = {
    "quote": "o'printer",
    "two quotes": "''printer''",
    "sql": "printer'; DROP TABLE problem; --",
    "percent": "100%",
    "underscore": "_printer_",
    "backslash": "printer\\",
    "escaped quote": "\\'printer",
    "parameter": "%(words)s printer",
    "nul": "printer\x00",
    "bell": "printer\x07",
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "prefix": "printer:*",
    "and": "printer & mati",
    "or": "printer | mati",
    "not": "!printer",
    "follows": "printer <-> mati",
    "brackets": "((printer",
    "weight": "printer:A",
    "long": "x" * 5000,
    "many words": "printer " * 600,
    "emoji": "\U0001f5a8\ufe0f",
    "emoji beside a word": "\U0001f5a8 printer",
    "right to left": "\u202eretnirp",
    "arabic": "طابعة",
    "half a pair": "printer%ED%A0%80",
    "superscript": "²",
    "dots": "...",
}


@pytest.fixture
def printer(problem, query) -> int:
    """Among others that say nothing of it."""
    asset = query.one_or_none("SELECT id, kind_id FROM asset WHERE label = 'T001-PRN-01'")
    good = {"asset_id": asset["id"], "asset_kind_id": asset["kind_id"]}
    number = problem(title="Struk tidak keluar", description="Mesin mencetak garis di Toko Melati.", **good)
    problem(title="Ruangan panas", description="Air menetes.", asset_kind_id=id_of(query, "asset_kind", "AC"))
    return number


@pytest.mark.parametrize(
    "words",
    [
        "struk",
        "STRUK",
        "Keluar Struk",
        "  struk   garis ",
        "str",
        "melati",
        "cetak",
        "printer",
        "T001-PRN-01",
        "t001-prn",
        "sn1",
        "garis, struk!",
    ],
)
@pytest.mark.parametrize("name", ["rini", "hadi"])
def test_a_problem_is_found_by_its_words(person, printer, name, words):
    assert numbers(search(person(name), words)) == [printer]


@pytest.mark.parametrize("words", ["struk panas", "kulkas", "truk", "struk 999999", "T002-AC-01"])
def test_every_word_must_occur(person, printer, words):
    assert numbers(search(person("hadi"), words)) == []


@pytest.mark.parametrize("typed", ["{}", "#{}", "# {}", "{} struk"])
def test_a_problem_is_found_by_its_number(person, printer, typed):
    assert numbers(search(person("hadi"), typed.format(printer))) == [printer]


def test_a_short_number_matches_only_as_a_whole(person, problem):
    made = [problem() for _ in range(11)]
    assert numbers(search(person("hadi"), str(made[0]))) == [made[0]]


def test_a_problem_that_one_may_not_see_is_not_found(person, printer):
    assert numbers(search(person("sari"), "struk")) == numbers(search(person("sari"), str(printer))) == []


def test_words_of_the_life_cycle_do_not_hide_a_report(person, printer, query):
    page = person("hadi").get(f"/problems?q=struk&status=new&year=&division={id_of(query, 'division', 'Helpdesk')}")
    assert numbers(page) == [printer] and notes(page) == []


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", ["rini", "hadi"])
def test_hostile_search_words_are_plain_text(person, printer, name, words):
    page = search(person(name), words)
    assert not page.select("main script, main img") and page.h1.text == "Daftar Kendala"
    if notes(page):
        assert notes(page) == ["Filter Cari tidak dikenal dan diabaikan."]
        assert numbers(page) == numbers(person(name).get("/problems"))
    else:
        assert set(numbers(page)) <= {printer}


@pytest.mark.parametrize("words", ["nul", "bell", "emoji", "dots"])
def test_a_search_without_a_word_is_named_and_ignored(person, printer, words):
    assert notes(search(person("hadi"), HOSTILE[words])) == ["Filter Cari tidak dikenal dan diabaikan."]


def test_hostile_words_stay_in_their_field(person):
    for words in ("<b>\"x'&", "\u202eabc", "100%"):
        assert search(person("rini"), words).select_one("[name=q]")["value"] == words


# ---------------------------------------------------------------- notes
@pytest.fixture(params=["newest", "months"])
def way(request, monkeypatch) -> str:
    """Both ways of a search by somebody who sees everything: through the newest problems, and month by month."""
    if request.param == "months":
        in_months = problem_lists.SEARCH.replace(f"LIMIT {problem_lists.NEAR}\n", "LIMIT 0\n")
        in_months = in_months.replace(f"< {problem_lists.NEAR} ", "< 0 ")
        monkeypatch.setattr(problem_lists, "SEARCH", in_months)
    return request.param


def test_a_problem_is_found_by_every_note_of_its_history(person, problem, way):
    number, other = problem("escalated to pandu"), problem()
    person("pandu").act(number, "returns", reason="Bukan bagian kasir.")
    person("hadi").act(number, "closures", solution="Fuser ditukar.")
    person("rini").act(number, "reopenings", reason="Berbunyi lagi.")
    person("koko").act(number, "comments", remark="Sudah saya bersihkan, tetap buram.", token=str(clock.now()))
    assert other not in numbers(search(person("hadi"), "aus"))
    for words in ("aus", "PIC", "kasir", "fuser", "tukar", "berbunyi", "buram", "printer fuser buram rini"):
        for name in ("rini", "hadi"):
            assert numbers(search(person(name), words)) == [number], (words, name)
        assert numbers(search(person("sari"), words)) == [], words


def test_a_note_that_says_nothing_new_writes_nothing(problem, query):
    number = problem("in_progress")
    where = "SELECT s.ctid::text AS place FROM problem_search s WHERE s.problem_id = %(id)s"
    before = query.one(where, {"id": number})
    query.execute(REMARK, {"id": number, "note": "Rol printer aus"})
    assert query.one(where, {"id": number}) == before
    query.execute(REMARK, {"id": number, "note": "Rol sobek"})
    assert query.one(where, {"id": number}) != before


REMARK = """
INSERT INTO event (problem_id, kind, at, actor_id, status_before, status_after, to_division_id, note)
SELECT p.id, 'commented', p.reported_at, p.reporter_id, p.status, p.status, p.holder_division_id, %(note)s
FROM problem p WHERE p.id = %(id)s
"""
MADE_ANEW = "SELECT s.problem_id FROM problem_search s WHERE s.words <> search_document(s.problem_id)"


def test_a_document_is_what_it_would_be_if_it_were_made_anew(person, problem, query):
    for state in ("new", "escalated", "at pandu", "closed"):
        query.execute(REMARK, {"id": problem(state, description="Hubungi 0812-3456 7890."), "note": "TM-T88V"})
    assert query.select(MADE_ANEW) == []


def test_a_document_has_a_bound_and_remarks_go_on(problem, query):
    number = problem()
    for part in range(100):
        words = " ".join(f"{'kata' * 5}{part * 180 + place}" for place in range(180))
        query.execute(REMARK, {"id": number, "note": words})
    size = query.one("SELECT pg_column_size(s.words || '') AS bytes FROM problem_search s")["bytes"]
    assert 500_000 < size < 600_000


def test_remarks_and_a_move_at_the_same_time(person, problem, query, employees, database):
    number = problem("in_progress")

    def remark(word: str) -> None:
        with opened(Pool(**database)) as other:
            other.execute(REMARK, {"id": number, "note": word})

    def close() -> None:
        with opened(Pool(**database)) as other:
            bring(other, employees, number, "close")

    all_at_once([close, *[lambda word=word: remark(word) for word in ("satuan", "duaan", "tigaan", "empatan")]])
    assert query.select(MADE_ANEW) == []
    for word in ("satuan", "duaan", "tigaan", "empatan", "diganti"):
        assert numbers(search(person("hadi"), word)) == [number]


# ---------------------------------------------------------------- joined words and numbers
SAME = [
    ("Wi-Fi mati", "wifi"),
    ("wifi mati", "Wi-Fi"),
    ("wifi mati", "Wi\u2011Fi"),
    ("Wi\u2013Fi mati", "WIFI"),
    ("wi fi mati", "Wi-Fi"),
    ("Galat E05", "E-05"),
    ("Galat E-05", "E05"),
    ("Printer TM-T88V", "TMT88V"),
    ("Printer TMT88V", "TM-T88V"),
    ("Printer TM-T88V", "T88V"),
    ("EPSON-TM-T88V-II", "TMT88V"),
    ("Telepon 081234567890", "0812-3456-7890"),
    ("Telepon 0812-3456-7890", "081234567890"),
    ("Telepon 0812 3456 7890", "081234567890"),
    ("Telepon 0812 - 3456 - 7890.", "081234567890"),
    ("Telepon 081234567890", "0812 3456 7890"),
    ("Telepon 081234567890", "0812"),
    ("Telepon 0812-3456-7890", "08123456"),
    ("2 buah, 0812 3456 7890", "0812 3456"),
    ("3 0812 3456 7890", "081234567890"),
    ("Galat E05 081234567890", "E05 0812 3456 7890"),
    ("Galat 45 pada 2026", "45 2026"),
    ("Pada 2026 ada 45", "45 2026"),
    ("Mesin ABCDEFGH-1234", "abcdefgh1234"),
]
OTHER = [
    ("Galat E05", "E06"),
    ("Telepon 081234567890", "1234567890"),
    ("Telepon 081234567890", "081234567891"),
    ("Telepon 0812-3456-7890", "0812-3457"),
    ("Rak 1234", "123"),
    ("Rak 12", "1"),
    ("Wi-Fi", "wifix"),
    ("Mesin kasir", "m"),
]


def test_hyphens_and_blanks_make_no_difference(person, problem, way):
    for written, typed in SAME:
        number = problem(title="Lain", description=written)
        assert number in numbers(search(person("hadi"), typed)), (written, typed)
        assert number in numbers(search(person("koko"), typed)), (written, typed)


def test_other_words_and_parts_of_numbers_are_not_found(person, problem, way):
    for written, typed in OTHER:
        number = problem(title="Lain", description=written)
        assert number not in numbers(search(person("hadi"), typed)), (written, typed)


# ---------------------------------------------------------------- names of now
RENAME = {
    "store": "UPDATE store SET code = %(code)s, name = %(name)s WHERE code = 'T001'",
    "reporter": "UPDATE employee SET nik = %(code)s, name = %(name)s WHERE name = 'Rini'",
}


@pytest.mark.parametrize(
    "words",
    ["rini", "10000001", "1000-0001", "1000 0001", "1000", "T001", "gading", "Kelapa Gading", "struk gading",
     "rini struk", "gading rini struk T001 10000001"],
)  # fmt: skip
def test_a_problem_is_found_by_its_reporter_and_its_store(person, problem, printer, way, words):
    problem(title="Struk", by="sari")
    for name in ("rini", "hadi"):
        assert printer in numbers(search(person(name), words)), (words, name)
    found = search(person("hadi"), f"{words} struk garis")
    assert numbers(found) == [printer]


@pytest.mark.parametrize("words", ["sari struk", "panakkukang garis", "10000002", "koko", "rini sari"])
def test_names_of_others_do_not_find_it(person, printer, way, words):
    assert numbers(search(person("hadi"), words)) == []


@pytest.mark.parametrize("whose", RENAME)
def test_names_are_those_of_now_and_no_document_is_rewritten(person, printer, query, way, whose):
    documents = "SELECT s.problem_id, s.ctid::text AS place, s.words::text AS words FROM problem_search s ORDER BY 1"
    before = query.select(documents)
    query.execute(RENAME[whose], {"code": "99887766", "name": "Melur Baru"})
    for words in ("melur", "99887766", "9988", "baru struk", "melur baru"):
        assert numbers(search(person("hadi"), f"{words} struk")) == [printer], words
    for words in {"store": ("kelapa", "gading"), "reporter": ("rini", "10000001")}[whose]:
        assert numbers(search(person("hadi"), words)) == [], words
    assert query.select(documents) == before


CROWD = """
INSERT INTO employee (nik, name, role, store_id)
SELECT (70000000 + n)::text, CASE WHEN n % 2 = 0 THEN 'Budi ' ELSE 'Santoso ' END || chr(65 + n % 26) || 'x' || n,
       'reporter', 1
FROM generate_series(1, 600) AS n;
INSERT INTO store (code, name, city, time_zone)
SELECT 'X' || n, 'Toko Jaya ' || chr(65 + n % 26) || 'y', 'Kota', 'Asia/Jakarta' FROM generate_series(1, 300) AS n;
UPDATE employee SET name = 'Budi Santoso' WHERE name = 'Rini';
UPDATE store SET name = 'Toko Jaya Makmur' WHERE code = 'T001';
"""


@pytest.mark.parametrize(
    "words",
    ["budi", "santoso", "budi santoso", "budi santoso struk", "toko", "toko jaya", "toko makmur", "budi toko struk",
     "santoso makmur", "7000 budi", "toko 12"],
)  # fmt: skip
def test_names_of_hundreds_find_what_names_of_few_would(person, printer, problem, query, way, words):
    """Against a search for each word in the names themselves."""
    query.execute(CROWD)
    problem(by="sari", title="Toko budi 12")
    problem(by="koko", title="Santoso 12")
    found = numbers(search(person("hadi"), words))
    assert found == [row["id"] for row in query.select(AGAIN, {"words": words.split()})]


AGAIN = r"""
SELECT p.id FROM problem p JOIN store s ON s.id = p.store_id JOIN employee r ON r.id = p.reporter_id
WHERE NOT EXISTS (SELECT FROM unnest(%(words)s) AS word
                  WHERE concat_ws(' ', p.title, p.description, s.code, s.name, s.city, r.nik, r.name)
                        !~* ('\m' || word || CASE WHEN word ~ '^[0-9]{1,3}$' THEN '\M' ELSE '' END))
ORDER BY p.reported_at DESC
"""


def test_a_name_of_few_among_many_is_looked_up_in_the_index(query):
    query.execute(CROWD)
    indexed, compared = query.one("SELECT search_plan('budi santoso') AS plan")["plan"]
    assert "|'@r1')" in indexed and set(compared.split("&")) == {"('@:budi':*)", "('@:santoso':*)"}
    assert query.one("SELECT search_plan('budi') AS plan")["plan"] == [None, "('@:budi':*)"]
    assert query.one("SELECT search_plan('struk') AS plan")["plan"] == ["('@:struk':*)", None]


# ---------------------------------------------------------------- what was probably meant
@pytest.fixture
def common(problem):
    """Words that occur in twenty problems, and one that occurs in nineteen."""
    for place in range(20):
        problem(title=f"Printer macet{' Rahasia' * (place > 0)}", description="Kertas menyangkut di Wi-Fi.")


@pytest.mark.parametrize(
    ("typed", "likely"),
    [("pritner", "printer"), ("PRINTR", "printer"), ("kretas printer", "kertas printer"),
     ("kertas-macat", "kertas-macet"), ("gading pritner", "gading printer"),
     ("rini menyankut #7", "rini menyangkut #7")],
)  # fmt: skip
def test_a_search_without_a_hit_offers_likelier_words(person, common, typed, likely):
    page = search(person("koko"), typed)
    [link] = page.main.find_all("a", string=likely)
    assert numbers(page) == []
    assert numbers(person("koko").get(link["href"])) or "#7" in likely


@pytest.mark.parametrize("typed", ["rahasa", "qqqq", "12345", "e", "printer qqqq", "\U0001f5a8 a", "pritner" * 20])
def test_nothing_is_offered_where_nothing_common_is_alike(person, common, typed):
    page = search(person("hadi"), typed)
    assert numbers(page) == [] and "Maksud Anda" not in page.text


def test_nothing_is_offered_beside_hits_and_after_the_first_page(person, common):
    assert "Maksud Anda" not in search(person("hadi"), "printer").text
    assert "Maksud Anda" not in person("hadi").get("/problems?q=pritner&after=1-1").text


def test_the_other_filters_stay_in_what_is_offered(person, common):
    page = person("hadi").get("/problems?q=pritner&status=new&store=T001")
    assert page.main.find("a", string="printer")["href"] == "/problems?q=printer&store=T001&status=new"


def test_what_was_meant_is_asked_in_english_too(person, common):
    assert "Did you mean" in search(person("hadi").speaks("en"), "pritner").text


def test_a_word_that_is_common_by_now_is_not_written_again(problem, query, common):
    rows = "SELECT c.word, c.problems, c.xmin::text AS written FROM word_count c WHERE c.problems = 20 ORDER BY 1"
    before = query.select(rows)
    problem(title="Printer macet", description="Kertas menyangkut di Wi-Fi.")
    assert query.select(rows) == before and {"printer", "macet", "kertas"} <= {row["word"] for row in before}


def search(somebody, words: str):
    response = somebody.client.get("/problems", query_string={"q": words})
    return somebody.get(response.request.full_path)
