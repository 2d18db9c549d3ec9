"""Fingerprints: keyed, slow, and only for what cannot be found by trying."""

import time

import pytest

from parity.model.hidden import Hidden
from parity.secrecy import fingerprint, shape

KEY = "k" * 64
STRONG = "kX9vQz3LmPw7RtYb2NdF4hJs"
OTHER = "aB3dEf6hIj9lMn2pQr5tUv8x"


def test_a_fingerprint_names_its_key_and_depends_on_it():
    made = fingerprint.fingerprint(STRONG, KEY)
    scheme, key_id, digest = made.split(":")
    assert (scheme, key_id) == ("scrypt", fingerprint.key_id(KEY))
    assert len(bytes.fromhex(digest)) == 16
    assert made == fingerprint.fingerprint(STRONG, KEY)
    assert made != fingerprint.fingerprint(OTHER, KEY)
    other_key = fingerprint.fingerprint(STRONG, "z" * 64)
    assert other_key.split(":")[2] != digest
    assert other_key.split(":")[1] != key_id
    assert KEY not in made
    assert STRONG not in made


def test_it_is_slow():
    started = time.process_time()
    fingerprint.fingerprint(STRONG, KEY)
    assert time.process_time() - started > 0.004


def test_any_text_has_one():
    for value in ("\udcff" * 20, "ä€😀" * 9, "\0" * 30):
        assert fingerprint.fingerprint(value, KEY).startswith("scrypt:")


def test_weak_values_get_none():
    made = fingerprint.slow(KEY)([STRONG, "hunter2", "postgres_password", STRONG, OTHER, "x" * 40])
    assert set(made) == {STRONG, OTHER}
    assert made[STRONG] == fingerprint.fingerprint(STRONG, KEY)


def test_many_values_keep_their_own():
    values = [f"{STRONG}{number}" for number in range(5)]
    made = fingerprint.slow(KEY)(values)
    assert made == {value: fingerprint.fingerprint(value, KEY) for value in values}


@pytest.mark.parametrize(
    ("other", "asked"),
    [
        (Hidden("alnum", 24, f"scrypt:{fingerprint.key_id(KEY)}:00"), True),
        (Hidden("alnum", 25, f"scrypt:{fingerprint.key_id(KEY)}:00"), False),
        (Hidden("hex", 24, f"scrypt:{fingerprint.key_id(KEY)}:00"), False),
        (Hidden("alnum", 24, "scrypt:00000000:00"), False),
        (Hidden("alnum", 24), False),
        (Hidden("alnum", 25, f"scrypt:{fingerprint.key_id(KEY)}:00", core="scrypt:x:y"), True),
    ],
)
def test_only_what_could_equal_the_other_side_is_worth_the_time(other, asked):
    assert (STRONG in fingerprint.like(KEY, [other])([STRONG])) is asked


def test_one_run_numbers_values_whatever_their_strength():
    prints = fingerprint.numbered()
    assert prints(["a", "b", "a"]) == {"a": "run:1", "b": "run:2"}
    assert prints(["c", "b"]) == {"c": "run:3", "b": "run:2"}
    assert fingerprint.numbered()(["b"]) == {"b": "run:1"}


def test_no_key_no_fingerprints():
    assert fingerprint.none()([STRONG]) == {}
    assert shape.strong(STRONG)
