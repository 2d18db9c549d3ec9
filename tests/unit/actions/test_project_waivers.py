"""Waivers of parity.toml and of the baseline."""

import pytest

from parity.actions.project_waivers import baseline_of, waivers_of
from parity.config.load import load
from parity.errors import ConfigError
from parity.paths import ProjectPaths

WAIVER = '[[waivers]]\nrule = "DF001"\nsetting = "services.{}"\nreason = "x"\n'


def test_each_knows_where_it_is_written(tmp_path):
    (tmp_path / "parity.toml").write_text("# first\n" + WAIVER.format("a") + WAIVER.format("b"))
    (tmp_path / "parity.baseline.toml").write_text(WAIVER.format("c"))
    paths = ProjectPaths(tmp_path)
    found = waivers_of(paths, load(paths))
    assert [w.setting for w in found.tables] == ["services.a", "services.b", "services.c"]
    assert [str(o).removeprefix(f"{tmp_path}/") for o in found.origins] == [
        "parity.toml:2",
        "parity.toml:6",
        "parity.baseline.toml:1",
    ]


def test_no_baseline_is_none(tmp_path):
    assert baseline_of(ProjectPaths(tmp_path)) == ()


@pytest.mark.parametrize(
    "text",
    ["[[waivers]\n", "waivers = 3\n", "[[waivers]]\nrool = 1\n", "\0"]
    + [
        WAIVER.replace('"DF001"', "3"),
        WAIVER.replace('"x"', '["x"]'),
        WAIVER + 'expires = "2031-01-01"\n',
        WAIVER + "expires = 2031-01-01T00:00:00\n",
    ],
)
def test_a_broken_baseline_is_named(tmp_path, text):
    (tmp_path / "parity.baseline.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"parity\.baseline\.toml cannot be read"):
        baseline_of(ProjectPaths(tmp_path))
