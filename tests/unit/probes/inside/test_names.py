"""How names are resolved."""

from parity.probes.inside import names
from parity.probes.inside.contract import Seen


def read(resolv="", hosts=""):
    return names.read(Seen({}, inside={"/etc/resolv.conf": resolv, "/etc/hosts": hosts})).values


def test_what_an_engine_writes_says_nothing_of_names(recorded):
    assert names.read(recorded("web")).values == {"localhost": ["127.0.0.1", "::1"]}


def test_a_cluster_s_search_and_dots():
    text = "search shop.svc.cluster.local svc.cluster.local\noptions ndots:5 edns0\n# options x\n"
    assert read(text) == {
        "dns": {"search": ["shop.svc.cluster.local", "svc.cluster.local"], "options": ["ndots:5"]}
    }


def test_the_order_of_localhost_is_kept_and_comments_are_not():
    assert read(hosts="# 1.2.3.4 localhost\n::1 localhost ip6\n127.0.0.1 localhost\n") == {
        "localhost": ["::1", "127.0.0.1"]
    }


def test_escapes_of_a_terminal_do_not_get_out():
    assert read("search \x1b[31mevil\n") == {"dns": {"search": ["?[31mevil"]}}
