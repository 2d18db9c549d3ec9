"""Lines of keys in a TOML text."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.config.positions import line_of

TEXT = """\
# comment with key = value
[project]
name = "shop"

[environments.prod]
files = [
  "compose.yaml",
]
env-files = []
[environments."with.dot"]
source = "compose"

[local]
max-replicas = 3
[[local.override]]
path = "a"
[[local.override]]
path = "b"
reason = "c"
[secrets]
'single' = {}
a.b = 1
"""


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (("project", "name"), 3),
        (("environments", "prod", "files"), 6),
        (("environments", "prod", "files", 0), 6),
        (("environments", "with.dot", "source"), 11),
        (("local", "max-replicas"), 14),
        (("local", "override", 0, "path"), 16),
        (("local", "override", 1, "path"), 18),
        (("local", "override", 1, "value"), 17),
        (("secrets", "single"), 21),
        (("secrets", "a", "b"), 22),
        (("environments", "prod"), 5),
        (("nowhere",), 1),
        ((), 1),
    ],
)
def test_a_setting_has_the_line_it_stands_on(location, line):
    assert line_of(TEXT, location) == line


@given(st.text(max_size=200), st.lists(st.text(max_size=5) | st.integers(), max_size=4))
def test_no_text_breaks_it(text, location):
    assert 1 <= line_of(text, location) <= max(1, len(text.splitlines()))


NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)


@given(st.dictionaries(NAMES, st.dictionaries(NAMES, st.integers(0, 9), max_size=4), max_size=4))
def test_each_key_of_a_plain_file_is_found_where_it_is(tree):
    lines = []
    expected = {}
    for table, body in tree.items():
        lines.append(f"[{table}]")
        expected[table,] = len(lines)
        for key, value in body.items():
            lines.append(f"  {key} = {value}  # {key} = x")
            expected[table, key] = len(lines)
    text = "\n".join(lines)
    assert tomllib.loads(text) == tree
    assert {location: line_of(text, location) for location in expected} == expected
