"""Locale and order."""

from parity.probes.inside import language
from parity.probes.inside.contract import Seen


def test_as_the_c_library_has_it(recorded):
    assert language.read(recorded("db")).values == {
        "locale": {"name": "C.UTF-8", "available": True},
        "sort": "A B C a b c z \u00e9",
    }


def test_a_locale_that_is_not_there():
    seen = Seen({}, locale={"name": "de_DE.UTF-8", "available": False})
    found = language.read(seen).values
    assert found == {"locale": {"name": "de_DE.UTF-8", "available": False}}


def test_nothing_named_and_no_sort():
    assert language.read(Seen({}, locale={"name": "", "available": True})).values == {}
