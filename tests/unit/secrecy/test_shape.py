"""Shapes tell kind, length and invisible trouble; only strong values get a fingerprint."""

import base64
import random
import string

import pytest

from parity.secrecy import shape


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("31415926", "digits"),
        ("deadbeef01", "hex"),
        ("Zm9vYmFyYmF6", "alnum"),
        ("ab+/cd==", "base64"),
        ("p@ss!", "printable"),
        ("correct horse", "text"),
        ("pässword", "unicode"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", "jwt"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n", "pem"),
        ("123e4567-e89b-12d3-a456-426614174000", "uuid"),
        ("", "unicode"),
        ('"hunter2"\n', "alnum"),
    ],
)
def test_kind(value, kind):
    assert shape.kind(value) == kind


@pytest.mark.parametrize(
    ("value", "edges"),
    [
        ("hunter2", ()),
        ("hunter2\n", ("newline after",)),
        ("hunter2\r\n", ("carriage return after",)),
        ("hunter2\r", ("carriage return after",)),
        (" hunter2", ("space before",)),
        ("hunter2\t", ("space after",)),
        ('"hunter2"', ("quotes around",)),
        ("'hunter2'", ("quotes around",)),
        ("\ufeffhunter2", ("byte order mark before",)),
        ("hun\u200bter2", ("zero-width character",)),
        ('hunter2"', ()),
        ("a\nb", ()),
        (base64.b64encode(b"hunter2 and more").decode(), ("base64 of a text",)),
        (base64.b64encode(bytes(range(200, 224))).decode(), ()),
        ("passwordpassword", ()),
        ("-----BEGIN X-----\nMII\n-----END X-----\n", ()),
        (r"-----BEGIN X-----\nMII\n-----END X-----\n", (r"line ends written as \n",)),
        (r"-----BEGIN X-----\r\nMII\r\n-----END X-----", (r"line ends written as \n",)),
        (r"-----BEGIN X-----\\nMII\\n-----END X-----", (r"line ends written as \\n",)),
    ],
)
def test_edges(value, edges):
    assert shape.edges(value) == edges


@pytest.mark.parametrize("end", ["\n", r"\n", r"\r\n", r"\\n"])
def test_keys_with_written_line_ends_have_one_core(end):
    real = "-----BEGIN X-----\nMIIE\n-----END X-----"
    assert shape.core(real.replace("\n", end) + end) == real


@pytest.mark.parametrize("value", ['"s3cret x"\n', " s3cret x", "s3cret x\r\n", "\ufeffs3cret x"])
def test_the_core_is_the_value_without_its_edges(value):
    assert shape.core(value) == "s3cret x"
    assert shape.core(base64.b64encode(b"s3cret x").decode()) == "s3cret x"


@pytest.mark.parametrize(
    "value",
    [
        "hunter2",
        "password",
        "changeme-please",
        "correcthorsebattery",
        "Summer2024Summer2024",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "12345678901234567890",
        "postgres_password_prod",
        "admin123admin123",
        "0000-0000-0000-0000",
        "my-super-secret-token",
        "qwertyuiop123",
        "insecure-django-key",
        "REPLACE_LICENSE_KEY_HERE",
        "a1B2c3D4",
        base64.b64encode(b"password1").decode(),
    ],
)
def test_weak_values_get_no_fingerprint(value):
    assert not shape.strong(value)


@pytest.mark.parametrize("alphabet", [string.hexdigits[:16], string.ascii_letters + string.digits])
@pytest.mark.parametrize("length", [24, 32, 64])
def test_generated_values_do(alphabet, length):
    choose = random.Random(length).choice
    values = ["".join(choose(alphabet) for _ in range(length)) for _ in range(200)]
    # By chance one is mostly a number, and the estimate is from below.
    assert sum(map(shape.strong, values)) >= 190


def test_strength_is_that_of_the_core():
    assert not shape.strong("hunter2" + "\n" * 40)
    assert shape.strong("kX9vQz3LmPw7RtYb2NdF\n")


def test_the_record_holds_nothing_of_the_value():
    made = shape.hidden("kX9vQz3LmPw7RtYb2NdF\n", fingerprint="run:1", core="run:2", name="db")
    assert "kX9v" not in repr(made)
    assert (made.kind, made.length, made.edges) == ("alnum", 21, ("newline after",))
    assert (made.fingerprint, made.core, made.name) == ("run:1", "run:2", "db")
