"""The stored forms of PINs and codes: a stolen database alone reveals neither."""

import pytest

from sih.domain import pins

KEY = "a key of these tests"


def test_argon2id_with_a_salt_of_its_own():
    first, second = (pins.hash_pin("135790", KEY) for _ in range(2))
    assert first.startswith("$argon2id$") and first != second
    assert pins.matches(first, "135790", KEY) and pins.matches(second, "135790", KEY)


@pytest.mark.parametrize(("pin", "key"), [("135791", KEY), ("135790", "another key"), ("", KEY), ("\x00", KEY)])
def test_another_pin_or_another_key_does_not_open_it(pin, key):
    assert not pins.matches(pins.hash_pin("135790", KEY), pin, key)


@pytest.mark.parametrize("kept", ["", "x", "$argon2id$", "135790"])
def test_an_invalid_hash_accepts_no_pin(kept):
    with_any = [pins.matches(kept, pin, KEY) for pin in ("", "135790", kept)]
    assert with_any == [False] * 3


def test_a_code_is_ten_unambiguous_letters():
    codes = {pins.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 10 and not set(code) & set("IO01") for code in codes)


def test_a_code_is_stored_as_an_hmac():
    assert pins.code_hmac("ABCDE23456", KEY) == pins.code_hmac(" abcde-23456 ", KEY)
    assert pins.code_hmac("ABCDE23456", KEY) != pins.code_hmac("ABCDE23456", "another key")
