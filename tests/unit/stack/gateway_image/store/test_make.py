"""Empty directories, each at its place."""

from parity.stack.gateway_image.store import make, place


def test_they_are_empty_and_anybody_may_look(tmp_path, monkeypatch):
    monkeypatch.setattr(place, "STORE", tmp_path)
    make.run({"paths": ["live/a", "live/b"]})
    made = [tmp_path / "live" / name for name in "ab"]
    assert [path.stat().st_mode & 0o777 for path in made] == [0o755, 0o755]
    assert [list(path.iterdir()) for path in made] == [[], []]
