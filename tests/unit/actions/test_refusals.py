"""Names that mean nothing are told with file, line and the nearest one."""

from types import SimpleNamespace

import pytest

from parity.actions.diff_request import DiffRequest
from parity.actions.refusals import refuse_unknown_names
from parity.config.load import load
from parity.errors import ConfigError, UsageError
from parity.model.setting import Layer
from parity.paths import ProjectPaths
from parity.rules.registry import catalogue

SIDES = "[environments.dev]\n[environments.prod]\n"


def side(name, *services):
    layers = frozenset({Layer.DECLARED})
    return SimpleNamespace(name=name, services=dict.fromkeys(services), layers=layers)


@pytest.fixture
def look(tmp_path):
    def at(text, **request):
        (tmp_path / "parity.toml").write_text(SIDES + text)
        paths = ProjectPaths(tmp_path)
        both = (side("dev", "shop", "db"), side("prod", "store", "db"))
        refuse_unknown_names(paths, load(paths), DiffRequest(**request), both, catalogue())

    return at


def test_what_exists_is_not_refused(look):
    look('[rules]\nEN001 = "off"\n[diff]\npairs = { shop = "store" }\n')
    look("", services=frozenset({"shop", "store"}), layers=frozenset({Layer.DECLARED}))


def test_an_unknown_rule_has_its_line(look, tmp_path):
    with pytest.raises(ConfigError, match="no rule called `XX1`") as caught:
        look('[rules]\nEN001 = "off"\nXX1 = "off"\n')
    assert caught.value.where == f"{tmp_path / 'parity.toml'}:5"


@pytest.mark.parametrize(
    ("pair", "message", "step"),
    [
        ('shp = "store"', "dev has no service `shp`", "did you mean `shop`"),
        ('shop = "stoer"', "prod has no service `stoer`", "did you mean `store`"),
        ('shop = "xyzzy"', "prod has no service `xyzzy`", "services: db, store"),
    ],
)
def test_an_unknown_name_in_a_pair_has_its_line_and_the_nearest(
    look, tmp_path, pair, message, step
):
    with pytest.raises(ConfigError, match=message) as caught:
        look(f"[diff]\npairs = {{ {pair} }}\n")
    assert caught.value.where == f"{tmp_path / 'parity.toml'}:4"
    assert step in caught.value.next_step


def test_pairs_are_for_the_usual_two(look):
    look('[diff]\npairs = { shp = "store" }\n', left="prod", right="dev")


def test_unknown_services_and_layers_of_a_call(look):
    with pytest.raises(UsageError, match="no service called `shopp`"):
        look("", services=frozenset({"shopp"}))
    with pytest.raises(UsageError, match="was not read"):
        look("", layers=frozenset({Layer.IMAGE}))
