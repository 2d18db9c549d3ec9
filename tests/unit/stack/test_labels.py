"""Everything of a stack carries its label."""

from parity.model.stack import GATEWAY, Identity
from parity.stack import labels

ME = Identity("shop-1", "shop", "/work")


def test_services_networks_and_volumes_say_whose_they_are(draft):
    one = draft(
        {"web": {"labels": {"own": "x"}}, GATEWAY: {}},
        networks={"default": {}},
        volumes={"d": None},
    )
    labels.put_on(one, ME)
    mine = {labels.STACK: "shop-1", labels.PROJECT: "shop", labels.WORKTREE: "/work"}
    web = one.get(("services", "web", "labels"))
    assert web == {"own": "x", **mine, labels.SERVICE: "web", labels.ROLE: "service"}
    assert one.get(("services", GATEWAY, "labels"))[labels.ROLE] == "gateway"
    assert one.get(("networks", "default", "labels")) == mine
    assert one.get(("volumes", "d", "labels")) == mine
    assert one.overrides == ()
