"""What the file system at hand can do; the test's own folder is the store."""

from parity.stack.gateway_image.store import place, probe


def test_it_says_what_it_found_and_leaves_nothing(tmp_path, monkeypatch):
    for module in (place, probe):
        monkeypatch.setattr(module, "STORE", tmp_path)
    found = probe.run({})
    assert isinstance(found["reflink"], bool)
    assert found["filesystem"] != ""
    assert list((tmp_path / "trash").iterdir()) == []
