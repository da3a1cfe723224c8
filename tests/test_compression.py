"""Text responses are compressed where the browser accepts it, and their length reveals no secret (BREACH)."""

import gzip
import re

import pytest

from sih.web import compression
from sih.web.masks import masked, unmasked
from tests.company import PIN
from tests.serving import HOST, Server

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
CSS = "/static/css/sih.css"
VARYING = re.compile(r'nonce="[^"]*"|value="[A-Za-z0-9_-]{100,}"|value="[0-9a-f-]{36}"|[0-9a-f]{16}|since=[0-9]+')


def plain(response) -> bytes:
    assert response.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in response.vary
    assert int(response.headers["Content-Length"]) == len(response.data) or not response.data
    return gzip.decompress(response.data)


@pytest.mark.parametrize("path", ["/problems", "/problems/new", "/profile", "/problems?q=printer", "/nowhere"])
def test_a_compressed_page_is_the_same_page(person, problem, path):
    problem()
    client = person("rini").client
    whole, packed = client.get(path), client.get(path, headers=GZIP)
    assert "Content-Encoding" not in whole.headers and "Accept-Encoding" in whole.vary
    assert VARYING.sub("", plain(packed).decode()) == VARYING.sub("", whole.text)
    assert len(packed.data) < len(whole.data) / 2 and packed.status_code == whole.status_code


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("*", True),
        ("br;q=1, gzip;q=0.2", True),
        ("", False),
        ("br", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0, *;q=1", False),
        ("*;q=0", False),
        ("gzip;q=0.2, identity;q=0.8", False),
        ("gzip;q=", True),
        ("\t,;=q", False),
    ],
)
@pytest.mark.parametrize("path", ["/login", CSS])
def test_the_accept_encoding_header_decides(person, path, accepted, is_packed):
    response = person(None).client.get(path, headers={"Accept-Encoding": accepted})
    assert ("Content-Encoding" in response.headers) == is_packed and "Accept-Encoding" in response.vary


def test_a_static_file_is_compressed_once_at_the_best_level(person, app, monkeypatch):
    client, whole = person(None).client, person(None).client.get(CSS)
    packed = client.get(CSS, headers=GZIP)
    assert plain(packed) == whole.data
    monkeypatch.setattr(compression, "_gzipped", None)
    again = client.get(CSS, headers=GZIP)
    assert again.data == packed.data and len(packed.data) <= len(gzip.compress(whole.data, 9)) + 10


def test_a_cached_file_is_not_sent_again_in_either_encoding(person):
    client = person(None).client
    whole, packed = client.get(CSS), client.get(CSS, headers=GZIP)
    etags = [response.headers["ETag"] for response in (whole, packed)]
    assert len(set(etags)) == 2
    for etag in etags:
        response = client.get(CSS, headers=GZIP | {"If-None-Match": etag})
        assert (response.status_code, response.data, response.headers["ETag"]) == (304, b"", etag)
        assert "Accept-Encoding" in response.vary and "Content-Encoding" not in response.headers
    assert client.get(CSS, headers={"If-None-Match": etags[1]}).status_code == 200
    since = {"If-Modified-Since": whole.headers["Last-Modified"]}
    assert client.get(CSS, headers=GZIP | since).status_code == 304


def test_a_range_is_a_part_of_the_uncompressed_file(person):
    client = person(None).client
    whole, packed = client.get(CSS), client.get(CSS, headers=GZIP)
    part = client.get(CSS, headers=GZIP | {"Range": "bytes=10-1999"})
    assert (part.status_code, part.data) == (206, whole.data[10:2000]) and "Content-Encoding" not in part.headers
    assert part.headers["ETag"] == whole.headers["ETag"] and "Accept-Ranges" not in packed.headers
    ranged = GZIP | {"Range": "bytes=10-1999", "If-Range": packed.headers["ETag"]}
    assert plain(client.get(CSS, headers=ranged)) == whole.data


@pytest.mark.parametrize("path", ["/login", CSS])
def test_a_head_request_has_the_headers_of_the_get_response(person, path):
    client = person(None).client
    response = client.head(path, headers=GZIP)
    assert response.data == b"" and response.headers["Content-Encoding"] == "gzip"
    assert int(response.headers["Content-Length"]) > 500


