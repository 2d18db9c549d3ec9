"""What Docker Compose reads back from the rendered document is what was meant, whatever the text."""

import json
import subprocess

import pytest
import yaml
from hypothesis import example, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from parity import compose_cli
from parity.stack import render

ODD = [
    "$", "$$", "${x}", "${x:-y}", "$x", "a$b$$c", "${secret", "'", '"', "\\", "\\n", "a\nb", "a\n", "\n",
    "\t", " x ", "", "#x", "a: b", "- a", "{a}", "[a]", "*a", "&a", "!a", "%a", "@a", "`", "|", ">", "?", "~",
    "null", "true", "yes", "y", "on", "0777", "08", "0o17", "0x1F", "0b1", "1e3", "12e4567", "1_000", ".5",
    "1.", "1:30", "2001-01-01", ".inf", ".NaN", "=", "<<", "é", "日本", "😀", "\u2028", "\x85", "\ufeff",
    "x" * 300, "a b " * 60, "word\\" * 40,
]  # fmt: skip


def read_back(folder, document, values=None):
    (folder / "compose.yaml").write_text(render.compose_yaml(document))
    (folder / ".env").write_text(render.env_file(values or {}))
    done = subprocess.run(
        [compose_cli.executable(), "--file", "compose.yaml", "config", "--format", "json", "--no-interpolate"]
        if values is None
        else [compose_cli.executable(), "--file", "compose.yaml", "config", "--format", "json"],
        cwd=folder, env=compose_cli.environment(), capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return json.loads(done.stdout)


def environment_of(folder, texts, values=None):
    named = {f"V{n}": text for n, text in enumerate(texts)}
    service = {"image": "a", "environment": named, "command": list(texts), "labels": dict(named)}
    document = {"name": "x", "services": {"web": service}}
    web = read_back(folder, document, values if values is not None else {})["services"]["web"]
    return web, named


def unescaped(text):
    return text.replace("$$", "$")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), max_size=20))
@example(ODD)
@limits(max_examples=6)
def test_odd_texts_reach_compose_as_they_are(tmp_path_factory, texts):
    folder = tmp_path_factory.getbasetemp() / "render"
    folder.mkdir(exist_ok=True)
    web, named = environment_of(folder, texts)
    assert {k: unescaped(v) for k, v in (web.get("environment") or {}).items()} == named
    assert {k: unescaped(v) for k, v in (web.get("labels") or {}).items()} == named
    assert [unescaped(text) for text in web["command"] or []] == texts


def test_secrets_arrive_by_the_env_file_and_stand_only_there(tmp_path):
    values = {
        "web.A": "p$x#y z!",
        "tls": "-----BEGIN X-----\nline\n-----END X-----\n",
        "a-b": "%*,:;<=>?@[]^_~",
    }
    texts = ["pg://u:${secret:web.A}@db/$$x", "${secret:tls}", "${secret:a-b}${secret:a-b}"]
    web, named = environment_of(tmp_path, texts, values)
    for name, text in named.items():
        meant = text
        for secret, value in values.items():
            meant = meant.replace(f"${{secret:{secret}}}", value)
        assert unescaped(web["environment"][name]) == meant
    written = (tmp_path / "compose.yaml").read_text()
    assert not any(value.splitlines()[0] in written for value in values.values())


def test_names_of_secrets_in_a_document_are_found_once_each():
    document = {"a": "${secret:x}", "b": ["${secret:y.z} ${secret:x}", 5, None]}
    assert render.secrets_in(document) == ("x", "y.z")


@pytest.mark.parametrize("text", ODD)
def test_pyyaml_reads_it_back_as_well(text):
    tree = yaml.safe_load(render.compose_yaml({"k": text, text or "e": [text]}))
    assert unescaped(tree["k"]) == text


def test_ordinary_documents_stay_readable():
    text = render.compose_yaml(
        {"services": {"web": {"image": "a/b", "init": True, "n": 5, "x": None}}}
    )
    assert "    image: a/b\n    init: true\n    n: 5\n    x: null\n" in text
    assert text.startswith("# Written by `parity up`")
