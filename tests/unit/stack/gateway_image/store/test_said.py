"""Answers that may be asked for again."""

import errno
import json
import os
import time
from types import SimpleNamespace

import pytest

from parity.stack.gateway_image.store import __main__ as agent
from parity.stack.gateway_image.store import said


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(said, "FOLDER", tmp_path / "answers")
    return tmp_path / "answers"


def test_an_answer_is_there_again_by_the_name_of_its_question(folder, monkeypatch):
    monkeypatch.setenv(said.KEY, "a1")
    said.keep('{"freed": 7}')
    assert said.run({"key": "a1"}) == {"said": {"freed": 7}}
    assert said.run({"key": "b2"}) == {"said": None}


def test_half_an_answer_is_none(folder):
    folder.mkdir()
    (folder / "a1").write_text('{"freed"')
    assert said.run({"key": "a1"}) == {"said": None}


@pytest.mark.parametrize("key", ["", "../passwd", "a/b"])
def test_a_question_without_a_good_name_leaves_nothing(folder, monkeypatch, key):
    monkeypatch.setenv(said.KEY, key)
    said.keep("{}")
    assert not folder.exists()


def test_old_ones_go_with_the_next(folder, monkeypatch):
    monkeypatch.setenv(said.KEY, "a1")
    said.keep("{}")
    long_ago = time.time() - 3600
    os.utime(folder / "a1", (long_ago, long_ago))
    monkeypatch.setenv(said.KEY, "b2")
    said.keep("{}")
    assert [one.name for one in folder.iterdir()] == ["b2"]


def test_a_refusal_is_kept_as_well(folder, monkeypatch, capsys):
    def run(arguments):
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setenv(said.KEY, "a1")
    monkeypatch.setattr(agent.importlib, "import_module", lambda *_: SimpleNamespace(run=run))
    assert agent.main(["clone", "{}"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["errno"] == "ENOSPC"
    assert said.run({"key": "a1"}) == {"said": told}


def test_an_answer_that_cannot_be_kept_arrives_all_the_same(folder, monkeypatch, capsys):
    folder.write_text("no folder")
    monkeypatch.setenv(said.KEY, "a1")
    told = SimpleNamespace(run=lambda arguments: {"freed": 7})
    monkeypatch.setattr(agent.importlib, "import_module", lambda *_: told)
    assert agent.main(["sweep", "{}"]) == 0
    assert json.loads(capsys.readouterr().out) == {"freed": 7}