def test_compressed_streamed_and_short_responses_stay_uncompressed(person):
    for name, path in (
        ("adi", "/exports?noun=store&format=xlsx"),
        ("adi", "/exports?noun=store&format=csv"),
        ("adi", "/stores/1/labels"),
        ("susi", "/recap-files?period=2026&format=pdf"),
        ("rini", "/healthz"),
        ("rini", "/"),
    ):
        assert "Content-Encoding" not in person(name).client.get(path, headers=GZIP).headers, path


def test_a_page_of_an_activation_code_is_not_compressed(person, employees):
    adi = person("adi")
    response = adi.client.post(f"/employees/{employees['rini'].id}/activation-codes", data=adi.tokens, headers=GZIP)
    assert response.cache_control.no_store and "Content-Encoding" not in response.headers


def test_two_pages_of_a_session_have_different_valid_tokens(person):
    rini = person("rini")
    pages = [rini.get("/problems/new") for _ in range(2)]
    for name in ("csrf_token", "author"):
        tokens = [{field["value"] for field in page.select(f"[name={name}]")} for page in pages]
        assert [len(each) for each in tokens] == [1, 1]
        (one,), (other,) = tokens
        assert one != other and not pieces(one) & pieces(other)
    for page in pages:
        fields = {name: page.select_one(f"[name={name}]")["value"] for name in ("csrf_token", "author")}
        assert rini.client.post("/language", data=fields | {"language": "id"}).status_code == 303


def pieces(token: str) -> set[str]:
    return {token[place : place + 6] for place in range(len(token) - 5)}


@pytest.mark.parametrize("name", [None, "rini", "gita", "adi"])
def test_no_page_repeats_a_secret_of_another_page(person, problem, name):
    """What repeats from page to page and is no word: the raw token, its signed form, the number of the session."""
    number = problem()
    visitor = person(name)
    paths = ["/login"] if name is None else ["/problems", f"/problems/{number}", "/problems?q=abc"]
    for path in paths:
        page = visitor.get(path)
        with visitor.client.session_transaction() as session:
            secrets = [session["csrf_token"], session.get("_user_id", "-" * 9)]
        assert page.select("[name=csrf_token]")
        for secret in secrets:
            assert secret not in str(page), path


def test_equal_pages_differ_in_length(person):
    client = person(None).client
    assert len({len(client.get("/login", headers=GZIP).data) for _ in range(20)}) > 5


@pytest.mark.parametrize("token", ["", "x", "é", "AAAA", "A" * 243, "====", "AAA=AAA"])
def test_a_forged_token_is_refused(person, token):
    assert person("rini").client.post("/language", data={"csrf_token": token}).status_code == 400
    assert unmasked(masked(token)) == token


def test_an_unmasked_token_is_refused(person):
    rini = person("rini")
    raw = unmasked(rini.tokens["csrf_token"])
    assert rini.client.post("/language", data={"csrf_token": raw, "language": "en"}).status_code == 400


def test_a_sign_in_works_in_a_browser_that_takes_gzip(person, employees):
    client = person(None).client
    page = plain(client.get("/login", headers=GZIP)).decode()
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)[1]
    fields = {"csrf_token": token, "nik": employees["rini"].nik, "pin": PIN}
    assert client.post("/login", data=fields, headers=GZIP).status_code == 303


def test_the_server_sends_files_compressed_whole_or_in_part(shared_database, tmp_path):
    """Its own way to send a file is another one than that of the other tests."""
    server = Server(shared_database, tmp_path / "log")
    try:
        server.wait_until_ready()
        head = f"GET {CSS} HTTP/1.1\r\nHost: {HOST}\r\n"
        with server.connect() as client:
            _, whole = client.ask(f"{head}\r\n")
            for _ in range(2):
                status, packed = client.ask(f"{head}Accept-Encoding: gzip\r\n\r\n")
                assert status == 200 and gzip.decompress(packed) == whole
            assert client.ask(f"{head}Accept-Encoding: gzip\r\nRange: bytes=5-9\r\n\r\n") == (206, whole[5:10])
    finally:
        server.stop()
