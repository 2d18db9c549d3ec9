"""One step of a declared state: where it runs, what it is given, what is told when it fails."""

from types import SimpleNamespace

import pytest

from parity.actions import steps as module
from parity.actions.steps import argv, shown, take
from parity.errors import StackError
from parity.model.progress import silent
from parity.model.project import Project, StepTable
from parity.model.stack import Container
from parity.paths import ProjectPaths


def container(service, state="running", role="service"):
    return Container(f"{service}-id", service, service, 1, state, "", 0, "", role, "")


class Stream:
    """A command in a container: says what it was told to, and remembers its input."""

    code, out, err, given = 0, b"", b"", b""

    def __init__(self, client, found, command):
        type(self).command, type(self).where, type(self).given = command, found, b""
        self.said, self._left = self.err, [self.out]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def write(self, data):
        type(self).given += data

    def close_write(self):
        type(self).given += b"|end"

    def read(self):
        return self._left.pop() if self._left else b""

    def finish(self):
        return self.code


@pytest.fixture
def world(monkeypatch, tmp_path):
    made = SimpleNamespace(
        containers=[container("db", role="holder", state="exited"), container("db")],
        session=SimpleNamespace(
            paths=ProjectPaths(tmp_path), project=Project(), identity=SimpleNamespace(name="shop")
        ),
        root=tmp_path,
        stream=type("Mine", (Stream,), {}),
    )
    monkeypatch.setattr(module.observe, "of_stack", lambda stack: made.containers)
    monkeypatch.setattr(module, "Stream", made.stream)
    monkeypatch.setattr(
        module, "environment", lambda stack: {"WHERE": stack, "PATH": "/usr/bin:/bin"}
    )
    return made


def do(world, **step):
    take(None, world.session, "shop-f", StepTable(**step), "step 1 of seeded", silent)


def test_a_text_is_for_the_shell_and_words_are_not():
    assert argv("a | b") == ["sh", "-c", "a | b"]
    assert argv(("a", "b c")) == ["a", "b c"]


def test_it_is_shown_in_one_short_line():
    step = StepTable(exec="psql \\\n  -f x", service="db", input="a.sql")
    assert shown(step) == "in db: psql \\ -f x < a.sql"
    assert len(shown(StepTable(run="x" * 500))) < 80


def test_exec_runs_in_the_service_with_the_file_as_its_input(world):
    (world.root / "a.sql").write_bytes(b"x" * 3_000_000)
    do(world, exec=("psql",), service="db", input="a.sql")
    assert (world.stream.where, world.stream.command) == ("db-id", ["psql"])
    assert world.stream.given == b"x" * 3_000_000 + b"|end"


def test_without_a_file_its_input_ends_at_once(world):
    do(world, exec="psql", service="db")
    assert world.stream.given == b"|end"


def test_run_runs_here_with_the_forks_addresses(world):
    (world.root / "in").write_text("fed")
    do(world, run='echo "$WHERE $(cat)" > out', input="in")
    assert (world.root / "out").read_text() == "shop-f fed\n"


def test_a_step_that_fails_tells_the_end_of_what_it_said(world):
    world.stream.code, world.stream.err = 3, b"\n".join(b"line %d" % n for n in range(100))
    with pytest.raises(StackError, match="step 1 of seeded ended with 3") as caught:
        do(world, exec="psql", service="db")
    assert caught.value.detail.endswith("line 99")
    assert "line 50" not in caught.value.detail
    assert "--keep" in caught.value.next_step


def test_one_that_fails_here_tells_it_as_well(world):
    with pytest.raises(StackError, match="ended with 4") as caught:
        do(world, run="echo why >&2; exit 4")
    assert caught.value.detail == "why"


def test_stand_ins_for_secrets_are_not_told(world):
    folder = world.root / ".parity"
    folder.mkdir()
    (folder / "secrets.json").write_text(
        '{"stacks": {"shop": {"PW": {"value": "kept-to-itself", "shape": "alnum:14"}}}}'
    )
    with pytest.raises(StackError) as caught:
        do(world, run="echo kept-to-itself; exit 1")
    assert "kept-to-itself" not in caught.value.detail


@pytest.mark.parametrize("containers", [[], [container("db", "exited")]])
def test_a_service_that_does_not_run_is_refused(world, containers):
    world.containers = containers
    with pytest.raises(StackError, match="is for db, which is"):
        do(world, exec="psql", service="db")
