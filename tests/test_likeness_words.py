"""What likeness makes of words, and how alike texts are (sih/domain/likeness.py)."""

import pytest

from sih.domain.likeness import LEAST, Meanings, alikeness, stem, text_of

MEANINGS = Meanings()
PRINTER = text_of(MEANINGS, "Struk nyangkut", "Kertas struk macet di dalam printer kasir 1", "Printer kasir")
OTHERS = [
    text_of(MEANINGS, "Printer kasir mati", "Tidak menyala sama sekali", "Printer kasir"),
    text_of(MEANINGS, "AC bocor", "Air menetes ke rak", "AC"),
    text_of(MEANINGS, "Tulisan struk pudar", "Hasil cetak tipis", "Printer kasir"),
]


def alike(title: str, description: str, kind: str = "Printer kasir") -> float:
    return alikeness(text_of(MEANINGS, title, description, kind), [PRINTER, *OTHERS])[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("memotong", "potong"),
        ("kepotong", "dipotong"),
        ("pembayaran", "bayarkan"),
        ("nulisin", "tulisnya"),
    ],
)
def test_affixes_of_written_and_of_spoken_language_go(one, other):
    assert stem(one)[-4:] == stem(other)[-4:]


def test_short_words_and_numbers_have_no_affixes():
    assert [stem(word) for word in ("dia", "ikan", "2x", "f02")] == ["dia", "ikan", "2x", "f02"]


@pytest.mark.parametrize(
    "written", ["kertasnya nyangkut", "krts NYANGKUT!!", "kertas kertas macettt", "gulungan tersangkut"]
)
def test_slang_and_spellings_mean_the_same(written):
    assert set(MEANINGS.of(written)) == {"kertas", "macet"}


@pytest.mark.parametrize("written", ["ga nyala", "gak mau hidup", "tidak menyala", "MATI", "tdk idup"])
def test_what_is_not_on_is_off(written):
    assert set(MEANINGS.of(written)) == {"mati"}


def test_greetings_mean_nothing():
    assert MEANINGS.of("Selamat pagi pak, mohon bantuannya segera ya, terima kasih") == ()


def test_an_admin_adds_words_and_phrases():
    more = Meanings([("mesin uang", "laci"), ("cetrek", "tombol")])
    assert more.of("mesin uang, cetrek") == ("laci", "tombol")
    assert more.of("cash drawer") == MEANINGS.of("cash drawer")


@pytest.mark.parametrize(
    ("title", "description"),
    [
        ("kertas jam di printer", "printer kasir satu, struknya tersangkut"),
        ("printer kasir 1 macet", "kretas struk nyangkt mulu"),
        ("PAPER JAM", "min tolong, roll kertas printer kasir 1 stuck"),
    ],
)
def test_a_repeat_in_other_words_is_alike(title, description):
    assert alike(title, description) > LEAST


@pytest.mark.parametrize(
    ("title", "description"),
    [
        ("Minta printer baru", "Kasir 4 mau dibuka"),
        ("Struk tanpa logo", "Sejak pembaruan logo toko hilang dari struk"),
        ("AC bocor", "Air menetes ke rak"),
    ],
)
def test_another_trouble_is_not(title, description):
    assert alike(title, description) < LEAST


def test_the_order_of_words_does_not_count():
    assert alike("macet struk kertas", "") == pytest.approx(alike("kertas struk macet", ""))


def test_nothing_is_alike_to_nothing():
    assert alikeness(text_of(MEANINGS, "", "", "AC"), OTHERS) == [0.0] * 3
    assert alikeness(PRINTER, []) == []
    assert alikeness(PRINTER, [text_of(MEANINGS, "tolong", "pak", "AC")]) == [0.0]


def test_a_text_of_thousands_of_words_costs_no_more_than_its_beginning():
    long = " ".join(f"kata{n}" for n in range(5000))
    assert len(MEANINGS.of(long)) == 120
