"""logs and exec are Docker Compose's, on the stack's own document."""

import pytest

from parity import compose_cli
from parity.actions import compose
from parity.errors import FindingError, UsageError
from parity.stack import labels


@pytest.fixture
def handed(monkeypatch):
    calls = []
    monkeypatch.setattr(compose_cli, "hand_over", lambda argv: calls.append(argv) or 7)
    return calls


@pytest.fixture
def up(session, engine):
    one = session()
    one.files.folder.mkdir(parents=True)
    one.files.document.write_text("services: {}\n")
    rows = [("web", "running"), ("job", "exited")]
    engine.answers["/containers/json"] = [
        {"Id": name, "Names": [f"/{name}"], "State": state, "Labels": {labels.SERVICE: name}}
        for name, state in rows
    ]
    return one


def execute(one, service, **options):
    options = {"user": "", "index": 0, "terminal": True, **options}
    return compose.execute(one, service, ["ls", "-l"], **options)


def test_logs_pass_on_what_was_asked(up, handed):
    assert compose.logs(up, ["web"], follow=True, tail="5", timestamps=True) == 7
    (argv,) = handed
    assert argv[:4] == ["--file", str(up.files.document), "--project-name", "shop-abc123"]
    assert argv[4:] == ["logs", "--tail", "5", "--follow", "--timestamps", "web"]


def test_exec_passes_on_what_was_asked(up, handed):
    assert execute(up, "web", user="me", index=2, terminal=False) == 7
    assert handed[0][4:] == ["exec", "--no-TTY", "--user", "me", "--index", "2", "web", "ls", "-l"]


def test_what_is_not_there_is_told_in_our_words(up, session, engine, handed):
    with pytest.raises(UsageError, match="no service `wbe`") as caught:
        execute(up, "wbe")
    assert "`web`" in caught.value.next_step
    with pytest.raises(FindingError, match="job does not run: it is exited"):
        execute(up, "job")
    engine.answers["/containers/json"] = []
    with pytest.raises(UsageError, match="is not up"):
        compose.logs(up, [], follow=False, tail="all", timestamps=False)
    assert handed == []


def test_a_stack_of_another_worktree_goes_by_its_labels(up, handed):
    up.files.document.unlink()
    compose.logs(up, ["web"], follow=False, tail="all", timestamps=False)
    assert handed[0][:3] == ["--project-name", "shop-abc123", "logs"]
