"""The first parity.toml as text."""

import tomllib

from parity.actions.init_text import head, text_of, without_value
from parity.actions.orchestrated import Definition, Found


def test_each_environment_has_its_reason_and_its_files(tmp_path):
    web, compose = tmp_path / "k8s/web.yaml", tmp_path / "compose.yaml"
    compose.write_text("services: {web: {environment: {A: '${TOKEN:?}'}}}\n")
    (tmp_path / ".env.development").write_text("B=1\n")
    found = [Found("kubernetes", web), Found("compose", compose), Found("ecs", tmp_path / "t.json")]
    prod = Definition("prod", "kubernetes", (web.parent,), (web,), "named for nothing else")
    dev = Definition("dev", "compose", (compose,), (compose,), "what developers run")
    text = text_of(tmp_path, found, [prod, dev])
    tree = tomllib.loads(text)
    assert tree["environments"] == {
        "prod": {"source": "kubernetes", "files": ["k8s"]},
        "dev": {"files": ["compose.yaml"], "env-files": [".env.development"]},
    }
    assert tree["check"] == {"compare": ["dev", "prod"]}
    assert "TOKEN" in tree["secrets"]
    assert "# named for nothing else" in text
    assert "#   ecs          t.json" in text


def test_nothing_chosen_leaves_a_place_to_fill_in(tmp_path):
    tree = tomllib.loads(text_of(tmp_path, [], []))
    assert tree["environments"] == {"prod": {"files": []}}
    assert "check" not in tree


def test_a_long_list_is_cut(tmp_path):
    found = [Found("devcontainer", tmp_path / f"{n}.json") for n in range(25)]
    assert "#   … and 5 more" in text_of(tmp_path, found, [])


def test_what_cannot_be_read_has_no_text(tmp_path):
    (tmp_path / "large").write_bytes(b" " * (2 * 1024**2 + 1))
    assert head(tmp_path / "large") == head(tmp_path / "missing") == ""


def test_what_is_required_and_has_no_value_is_told(tmp_path):
    file = tmp_path / "compose.yaml"
    file.write_text("services: {a: {image: '${TAG:?}', command: '${DB_PASSWORD:?} ${A} ${B:-b}'}}")
    one = Definition("prod", "compose", (file,), (file,))
    assert without_value(tmp_path, [one]) == ["TAG"]
    (tmp_path / ".env.production").write_text("TAG=1\n")
    assert without_value(tmp_path, [one]) == []
    assert without_value(tmp_path, []) == []
