"""The files that the stack is made from, by what is in them."""

import pytest

from parity.actions.session import open_session
from parity.config.load import load
from parity.paths import ProjectPaths
from parity.watch.definitions import look

TOML = """
[environments.prod]
files = ["compose.yaml"]
env-files = ["prod.env"]

[environments.dev]
files = ["dev.yaml"]

[check]
compare = ["dev", "prod"]
"""
COMPOSE = "services:\n  web:\n    image: shop/web:1\n    configs: [page]\nconfigs: {page: {file: ./page.html}}\n"


@pytest.fixture
def session(tmp_path):
    (tmp_path / "parity.toml").write_text(TOML)
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "dev.yaml").write_text("services: {web: {image: shop/web:1}}\n")
    (tmp_path / "prod.env").write_text("A=1\n")
    (tmp_path / "page.html").write_text("hello\n")
    paths = ProjectPaths(tmp_path)
    return open_session(paths, load(paths))


def names(paths):
    return {path.name for path in paths}


def changed(session, before, name, text):
    (session.paths.root / name).write_text(text)
    return look(session).since(before)


def test_a_touch_is_no_change(session):
    before = look(session)
    (session.paths.root / "compose.yaml").write_text(COMPOSE)
    assert look(session).since(before).all == ()


@pytest.mark.parametrize("name", ["compose.yaml", "prod.env", "page.html", "parity.toml", ".env"])
def test_what_the_stack_is_made_from(session, name):
    found = changed(session, look(session), name, "# something else\n")
    assert names(found.stack) == {name}


def test_what_is_only_compared_makes_no_stack_anew(session):
    found = changed(session, look(session), "dev.yaml", "services: {web: {image: shop/web:2}}\n")
    assert (names(found.stack), names(found.compared)) == (set(), {"dev.yaml"})


def test_other_files_are_nobodys(session):
    assert changed(session, look(session), "main.py", "x").all == ()


def test_a_file_that_goes_and_comes(session):
    before = look(session)
    file = session.paths.root / "prod.env"
    file.unlink()
    gone = look(session)
    assert names(gone.since(before).stack) == {"prod.env"}
    file.write_text("A=1\n")
    assert look(session).since(before).all == ()


def test_what_parity_wrote_itself_is_no_change(session):
    before = look(session)
    session.paths.lock.write_text("{}")
    assert look(session).since(before.with_own(session.paths.lock)).all == ()


def test_events_near_a_definition_concern_it(session):
    inputs = look(session)
    assert inputs.concerns(session.paths.root / "new.env")
    assert not inputs.concerns(session.paths.root / "src" / "main.py")


def test_a_folder_of_definitions_counts_with_new_files(session, tmp_path):
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s" / "a.yaml").write_text("kind: Pod\n")
    (tmp_path / "parity.toml").write_text(
        '[environments.prod]\nsource = "kubernetes"\nfiles = ["k8s"]\n'
    )
    again = open_session(session.paths, load(session.paths))
    before = look(again)
    assert names(before.folders) == {"k8s"}
    found = changed(again, before, "k8s/b.yaml", "kind: Service\n")
    assert names(found.stack) == {"b.yaml"}


def test_definitions_that_cannot_be_followed_are_looked_at_themselves(session):
    text = "include:\n  - https://example.com/base.yaml\n" + COMPOSE
    (session.paths.root / "compose.yaml").write_text(text)
    assert "compose.yaml" in names(look(session).stack)


def test_code_that_a_definition_names_is_no_input_but_definitions_are(session):
    def is_code(path):
        return path.is_relative_to(session.paths.root)

    before = look(session)
    found = look(session, is_code)
    assert names(found.stack) == {"compose.yaml", "prod.env", "parity.toml", "parity.lock"}
    assert names(before.only(found.files).stack) == names(found.stack)
