"""Places of settings are kept where they differ from their parent's."""

from pathlib import Path

from parity.model.environment import Environment
from parity.model.setting import FixedOrigin, Origin
from parity.sources.snapshot_origins import written_origins


class Table:
    def __init__(self, known):
        self.known = known

    def of(self, path):
        for end in range(len(path), 0, -1):
            if path[:end] in self.known:
                return Origin(*self.known[path[:end]])
        return None


def written(origins, root=Path("/repo"), base="/repo"):
    document = {
        "services": {
            "web": {"image": "a", "environment": {"A": "1", "B": "2"}, "command": ["x", "y"]}
        }
    }
    return written_origins(Environment("x", "compose", (), document, origins=origins), root, base)


def test_each_place_is_written_once_below_its_section():
    known = {
        ("services", "web"): ("/repo/c.yaml", 3),
        ("services", "web", "image"): ("/repo/c.yaml", 4),
        ("services", "web", "environment", "A"): ("/repo/web.env", 1),
        ("services", "web", "environment", "B"): ("/etc/else.env", 2),
        ("services", "web", "command", 1): ("/repo/c.yaml", 9),
    }
    assert written(Table(known)) == {
        "${project}/c.yaml": {"services.web": {"": 3, "image": 4, "command[1]": 9}},
        "${project}/web.env": {"services.web": {"environment.A": 1}},
        "/etc/else.env": {"services.web": {"environment.B": 2}},
    }


def test_one_place_for_all_is_written_once():
    assert written(FixedOrigin(Origin("docker context prod"))) == {
        "docker context prod": {"services": {"": 0}}
    }


def test_nothing_known_nothing_written():
    assert written(Table({})) == {}


def test_names_relative_to_the_project_start_from_the_repository(tmp_path):
    file = tmp_path / "compose" / "c.yaml"
    file.parent.mkdir()
    file.write_text("")
    root = tmp_path / "stacks"
    root.mkdir()
    for name in ("../compose/c.yaml", str(file)):
        found = written(FixedOrigin(Origin(name, 2)), root, str(tmp_path))
        assert found == {"${project}/compose/c.yaml": {"services": {"": 2}}}
