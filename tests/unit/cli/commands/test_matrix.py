"""`parity matrix` through the command line."""

import json

import pytest

TOML = "".join(f'[environments.{n}]\nfiles = ["{n}.yaml"]\n' for n in ("a", "b", "c"))


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "parity.toml").write_text(TOML)
    for name, zone in (("a", "UTC"), ("b", "UTC"), ("c", "Europe/Berlin")):
        text = f"services: {{web: {{image: shop/web:1, environment: {{TZ: {zone}}}}}}}\n"
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def test_the_table_and_the_exit_code(cli, shop):
    code, out, _ = cli("matrix", "a", "b", "c", directory=shop)
    assert code == 1
    assert out.startswith("a, b and c differ in 1 finding: 1 error.")
    assert "1  c     Europe/Berlin" in out
    assert cli("matrix", "a", "b", "c", "--fail-on", "never", directory=shop)[0] == 0
    assert cli("matrix", "a", "b", directory=shop)[0] == 0


def test_the_other_formats(cli, shop):
    out = cli("matrix", "a", "b", "c", "--json", directory=shop)[1]
    assert json.loads(out)["standing_out"] == [{"name": "c", "settings": 1}]
    assert "| 🔴 LO001 |" in cli("matrix", "a", "c", "--format", "markdown", directory=shop)[1]
    file = shop / "m.json"
    cli("matrix", "a", "b", "--json", "-o", str(file), directory=shop)
    assert json.loads(file.read_text())["schema"] == "parity.matrix/1"


@pytest.mark.parametrize(
    "words",
    [("a",), ("a", "zz"), ("a", "b", "--service", "x"), ("--replicas", "x", "--service", "y"), ()],
)
def test_a_wrong_call_is_2(cli, shop, words):
    assert cli("matrix", *words, directory=shop)[0] == 2
