"""Whole directories: by reference or by content, as the store can."""

from parity.state.backends.direct import Direct


class Store:
    def __init__(self):
        self.asked = []

    def run(self, command, **arguments):
        self.asked.append(arguments)
        return {}

    def bound(self, live):
        return {"device": f"/v/{live}"}


def test_each_copy_is_bound_where_it_lies():
    for reflink, flag in ((True, "always"), (False, "never")):
        store = Store()
        pairs = [("states/a/0", "live/x"), ("states/a/1", "live/y")]
        options = Direct(reflink=reflink).derive(store, pairs, remove=["live/z"])
        assert [one["device"] for one in options] == ["/v/live/x", "/v/live/y"]
        assert store.asked == [
            {
                "copies": [{"from": s, "to": live} for s, live in pairs],
                "reflink": flag,
                "remove": ["live/z"],
            }
        ]


def test_what_it_costs_is_said_and_only_shared_blocks_are_cloned_under_pause():
    assert (Direct(reflink=True).name, Direct(reflink=True).clones()) == ("reflink", True)
    assert (Direct(reflink=False).name, Direct(reflink=False).clones()) == ("copy", False)
    assert Direct(reflink=True).meaning != Direct(reflink=False).meaning
