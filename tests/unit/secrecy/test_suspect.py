"""The first look may take a plain value for a suspect, never a secret for plain."""

import importlib.util
import random
from pathlib import Path

import pytest

from parity.secrecy import detect, texts, tokens
from parity.secrecy.suspect import suspicious, worth_reading


def neighbour(name):
    file = Path(__file__).with_name(f"test_{name}.py")
    spec = importlib.util.spec_from_file_location(f"{name}_for_suspect", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def parameters(test):
    return [row for mark in test.pytestmark for row in mark.args[1]]


HOLDING = [
    *(row[0] for row in parameters(neighbour("texts").test_found)),
    *parameters(neighbour("tokens").test_known_forms_alone_and_within_a_text),
    *parameters(neighbour("tokens").test_random_texts),
]
PLAIN = ["info", "8080", "true", "http://api:8080/v1", "value-1-2-3", "Europe/Berlin", "a,b,c", ""]


@pytest.mark.parametrize("value", HOLDING)
def test_whatever_holds_a_secret_is_a_suspect(value):
    assert texts.spans(value) or tokens.spans(value)
    assert suspicious([*PLAIN, value, *PLAIN]) == {len(PLAIN)}
    assert suspicious([value.upper()] if value.islower() else [value]) == {0}


@pytest.mark.parametrize("value", [row for row in HOLDING if texts.spans(row)])
def test_whatever_holds_one_in_a_text_is_worth_reading(value):
    assert worth_reading(value)


@pytest.mark.parametrize("prefix", ["sk_test_", "AKIA", "ghs_", "xoxp-", "glpat-", "SG.", "eyJ"])
def test_every_form_that_is_a_secret_as_a_whole_is_a_suspect(prefix):
    value = prefix + "0123456789abcdef.0123456789.x"
    value = next((v for v in (value, prefix + "ABCDEF0123456789ABCD") if detect.token_form(v)), "")
    assert suspicious([value]) == {0} or not value


def test_plain_values_are_none():
    assert suspicious(PLAIN) == set()
    assert suspicious([]) == set()
    assert not worth_reading("just a sentence")


def test_the_index_is_the_values_own():
    values = [f"value-{number}" for number in range(500)]
    chosen = set(random.Random(3).sample(range(500), 40))
    marked = [f"x password={v}" if i in chosen else v for i, v in enumerate(values)]
    assert suspicious(marked) == chosen


def test_letters_that_grow_when_small_do_not_move_the_index():
    assert 2 in suspicious(["İİİİİİ", "plain", "password=abc"])
