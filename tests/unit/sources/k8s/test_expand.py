import pytest

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
        ("$", "$"),
    ],
)
def test_variables_are_expanded_as_kubernetes_does(text, result):
    assert expand(text, KNOWN) == result
