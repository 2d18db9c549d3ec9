import time

import pytest

from parity.errors import DefinitionError
from parity.sources import yaml_build
from parity.sources.yaml_build import build


def test_each_document_comes_with_its_value_marks_and_first_line():
    assert list(build("a: {b: 1}\n---\n- x\n", "f")) == [
        ({"a": {"b": 1}}, {"a": (1, {"b": (1, None)})}, 1),
        (["x"], {0: (3, None)}, 3),
    ]


def test_anchors_end_with_their_document():
    with pytest.raises(DefinitionError, match=r"\*a refers to nothing"):
        list(build("x: &a 1\n---\ny: *a\n", "f"))


def test_the_number_of_values_is_limited(monkeypatch):
    monkeypatch.setattr(yaml_build, "MAX_NODES", 5)
    assert list(build("[1, 2, 3, 4]", "f"))
    with pytest.raises(DefinitionError, match="more than 5 values"):
        list(build("[1, 2, 3, 4, 5]", "f"))


def test_large_documents_take_a_bearable_time():
    start = time.monotonic()
    list(build("\n".join(f"k{n}: [a, b, {{c: d}}]" for n in range(20_000)), "f"))
    assert time.monotonic() - start < 20


def test_of_a_json_file_json_is_spoken():
    with pytest.raises(DefinitionError, match="not JSON: expecting ',' delimiter") as caught:
        list(build('{\n  "a": 1\n  "b": 2\n}\n', "task.json"))
    assert caught.value.where == "task.json:3"
    with pytest.raises(DefinitionError, match="not YAML"):
        list(build('{\n  "a": 1\n  "b": 2\n}\n', "task.yaml"))
