"""`parity diff --explain` and `--since` through the command line."""

import json

import pytest

TOML = '[environments.dev]\nfiles = ["dev.yaml"]\n[environments.prod]\nfiles = ["prod.yaml"]\n'


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setenv("PARITY_KEY", "k" * 40)
    (tmp_path / "parity.toml").write_text(TOML)
    for name, zone in (("dev", "UTC"), ("prod", "Europe/Berlin")):
        text = f"services:\n  web:\n    image: shop/web:1\n    environment: {{TZ: {zone}}}\n"
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def test_one_setting_is_explained(cli, shop):
    words = ("diff", "dev", "prod", "--explain", "web.environment.TZ", "--layers", "running")
    code, out, _ = cli(*words, directory=shop)
    assert code == 0
    assert out.startswith("services.web.environment.TZ differs between dev and prod, compared")
    assert "dev.yaml:4" in out
    assert "LO001 (error)" in out
    tree = json.loads(cli(*words, "--json", directory=shop)[1])
    assert (tree["left"]["in_effect"], tree["right"]["in_effect"]) == ("UTC", "Europe/Berlin")
    assert tree["right"]["layers"][0]["origin"] == {"file": "prod.yaml", "line": 4}


@pytest.mark.parametrize("words", [("--explain", "web.nothing"), ("--explain", "x.image")])
def test_what_is_no_setting_is_2(cli, shop, words):
    code, out, err = cli("diff", "dev", "prod", "--layers", "running", *words, directory=shop)
    assert (code, out) == (2, "")
    assert "next:" in err


def test_an_explanation_is_text_or_json(cli, shop):
    words = ("--explain", "web.environment.TZ", "--layers", "running", "--format", "html")
    assert cli("diff", "dev", "prod", *words, directory=shop)[0] == 2


def test_what_changed_since_a_snapshot(cli, shop):
    assert cli("capture", "prod", directory=shop)[0] == 0
    code, out, _ = cli("diff", "prod", "--since", "newest", directory=shop)
    assert code == 0
    assert "No findings between prod of" in out
    file = shop / "prod.yaml"
    file.write_text(file.read_text().replace("Europe/Berlin", "UTC"))
    code, out, _ = cli("diff", "--since", str(shop / "environments/prod.json"), directory=shop)
    assert code == 1
    assert "Note: what changed in prod since" in out
    words = ("--since", "newest", "--explain", "web.environment.TZ")
    out = cli("diff", "prod", *words, directory=shop)[1]
    assert "the snapshot does not hold it" in out
    assert cli("diff", "dev", "--since", "newest", directory=shop)[0] == 2
