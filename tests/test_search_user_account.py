"""POST /searchUserAccount (docs/paper.md, R1): who a NIK belongs to, in the paper's own keys, messages and statuses."""

import pytest

from bench.databases import opened
from sih.dao.employees import Employees
from sih.dao.query import Pool
from tests.facts import without_database

UNKNOWN = {"status": False, "message": "NIK Belum Terdaftar!"}
EMPTY = {"status": False, "message": "Isi NIK Anda."}
FROZEN = {"status": False, "message": "Maaf akun ini telah dinonaktifkan oleh admin!"}
FAILED = {"status": False, "message": "Gagal Mendapatkan Data User!"}


def search(person, nik: str, status: int) -> dict:
    response = person.client.post("/searchUserAccount", data={**person.tokens, "nik": nik})
    assert (response.status_code, response.mimetype) == (status, "application/json")
    return response.json


@pytest.mark.parametrize(
    "nik", ["10000003", " 10000003\t", "\u200b10000003", "1000 0003", "1000-0003", "\u202a10\u00a0000003\u202c"]
)
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
    response = nobody.client.post("/searchUserAccount", data={**nobody.tokens, "nik": "10000003"})
    assert response.headers["Retry-After"] == "600"
    answer = search(nobody, "10000003", 429)
    assert answer == {
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
def test_without_its_token_it_is_refused_in_json(person, token):
    nobody = person(None)
    response = nobody.client.post("/searchUserAccount", data={"csrf_token": token, "nik": "10000003"})
    assert is_told(response, 400) and "Sari" not in response.text


def test_an_old_token_is_told_in_json_to_whoever_was_signed_in(person):
    rini = person("rini")
    tokens = rini.tokens
    rini.post("/logout")
    assert is_told(rini.client.post("/searchUserAccount", data={**tokens, "nik": "10000003"}), 400)


def is_told(response, status: int) -> bool:
    """In the paper's keys, with a sentence."""
    answer = response.json
    assert (response.status_code, response.mimetype, sorted(answer)) == (
        status,
        "application/json",
        ["message", "status"],
    )
    return sorted(answer) == ["message", "status"] and answer["status"] is False and len(answer["message"]) > 10


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_method_is_refused_in_json(person, method):
    assert is_told(person(None).client.open("/searchUserAccount?nik=10000003", method=method), 405)


def test_too_much_is_refused_in_json(person):
    nobody = person(None)
    assert is_told(nobody.client.post("/searchUserAccount", data={**nobody.tokens, "nik": "1" * 600_000}), 413)


def test_a_fault_of_the_program_is_told_in_json(person, admin, database):
    nobody = person(None)
    assert nobody.tokens
    with opened(Pool(**{**admin, "dbname": database["dbname"]})) as owner:
        owner.execute(f"REVOKE SELECT ON store FROM {database['user']}")
    assert search(nobody, "10000003", 500) == FAILED


def test_in_english(person):
    assert search(person(None).speaks("en"), "99999999", 404)["message"] == "This NIK is not registered!"
