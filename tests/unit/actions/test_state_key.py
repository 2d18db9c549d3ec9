"""The key of a declared state changes with each of its inputs, and with nothing else."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from parity.actions import state_key
from parity.actions.state_key import Hashes, files, key, lineage
from parity.errors import ConfigError
from parity.model.lock import Pin
from parity.model.project import DeclaredTable, LocalTable, OverrideTable, Project, StepTable
from parity.model.state import State
from parity.paths import ProjectPaths

BEGIN = State("1", "schema", "shop", "sha256:d", "2026", "copy", (), key="l:sha256:k")
TABLE = DeclaredTable(
    steps=(StepTable(exec="psql", service="db", input="dump.sql"),), inputs=("seeds/*.sql",)
)


class Vault:
    def __init__(self, value):
        self.value = value

    def reveal(self, text):
        return text.replace("${secret:PW}", self.value)


def resolution(root, *, value="one", definition="d", image="sha256:a", mounted=True):
    db = {
        "environment": {"PASSWORD": "${secret:PW}"},
        "volumes": [{"type": "volume", "source": "db", "target": "/data"}],
    }
    source = {"type": "bind", "source": str(root / "init"), "target": "/init", "read_only": mounted}
    read = {
        "services": {"db": {"volumes": [source]}},
        "configs": {"c": {"file": str(root / "app.conf")}, "out": {"file": "/etc/hosts"}},
    }
    return SimpleNamespace(
        pins=SimpleNamespace(definition=definition, images={"db:1": Pin(image)}),
        environment=SimpleNamespace(document=read),
        resolved=SimpleNamespace(document={"services": {"db": db, "web": {}}}),
        vault=Vault(value),
    )


@pytest.fixture
def root(tmp_path):
    for name in ("seeds/a.sql", "seeds/other.txt", "dump.sql", "init/1.sql", "app.conf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def session(root, table=TABLE, **project):
    return SimpleNamespace(
        paths=ProjectPaths(root), project=Project(states={"seeded": table}, **project)
    )


def made(root, *, table=TABLE, begin=None, project=None, **changes):
    return key(
        session(root, table, **(project or {})), "seeded", begin, resolution(root, **changes)
    )


def test_it_is_the_same_as_long_as_nothing_changes(root):
    assert made(root) == made(root)
    (root / "seeds" / "other.txt").write_text("no input")
    assert made(root) == made(root)


@pytest.mark.parametrize(
    "file", ["seeds/a.sql", "seeds/b.sql", "dump.sql", "init/1.sql", "init/2.sql", "app.conf"]
)
def test_it_changes_with_each_file(root, file):
    before = made(root)
    (root / file).write_text("something else")
    assert made(root) != before


def test_it_changes_when_a_file_goes(root):
    (root / "seeds" / "b.sql").write_text("b")
    before = made(root)
    (root / "seeds" / "b.sql").unlink()
    assert made(root) != before


@pytest.mark.parametrize(
    "changes",
    [
        {"definition": "e"},
        {"image": "sha256:b"},
        {"begin": BEGIN},
        {"table": replace(TABLE, services=("db",))},
        {"table": replace(TABLE, steps=(replace(TABLE.steps[0], exec="psql -X"),))},
        {"project": {"local": LocalTable(override=(OverrideTable("a.b", "why", 1),))}},
    ],
)
def test_it_changes_with_what_is_run(root, changes):
    assert made(root, **changes) != made(root)
    assert lineage(made(root, **changes)) == lineage(made(root))


def test_what_it_begins_with_counts_by_its_key_or_by_its_content(root):
    again = replace(BEGIN, id="2", digest="sha256:other")
    assert made(root, begin=again) == made(root, begin=BEGIN)
    saved = replace(BEGIN, key="")
    assert made(root, begin=saved) != made(root, begin=replace(saved, digest="sha256:other"))


def test_another_password_in_the_data_is_another_lineage(root):
    assert lineage(made(root, value="two")) != lineage(made(root))
    assert "two" not in made(root, value="two")


def test_a_folder_that_services_write_to_is_no_input(root):
    before = made(root, mounted=False)
    (root / "init" / "2.sql").write_text("x")
    assert made(root, mounted=False) == before


def test_an_input_that_matches_nothing_is_refused(root):
    with pytest.raises(ConfigError, match="no file matches"):
        files(session(root, replace(TABLE, inputs=("migrations/*",))), "seeded")


@pytest.mark.parametrize("pattern", ["/etc/*", ""])
def test_what_is_no_glob_is_refused(root, pattern):
    with pytest.raises(ConfigError, match="is no glob"):
        files(session(root, replace(TABLE, inputs=(pattern,))), "seeded")


def test_the_input_of_a_step_that_is_not_there_is_refused(root):
    (root / "dump.sql").unlink()
    with pytest.raises(ConfigError, match="dump.sql, which is not there"):
        files(session(root), "seeded")


def test_paritys_own_files_are_no_input(root):
    (root / ".parity").mkdir()
    (root / ".parity" / "x.sql").write_text("")
    assert files(session(root, replace(TABLE, inputs=("**/*.sql",))), "seeded") == [
        "dump.sql", "init/1.sql", "seeds/a.sql"
    ]  # fmt: skip


def test_a_large_file_is_read_once(root, monkeypatch):
    hashes = Hashes(session(root))
    found = hashes.of("dump.sql")
    hashes.keep()
    monkeypatch.setattr(state_key, "file_digest", None)
    assert Hashes(session(root)).of("dump.sql") == found


@pytest.mark.parametrize("text", ["", "[]", '{"dump.sql": 3}', "nonsense"])
def test_hashes_that_cannot_be_read_are_made_again(root, text):
    (root / ".parity").mkdir()
    (root / ".parity" / "inputs.json").write_text(text)
    assert len(Hashes(session(root)).of("dump.sql")) == 64
