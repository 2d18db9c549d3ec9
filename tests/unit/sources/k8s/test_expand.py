import pytest

from parity.sources.k8s import draft
from parity.sources.k8s.expand import expand

KNOWN = {"A": "1", "B": "$(A)", "C D": "x"}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("$(A)", "1"),
        ("x$(A)y$(A)", "x1y1"),
        ("$$(A)", "$(A)"),
        ("$$$(A)", "$1"),
        ("$$", "$"),
        ("$(B)", "$(A)"),
        ("$(NONE)", "$(NONE)"),
        ("$(A", "$(A"),
        ("$A ${A}", "$A ${A}"),
        ("$(C D)", "x"),
        ("", ""),
        ("$($(A)", "$($(A)"),
        ("$(A)$(A", "1$(A"),
        ("a$(", "a$("),
        ("$$(A", "$(A"),
        ("$( $$ $", "$( $ $"),
        ("$", "$"),
    ],
)
def test_variables_are_expanded_as_kubernetes_does(text, result):
    assert expand(text, KNOWN) == result


def test_what_is_never_closed_takes_no_time():
    text = "$(" * 300_000
    assert expand(text, KNOWN) == text


def test_a_text_may_be_long_but_not_grow_without_end():
    assert expand("x" * 200_000, KNOWN) == "x" * 200_000
    assert expand("$(A)$(A)", {"A": "x" * 100_000}) is None


def test_variables_that_multiply_each_other_are_refused(refused, pod):
    rows = ["{name: V0, value: xxxxxxxxxx}"]
    rows += [f"{{name: V{n}, value: {f'$(V{n - 1})' * 10}}}" for n in range(1, 20)]
    assert "grows too long" in refused(pod(f"env: [{', '.join(rows)}]")).message


def test_many_expansions_are_refused_together(refused, pod, monkeypatch):
    monkeypatch.setattr(draft, "MOST_EXPANDED", 50)
    env = "env: [{name: A, value: xxxxxxxxxx}], args: [%s]"
    refused(pod(env % ", ".join(["$(A)"] * 6)))
