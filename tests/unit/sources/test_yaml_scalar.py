import math

import pytest

from parity.sources.yaml_scalar import resolve

STR = "tag:yaml.org,2002:str"
INT = "tag:yaml.org,2002:int"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("yes", True),
        ("Off", False),
        ("0644", 420),
        ("0o644", 420),
        ("0x1f", 31),
        ("0b11", 3),
        ("1_000", 1000),
        ("-5", -5),
        ("+5", 5),
        ("0", 0),
        ("1.10", 1.1),
        ("1e3", 1000.0),
        (".5", 0.5),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
        ("1:30", "1:30"),
        ("2024-01-01", "2024-01-01"),
        ("1.2.3", "1.2.3"),
        ("089", 89.0),
        ("yEs", "yEs"),
        ("512Mi", "512Mi"),
        ("_1", "_1"),
        ("9" * 5000, "9" * 5000),
        ("٣", "٣"),
    ],
)
def test_plain_scalars_mean_what_kubernetes_reads(text, value):
    found = resolve(text, plain=True)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", ["", "yes", "null", "5", "0644"])
def test_quotes_keep_a_text_a_text(text):
    assert resolve(text, plain=False) == text


def test_a_tag_decides():
    assert resolve("5", plain=True, tag=STR) == "5"
    assert resolve("5", plain=False, tag="!") == "5"
    assert resolve("5", plain=False, tag=INT) == 5
    assert resolve("5", plain=False, tag="!reset") == "5"


def test_not_a_number_is_one():
    assert math.isnan(resolve(".nan", plain=True))
