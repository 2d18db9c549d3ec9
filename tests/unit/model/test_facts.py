"""Facts stand with their service, each layer's in the place of earlier ones."""

from parity.model.facts import Facts, layer_of, unread_in, with_facts
from parity.model.setting import Layer

WEB = {"image": "x:1", "x-parity": {"probes": {"ready": {}}}}


def test_facts_stand_below_their_root_and_leave_the_rest():
    made = with_facts(WEB, Layer.IMAGE, Facts({"user": "app"}))
    both = with_facts(made, Layer.FILESYSTEM, Facts({"libc": "musl"}, {"packages": "rpm"}))
    assert both["x-parity"] == {
        "probes": {"ready": {}},
        "facts": {"image-config": {"user": "app"}, "files": {"libc": "musl"}},
        "unread": {"files": {"packages": "rpm"}},
    }
    assert WEB["x-parity"] == {"probes": {"ready": {}}}, "not written into"


def test_a_second_answer_takes_the_place_of_the_first():
    once = with_facts(WEB, Layer.FILESYSTEM, Facts({"libc": "musl"}, {"packages": "rpm"}))
    again = with_facts(once, Layer.FILESYSTEM, Facts({"fonts": True}))
    assert again["x-parity"] == {"probes": {"ready": {}}, "facts": {"files": {"fonts": True}}}
    assert with_facts(once, Layer.FILESYSTEM, Facts())["x-parity"] == {"probes": {"ready": {}}}


def test_without_facts_there_is_no_extension():
    assert with_facts({"image": "x:1"}, Layer.IMAGE, Facts()) == {"image": "x:1"}


def test_a_path_says_its_layer():
    assert layer_of(("files", "libc")) is Layer.FILESYSTEM
    assert layer_of(("environment", "TZ")) is Layer.DECLARED
    assert layer_of(()) is Layer.DECLARED


def test_what_was_not_read_is_listed():
    made = with_facts(WEB, Layer.FILESYSTEM, Facts({}, {"packages": "rpm"}))
    document = {"services": {"web": made, "db": {"image": "y:1"}}}
    assert list(unread_in(document)) == [("web", Layer.FILESYSTEM, "packages", "rpm")]
    assert list(unread_in({})) == []
