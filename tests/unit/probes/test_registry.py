"""The probes are found by walking the package."""

from parity.model.facts import ROOTS
from parity.model.setting import Layer
from parity.probes import registry
from parity.probes.contract import File


def test_all_are_found_and_ask_each_path_once():
    assert len(registry.file_probes()) >= 4
    assert {probe.LAYER for probe in registry.file_probes()} == {Layer.FILESYSTEM}
    asked = registry.wants({"entrypoint": ["/etc/os-release"]})
    for paths in (asked.read, asked.head, asked.look):
        assert len(paths) == len(set(paths))
    assert asked.head == ("/etc/os-release",)


def test_what_they_say_is_put_together():
    found = registry.read({}, {"/etc/os-release": File(0o644, 9, data=b"ID=debian")})
    assert found.values["os"] == {"id": "debian"}
    assert found.values["fonts"] is False


def test_every_layer_but_the_definition_has_a_root():
    assert set(ROOTS.values()) == set(Layer) - {Layer.DECLARED}


def test_the_version_follows_from_what_the_probes_are(monkeypatch):
    before = registry.version()
    assert before == registry.version()
    registry.version.cache_clear()
    monkeypatch.setattr(registry, "file_probes", lambda: ())
    assert registry.version() != before
    registry.version.cache_clear()
