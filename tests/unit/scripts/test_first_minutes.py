"""The page about `parity init`: what a run becomes there."""

import json

import pytest

from scripts.lib import first_minutes
from scripts.lib.first_minutes import Answer, Outcome, findings, guessed, look, page, services

TOLD = {
    "environments": [
        {"name": "prod", "source": "kubernetes", "files": ["k8s"], "why": "w"},
        {"name": "dev", "source": "compose", "files": ["a.yaml", "b.yaml"], "why": "w"},
    ],
    "guesses": ["a | b"],
    "without_value": ["TAG"],
}
REPORT = {"findings": [{}, {}], "left": {"name": "dev"}, "right": {"name": "prod"}}


def outcome(config=0, diff=1, name="a/b"):
    refused = "note\nerror: no such thing\n next: mend it\n"
    return Outcome(
        name,
        Answer(0, json.dumps(TOLD), "", 0.5),
        Answer(config, "web\nparity-gateway\n", refused, 0.5),
        Answer(diff, json.dumps(REPORT), refused, 0.25),
        "[secrets]\nA = {}\n",
    )


def test_a_row_says_what_was_chosen_found_and_guessed():
    text = page([outcome(), outcome(config=2), outcome(diff=2, name="mattermost/docker")])
    assert "1 of 3 projects can be used at once" in text
    files = "prod: `k8s` (kubernetes)<br>dev: `a.yaml`, `b.yaml`"
    said = "a \\| b<br>no value: TAG"
    assert f"| a/b | {files} | 1 | 2 (dev, prod) | 1 | {said} | 1.2 s |" in text
    assert "| refused: no such thing | 2 (dev, prod) | 1 |" in text
    assert text.endswith("`parity.toml` of mattermost/docker:\n\n```toml\n[secrets]\nA = {}\n```\n")


def test_an_init_that_failed_has_nothing_to_tell():
    answer = Answer(2, "", "error: x\n", 0)
    failed = Outcome("a", answer, answer, answer, "")
    assert not failed.works
    assert (guessed(failed), services(failed), findings(failed)) == ("", "refused: x", "refused: x")


def test_the_three_commands_run_in_a_copy(tmp_path):
    (tmp_path / "compose.yaml").write_text("services: {web: {image: acme/web:1}}\n")
    (tmp_path / "compose.dev.yaml").write_text("services: {web: {environment: {A: b}}}\n")
    found = look("acme/shop", tmp_path)
    assert (found.init.code, found.diff.code) == (0, 0), found  # the other one asks an engine
    assert findings(found) == "1 (dev, prod)"
    assert 'name = "shop"' in found.written
    assert sorted(path.name for path in tmp_path.iterdir()) == ["compose.dev.yaml", "compose.yaml"]


@pytest.mark.skipif(not first_minutes.CORPUS.is_dir(), reason="the corpus is not here")
def test_parts_of_repositories_are_there():
    assert all(folder.is_dir() for _, folder in first_minutes.projects())


def test_without_a_corpus_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(first_minutes, "CORPUS", tmp_path / "none")
    assert first_minutes.main([]) == 2
    assert "not here" in capsys.readouterr().err
