"""Hashes: equal where the containers would be equal, different where they would not."""

import pytest

from parity.stack import fingerprint


def reveal(text):
    return text.replace("${secret:a}", "value")


def hashes(service, **sections):
    return fingerprint.services({"services": {"web": service}, **sections}, reveal)["web"]


def test_a_definition_is_the_same_in_every_worktree(environment, tmp_path):
    def definition(root):
        root.mkdir()
        (root / ".git").touch()
        service = {"web": {"volumes": [{"type": "bind", "source": f"{root}/conf"}]}}
        return fingerprint.definition(environment(service), root)

    assert definition(tmp_path / "one") == definition(tmp_path / "two")


def test_a_definition_does_not_depend_on_the_projects_name_but_on_all_else(environment, tmp_path):
    one, two = environment({"web": {}}), environment({"web": {}})
    two.document["name"] = "other"
    assert fingerprint.definition(one, tmp_path) == fingerprint.definition(two, tmp_path)
    two.document["services"]["web"]["image"] = "x"
    assert fingerprint.definition(one, tmp_path) != fingerprint.definition(two, tmp_path)


def test_only_paths_of_the_host_are_told_apart_from_the_checkout(environment, tmp_path):
    def definition(root, elsewhere="/srv"):
        (root / ".git").mkdir(parents=True, exist_ok=True)
        service = {
            "working_dir": f"{tmp_path}/one/x",
            "command": [f"{tmp_path}/one"],
            "build": {"context": f"{root}/app", "additional_contexts": {"a": f"{root}"}},
            "label_file": [f"{root}/labels"],
            "volumes": [
                {"type": "bind", "source": f"{root}/conf", "target": f"{tmp_path}/one"},
                {"type": "bind", "source": f"{tmp_path}/one-more", "target": "/more"},
                {"type": "bind", "source": elsewhere, "target": "/srv"},
            ],
        }
        files = {kind: {"f": {"file": f"{root}/{kind}"}} for kind in ("configs", "secrets")}
        return fingerprint.definition(environment({"web": service}, **files), root / "deploy")

    one = definition(tmp_path / "one")
    assert one == definition(tmp_path / "two")
    assert one != definition(tmp_path / "one", "/data")


@pytest.mark.parametrize(
    ("sections", "changed"),
    [
        ({"networks": {"default": {"x": 1}}}, {"networks": {"default": {"x": 2}}}),
        ({"configs": {"c": {"content": "a"}}}, {"configs": {"c": {"content": "b"}}}),
    ],
)
def test_what_a_service_uses_is_part_of_it(sections, changed):
    service = {"networks": {"default": None}, "configs": [{"source": "c"}]}
    assert hashes(service, **sections) != hashes(service, **changed)


def test_what_a_service_does_not_use_is_no_part_of_it():
    service = {"networks": {"default": None}}
    networks = {"default": {}}
    assert hashes(service, networks=networks) == hashes(service, networks={**networks, "other": {}})


@pytest.mark.parametrize("kind", ["mount", "config"])
def test_an_edited_file_is_noticed(tmp_path, kind):
    file = tmp_path / "nginx.conf"
    file.write_text("a")

    def now():
        if kind == "mount":
            mount = {"type": "bind", "source": str(file), "target": "/c", "read_only": True}
            return hashes({"volumes": [mount]})
        return hashes({"configs": [{"source": "c"}]}, configs={"c": {"file": str(file)}})

    before = now()
    assert now() == before
    file.write_text("b")
    assert now() != before


def test_data_that_the_service_itself_writes_is_not_looked_at(tmp_path):
    file = tmp_path / "data"
    mount = {"type": "bind", "source": str(file), "target": "/c"}
    before = hashes({"volumes": [mount]})
    file.write_text("written")
    assert hashes({"volumes": [mount]}) == before


def test_a_new_value_of_a_secret_is_noticed_and_not_told():
    service = {"environment": {"A": "${secret:a}"}}
    other = fingerprint.services({"services": {"web": service}}, lambda _: "other")["web"]
    assert hashes(service) != other
    assert hashes(service) == hashes({"environment": {"A": "value"}})


def test_a_missing_file_does_not_break_it(tmp_path):
    assert hashes({"configs": [{"source": "c"}]}, configs={"c": {"file": str(tmp_path / "no")}})
