from types import SimpleNamespace

from parity.model.state import Fork, State
from parity.testing import fork as module
from parity.testing.fork import TestFork

STATE = State(
    "s1", "seeded", "shop", "sha256:0", "", "reflink", (), images={"db": "sha256:d"}, definition="sha256:def"
)  # fmt: skip
FORK = Fork("f1", "shop-f1", "shop", "s1")


def test_a_result_is_told_with_what_it_stood_on():
    assert TestFork(FORK, STATE, "proved").properties() == [
        ("parity.fork", "f1"),
        ("parity.state", "seeded"),
        ("parity.state_digest", "sha256:0"),
        ("parity.definition", "sha256:def"),
        ("parity.began", "proved"),
        ("parity.image.db", "sha256:d"),
    ]
    empty = TestFork(FORK, None, "")
    assert empty.properties() == [("parity.fork", "f1"), ("parity.state", "")]
    assert (empty.state, repr(empty)) == ("", "<fork f1 from nothing>")


def test_how_to_enter_names_what_runs(monkeypatch):
    found = TestFork(FORK, STATE, "proved")
    rows = [SimpleNamespace(service=name) for name in ("web", "db", "web")]
    monkeypatch.setattr(found.scene, "containers", lambda: rows)
    assert found.how_to_enter().splitlines() == [
        "parity -p shop-f1 exec SERVICE sh   (SERVICE: db web)",
        "parity -p shop-f1 logs",
        "parity down --fork f1",
    ]


def test_services_are_looked_up_once(monkeypatch):
    made = []
    monkeypatch.setattr(
        module, "Services", lambda scene: made.append(1) or {"db": SimpleNamespace(url="u")}
    )
    found = TestFork(FORK, STATE, "proved")
    assert found.url("db") == "u"
    assert found["db"].url == "u"
    assert made == [1]
    assert found.compose_arguments() == ["--project-name", "shop-f1"]
    found.close()
