"""A secret is one wherever it stands; what may stand there by chance is left alone."""

import base64
import time

import pytest

from parity.secrecy.copies import Copies

SECRET = "kX9!vQz3LmPw7"


def found(texts, *secrets):
    return {
        text: sorted(text[start:end] for start, end in spans)
        for text, spans in Copies(secrets).spans(texts).items()
    }


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"the {SECRET} is here",
        f"x{SECRET}y",
        f"-p{SECRET}",
        f"{SECRET}{SECRET}",
    ],
)
def test_found(text):
    assert set(found(["plain", text], SECRET)[text]) == {SECRET}


def test_found_in_other_encodings():
    assert found(["kX9%21vQz3LmPw7"], SECRET) == {"kX9%21vQz3LmPw7": ["kX9%21vQz3LmPw7"]}
    encoded = base64.b64encode(SECRET.encode()).decode()
    assert list(found([f"data: {encoded}"], SECRET)) == [f"data: {encoded}"]
    assert list(found([SECRET], "kX9%21vQz3LmPw7")) == [SECRET]
    assert list(found([SECRET], f" {SECRET}\n")) == [SECRET]


@pytest.mark.parametrize(
    "secret", ["postgres", "hello_django", "shop", "123456", "admin", "a!b2", ""]
)
def test_words_and_small_values_are_left_alone(secret):
    assert found([secret, f"x {secret} y"], secret) == {}


def test_values_without_a_run_of_letters_are_found_too():
    assert list(found(["x a!B@c#1$d%9^ y"], "a!B@c#1$d%9^")) == ["x a!B@c#1$d%9^ y"]


def test_parts_of_a_secret_are_none():
    assert found(["kX9!vQz3", "vQz3LmPw7", ""], SECRET) == {}


def test_many_secrets_and_texts_take_no_time():
    secrets = [f"kX9v{number:05}LmPw7!z" for number in range(3000)]
    texts = [f"value-{number}-of-many-settings" for number in range(100_000)]
    started = time.process_time()
    hits = found([*texts, f"see {secrets[17]}"], *secrets)
    assert hits == {f"see {secrets[17]}": [secrets[17]]}
    assert time.process_time() - started < 5
