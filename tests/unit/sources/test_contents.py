"""Contents of configuration files, for comparisons."""

from parity.model.environment import Environment
from parity.sources.contents import MAX_BYTES, with_contents


def environment(document, source="compose"):
    return Environment("prod", source, (), document)


def test_configs_of_files_get_their_content(tmp_path):
    file = tmp_path / "nginx.conf"
    file.write_text("events {}\n")
    document = {"services": {}, "configs": {"a": {"file": str(file)}, "b": {"content": "x"}}}
    made = with_contents(environment(document)).document
    assert made["configs"]["a"]["content"] == "events {}\n"
    assert made["configs"]["b"] == {"content": "x"}
    assert "content" not in document["configs"]["a"]


def mounts(*sources):
    rows = [{"type": "bind", "source": str(s), "target": "/t"} for s in sources]
    return {"services": {"web": {"volumes": [*rows, {"type": "volume", "target": "/d"}, "short"]}}}


def test_bound_files_get_their_content_and_nothing_else_does(tmp_path):
    text, folder = tmp_path / "a.conf", tmp_path / "folder"
    text.write_text("a = 1")
    folder.mkdir()
    binary, large = tmp_path / "b.bin", tmp_path / "c.sql"
    binary.write_bytes(b"\xff\xfe\0")
    large.write_text("x" * (MAX_BYTES + 1))
    document = mounts(text, folder, tmp_path / "missing", binary, large, "bad\0name")
    made = with_contents(environment(document)).document["services"]["web"]["volumes"]
    assert [m.get("x-content") if isinstance(m, dict) else m for m in made] == [
        "a = 1",
        None,
        None,
        "(3 bytes, not text)",
        f"({MAX_BYTES + 1} bytes, not read)",
        None,
        None,
        "short",
    ]


def test_a_snapshot_keeps_what_was_captured(tmp_path):
    file = tmp_path / "nginx.conf"
    file.write_text("today's")
    given = environment({"configs": {"a": {"file": str(file)}}}, source="snapshot")
    assert with_contents(given) is given
