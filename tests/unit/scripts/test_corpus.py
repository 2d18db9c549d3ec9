"""The table of the corpus: what is the same, what is refused, and that nothing wrong stays unseen."""

import json
from pathlib import Path

import pytest

from scripts.lib import corpus
from scripts.lib.corpus_read import Entry, Row, entries, read

REAL = corpus.CORPUS
HEADER = "kind\trepo\tcommit\tlicence\tshare\theldout\tpath\trole\tfeatures\trc_nointerp\trc\trc_with_env\terror\n"
GOOD = "services: {a: {image: a, labels: {home: $HOME, price: '5 $$'}}}\n"


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A corpus of files by path, each with what Docker Compose said and its oracle."""
    monkeypatch.setenv("HOME", "/home/user")

    def make(*rows):
        index = HEADER
        for kind, path, text, code, oracle in rows:
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            index += f"{kind}\tr\tc\tMIT\tyes\tno\t{path}\t\t\t0\t{code}\t\t\n"
            if oracle is not None:
                suffix = "parsers" if kind == "dotenv" else "config"
                answer = tmp_path / "oracle" / f"{path}.{suffix}.json"
                answer.parent.mkdir(parents=True, exist_ok=True)
                answer.write_text(json.dumps(oracle))
        (tmp_path / "INDEX.tsv").write_text(index)
        return tmp_path

    return make


def document(**labels):
    service = {
        "command": None,
        "entrypoint": None,
        "image": "a",
        "labels": labels,
        "networks": {"default": None},
    }
    return {
        "name": "x",
        "networks": {"default": {"name": "x_default", "ipam": {}}},
        "services": {"a": service},
    }


def outcomes(root):
    return {entry.path: read(entry, root) for entry in entries(root)}


def test_a_document_is_compared_with_its_oracle(small):
    same = document(home="${HOME}", price="5 $$")
    root = small(
        ("compose", "compose/x/compose.yaml", GOOD, 0, same),
        ("compose", "compose/y/x/compose.yaml", GOOD, 0, document(home="", price="5 $$")),
    )
    found = outcomes(root)
    assert found["compose/x/compose.yaml"].outcome == "same"
    other = found["compose/y/x/compose.yaml"]
    assert (other.outcome, other.is_wrong) == ("differs", True)
    assert other.detail == "1 values, first services.a.labels.home"


def test_what_compose_accepts_and_refuses_must_be_so_here(small):
    root = small(
        ("compose", "a/compose.yaml", "services: {a: {}}\n", 0, document()),
        ("compose", "b/compose.yaml", "services: {a: {}}\n", 1, None),
        ("compose", "c/compose.yaml", GOOD, 1, None),
        ("compose", "d/notes.txt", "x", "", None),
    )
    found = outcomes(root)
    assert found["a/compose.yaml"].is_wrong
    assert found["b/compose.yaml"].outcome == "refused"
    assert "neither an image nor" in found["b/compose.yaml"].reason
    assert found["c/compose.yaml"].outcome == "accepted although Compose refuses it"
    assert "d/notes.txt" not in found


def test_fields_that_nobody_accounts_for_are_counted(small, monkeypatch):
    task = {
        "family": "a",
        "containerDefinitions": [{"name": "a", "image": "a:1", "new": {"x": 1, "y": 2}}],
    }
    root = small(
        ("ecs", "ecs/a.json", json.dumps(task), "", None), ("ecs", "ecs/b.txt", "", "", None)
    )
    row = outcomes(root)["ecs/a.json"]
    assert (row.outcome, row.unaccounted, row.is_wrong) == ("loaded", 2, True)
    stack = "services: {a: {image: a, restart: always}}\n"
    root = small(("swarm", "swarm/a.yml", stack, 0, None))
    assert outcomes(root)["swarm/a.yml"].unaccounted == 0


def test_env_files_are_compared_with_what_each_consumer_reads(small):
    plain = {
        "compose": {"A": "1"},
        "docker_raw": {"A": "1"},
        "python_dotenv": {"A": "1", "B": None},
    }
    root = small(
        ("dotenv", "dotenv/a.env", "A=1\n", "", plain),
        ("dotenv", "dotenv/b.env", "A=2\n", "", plain),
        ("dotenv", "dotenv/c.env", "A B=2\n", "", {key: {"__error__": "x"} for key in ("compose", "docker_raw")} | {"python_dotenv": {}}),
    )  # fmt: skip
    found = outcomes(root)
    assert found["dotenv/a.env"].outcome == "same"
    assert found["dotenv/b.env"].detail == "compose, docker, python-dotenv"
    assert found["dotenv/c.env"].outcome == "refused"


def test_a_crash_is_wrong(small, monkeypatch):
    from parity.sources import registry

    root = small(("ecs", "ecs/a.json", "{}", "", None))
    monkeypatch.setattr(registry, "source", lambda name: 1 / 0)
    (row,) = outcomes(root).values()
    assert (row.outcome, row.is_wrong) == ("crash", True)


def test_the_table_has_a_line_a_kind_and_names_what_is_wrong():
    rows = [
        Row("compose", "a", "same"),
        Row("compose", "b", "refused", "a template"),
        Row("compose", "c", "refused", "a template"),
        Row("ecs", "d", "loaded", unaccounted=2),
    ]
    text = "\n".join(corpus.table(rows))
    head, first, second = text.splitlines()[:3]
    assert head.split() == [
        "kind",
        "files",
        "same",
        "as",
        "oracle",
        "loaded",
        "refused",
        "unaccounted",
        "wrong",
    ]
    assert first.split() == ["compose", "3", "1", "1", "2", "0", "0"]
    assert second.split() == ["ecs", "1", "0", "1", "0", "2", "1"]
    assert "     2  a template" in text
    assert "d: loaded" in text


def test_the_exit_code_says_whether_all_is_well(small, capsys, monkeypatch):
    monkeypatch.setattr(corpus, "_empty_environment", lambda: None)
    root = small(("compose", "b/compose.yaml", "services: {a: {}}\n", 1, None))
    assert corpus.main(["--corpus", str(root), "--jobs", "1"]) == 0
    assert "compose: refused" in capsys.readouterr().out
    root = small(("compose", "c/compose.yaml", GOOD, 1, None))
    assert corpus.main(["--corpus", str(root), "compose", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)[0]["path"] == "c/compose.yaml"
    assert corpus.main(["--corpus", str(root / "nowhere")]) == 2


def sampled():
    """A few of each: all kinds, files that Compose accepts and refuses, none of the bombs."""
    if not (REAL / "INDEX.tsv").is_file():
        return []
    found = [entry for entry in entries(REAL) if "loader_reset_test" not in entry.path]
    compose = [entry for entry in found if entry.kind in ("compose", "pairs")]
    others = [
        entry
        for entry in found
        if entry.kind in ("swarm", "ecs", "cloudrun", "terraform", "dotenv")
    ]
    return [*compose[::50], *others[::8]]


@pytest.mark.skipif(not REAL.is_dir(), reason="the corpus of real definitions is not here")
def test_a_sample_of_the_real_corpus_is_all_well(monkeypatch):
    for name in ("USER", "LOGNAME", "PWD", "TERM", "LANG"):
        monkeypatch.delenv(name, raising=False)
    rows = [read(entry, REAL) for entry in sampled()]
    assert [row for row in rows if row.is_wrong] == []
    assert {"same", "loaded", "refused"} == {row.outcome for row in rows}
    assert len(rows) > 30


def test_the_index_without_the_file_is_left_out(tmp_path):
    (tmp_path / "INDEX.tsv").write_text(
        HEADER + "ecs\tr\tc\tMIT\tyes\tno\tecs/a.json\t\t\t\t\t\t\n"
    )
    assert list(entries(tmp_path)) == []
    assert Entry("ecs", "x").accepted is None
    assert Path(corpus.CORPUS).name == "corpus"
