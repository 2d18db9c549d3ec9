"""Paths of the reading machine start from the repository; paths in containers are none of them."""

import pytest

from parity.sources.snapshot_base import base_of, moved, with_base, without_base


def test_the_base_is_the_work_tree_else_the_project_else_the_folder(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert base_of(inner) == inner
    (tmp_path / "a" / "parity.toml").write_text("")
    assert base_of(inner) == tmp_path / "a"
    (tmp_path / ".git").write_text("gitdir: elsewhere")
    assert base_of(inner) == tmp_path


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/srv/app", "${project}"),
        ("/srv/app/x/y", "${project}/x/y"),
        ("/srv/application", "/srv/application"),
        ("/etc/x", "/etc/x"),
        ("./x", "./x"),
        ("", ""),
    ],
)
def test_there_and_back(path, written):
    assert without_base(path, "/srv/app") == written
    assert with_base(written, "/srv/app") == path
    assert with_base(written, "/else") == path.replace("/srv/app", "/else") or written == path


def test_only_places_that_are_paths_of_the_machine_move():
    document = {
        "services": {
            "web": {
                "build": {
                    "context": "/app",
                    "additional_contexts": {"a": "/app/a"},
                    "args": {"P": "/app"},
                },
                "volumes": [{"type": "bind", "source": "/app/conf", "target": "/app/conf"}],
                "environment": {"HOME": "/app", "source": "/app"},
                "command": ["/app/run"],
                "working_dir": "/app",
                "develop": {"watch": [{"path": "/app/src", "target": "/app/src"}]},
            },
            "odd": None,
        },
        "configs": {"c": {"file": "/app/c", "content": "/app"}},
        "secrets": {"s": {"file": "/app/s"}},
        "volumes": {"v": {"driver_opts": {"device": "/app/v", "o": "bind"}}},
        "x-any": {"file": "/app"},
    }
    done = moved(document, lambda path: without_base(path, "/app"))
    web = done["services"]["web"]
    assert web["build"] == {
        "context": "${project}", "additional_contexts": {"a": "${project}/a"}, "args": {"P": "/app"}
    }  # fmt: skip
    assert web["volumes"] == [{"type": "bind", "source": "${project}/conf", "target": "/app/conf"}]
    assert web["environment"] == {"HOME": "/app", "source": "/app"}
    assert (web["command"], web["working_dir"]) == (["/app/run"], "/app")
    assert web["develop"]["watch"] == [{"path": "${project}/src", "target": "/app/src"}]
    assert done["configs"]["c"] == {"file": "${project}/c", "content": "/app"}
    assert done["secrets"]["s"] == {"file": "${project}/s"}
    assert done["volumes"]["v"]["driver_opts"] == {"device": "${project}/v", "o": "bind"}
    assert done["x-any"] == {"file": "/app"}
    assert document["configs"]["c"]["file"] == "/app/c"
