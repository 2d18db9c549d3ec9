"""The first parity.toml as text."""

import tomllib

from parity.actions.init_text import text_of
from parity.actions.orchestrated import Definition, Found


def test_each_environment_has_its_reason_and_its_files(tmp_path):
    web, compose = tmp_path / "k8s/web.yaml", tmp_path / "compose.yaml"
    compose.write_text("services: {web: {environment: {A: '${TOKEN:?}'}}}\n")
    (tmp_path / ".env.development").write_text("B=1\n")
    found = [Found("kubernetes", web), Found("compose", compose), Found("ecs", tmp_path / "t.json")]
    prod = Definition("prod", "kubernetes", (web.parent,), (web,), "named for nothing else")
    own = (tmp_path / ".env.development",)
    dev = Definition("dev", "compose", (compose,), (compose,), "what developers run", own)
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


def test_what_was_decided_is_written_where_it_counts(tmp_path):
    compose, example = tmp_path / "compose.yaml", tmp_path / "env.example"
    compose.write_text(
        "services: {web: {build: ., profiles: [a, b]}, db: {image: x/db, profiles: [b]}}\n"
    )
    example.write_text("A=1\n")
    one = Definition("prod", "compose", (compose,), (compose,), "", (example,), ("b",))
    text = text_of(tmp_path, [], [one])
    tree = tomllib.loads(text)
    prod = {"files": ["compose.yaml"], "env-files": ["env.example"], "profiles": ["b"]}
    assert (tree["environments"]["prod"], tree["local"]) == (prod, {"build": ["web"]})
    assert "others: a" in text


def test_profiles_that_nobody_needs_are_named_in_a_comment(tmp_path):
    file = tmp_path / "compose.yaml"
    file.write_text("services: {web: {image: a}, mail: {image: b, profiles: [mail]}}\n")
    one = Definition("prod", "compose", (file,), (file,))
    assert '# profiles = ["mail"]' in text_of(tmp_path, [], [one])
    cluster = Definition("prod", "kubernetes", (file,), (file,))
    assert "# profiles" not in text_of(tmp_path, [], [cluster])


def test_a_name_cannot_leave_its_comment(tmp_path):
    file = tmp_path / "compose.yaml"
    file.write_text('services: {web: {image: a, profiles: [a, "b\\n[x]"]}}\n')
    one = Definition("prod", "compose", (file,), (file,), profiles=("a",))
    found = [Found("kubernetes", tmp_path / "k8s\n[y]\n/web.yaml")]
    tree = tomllib.loads(text_of(tmp_path, found, [one]))
    assert not {"x", "y"} & set(tree)
    idle = Definition("prod", "compose", (file,), (file,))
    file.write_text('services: {web: {image: a}, b: {image: a, profiles: ["b\\n[x]"]}}\n')
    assert "x" not in tomllib.loads(text_of(tmp_path, [], [idle]))
