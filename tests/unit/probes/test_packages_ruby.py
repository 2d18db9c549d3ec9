"""Gems, by the names of their specifications."""

from parity.probes.contract import File
from parity.probes.packages_ruby import read


def test_names_without_their_platform():
    place = "/usr/local/bundle/specifications"
    names = ("rails-7.1.2", "nokogiri-1.16.0-x86_64-linux", "net-http-0.3.2", "none")
    files = {f"{place}/{name}.gemspec": File(0o644, 9) for name in names}
    files["/usr/local/lib/ruby/gems/3.2.0/specifications/default/json-2.6.3.gemspec"] = File(0, 1)
    assert read({}, files).values == {
        "ruby": {"rails": "7.1.2", "nokogiri": "1.16.0", "net-http": "0.3.2", "json": "2.6.3"}
    }
    assert read({}, {"/app/x.gemspec": File(0, 1)}).values == {}
