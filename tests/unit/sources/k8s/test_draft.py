from parity.model.document import ABSENT
from parity.model.setting import Origin
from parity.sources.k8s.draft import Draft, ServiceDraft
from parity.sources.ledger import Ledger


def node(*path):
    return Ledger({}, origin=lambda p: Origin("m.yaml", len(p))).root.at(*path)


def test_what_is_written_remembers_where_it_was_read():
    draft = Draft()
    service = ServiceDraft(draft, "web")
    service.put(("image",), "i:1", node("a", "b"))
    assert draft.document["services"]["web"]["image"] == "i:1"
    assert draft.of(("services", "web", "image")) == Origin("m.yaml", 2)
    assert draft.of(("services", "web", "image", "deeper")) == Origin("m.yaml", 2)


def test_what_was_read_nowhere_has_no_origin():
    draft = Draft()
    ServiceDraft(draft, "web")
    assert draft.of(("services", "web", "image")) is None
    assert draft.of(()) is None


def test_lists_grow_by_what_is_new():
    service = ServiceDraft(Draft(), "web")
    service.add(("expose",), "80", node("a"))
    service.add(("expose",), "81", node("a", "b"))
    service.add(("expose",), "80", node("c", "d", "e"))
    assert service.get("expose") == ["80", "81"]
    assert service.draft.of(("services", "web", "expose", 1)) == Origin("m.yaml", 2)
    assert service.draft.of(("services", "web", "expose", 0)) == Origin("m.yaml", 1)


def test_what_is_not_there_is_absent():
    service = ServiceDraft(Draft(), "web")
    assert service.get("image") is ABSENT
    assert service.get("command") is None
