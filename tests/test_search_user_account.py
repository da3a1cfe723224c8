"""POST /searchUserAccount (R1): who a NIK belongs to, in the paper's own keys, messages and statuses."""

import pytest

from sih.dao.employees import Employees
from tests.facts import without_database

UNKNOWN = {"status": False, "message": "NIK Belum Terdaftar!"}
EMPTY = {"status": False, "message": "Isi NIK Anda."}
FROZEN = {"status": False, "message": "Maaf akun ini telah dinonaktifkan oleh admin!"}
FAILED = {"status": False, "message": "Gagal Mendapatkan Data User!"}


def search(person, nik: str, status: int) -> dict:
    response = person.client.post("/searchUserAccount", data={**person.tokens, "nik": nik})
    assert (response.status_code, response.mimetype) == (status, "application/json")
    return response.json


@pytest.mark.parametrize("nik", ["10000003", " 10000003\t", "\u200b10000003"])
def test_a_known_nik_tells_its_name_and_store_and_nothing_else(person, nik):
    assert search(person(None), nik, 200) == {
        "nik_karyawan": "10000003",
        "nama_karyawan": "Sari",
        "status": "T",
        "kode_toko": "T002",
        "nama_toko": "Panakkukang",
    }


@pytest.mark.parametrize("nik", ["99999999", "0", "1" * 5000, "' OR 1=1 --", "1000\x000003", "%", "\ud800"])
def test_an_unknown_nik(person, nik):
    nik = nik.encode(errors="surrogatepass")
    assert search(person(None), nik, 404) == UNKNOWN


@pytest.mark.parametrize("nik", ["", " ", "\u200b\t"])
def test_an_empty_field_is_asked_for(person, query, nik):
    assert search(person(None), nik, 422) == EMPTY
    assert query.select("SELECT key FROM throttle") == []


def test_without_the_field_it_is_asked_for(person):
    nobody = person(None)
    assert nobody.client.post("/searchUserAccount", data=nobody.tokens).json == EMPTY


def test_a_frozen_account_does_not_tell_whose_it_is(person, query):
    Employees(query).freeze("10000003")
    nobody = person(None)
    assert search(nobody, "10000003", 403) == FROZEN
    assert "Sari" not in str(nobody.client.post("/searchUserAccount", data={**nobody.tokens, "nik": "10000003"}).data)


def test_after_thirty_unknown_niks_an_address_waits(person, moved_clock):
    nobody = person(None)
    for number in range(30):
        search(nobody, f"9{number:07}", 404)
    told = search(nobody, "10000003", 429)
    assert told == {
        "status": False,
        "message": "Terlalu banyak percobaan. Silakan coba lagi dalam 600 detik.",
    }
    moved_clock(minutes=11)
    search(nobody, "10000003", 200)


@pytest.mark.parametrize("name", [None, "rini"])
def test_without_a_database_it_says_so(person, pool, name):
    somebody = person(name)
    assert somebody.tokens
    with without_database(pool):
        assert search(somebody, "10000003", 503) == FAILED
    search(somebody, "10000003", 200)


@pytest.mark.parametrize("token", ["", "of another page"])
def test_without_its_token_it_is_refused(person, token):
    nobody = person(None)
    response = nobody.client.post("/searchUserAccount", data={"csrf_token": token, "nik": "10000003"})
    assert response.status_code == 400
    assert "Sari" not in response.text


def test_it_needs_a_post(person):
    person(None).get("/searchUserAccount?nik=10000003", 405)


def test_in_english(person):
    assert search(person(None).speaks("en"), "99999999", 404)["message"] == "This NIK is not registered!"
