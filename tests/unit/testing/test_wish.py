import pytest

from parity.testing.wish import Wish, wish


@pytest.mark.parametrize(
    ("marks", "wanted"),
    [
        ([], Wish("usual")),
        ([{"state": "big"}], Wish("big")),
        ([{"scope": "module", "services": ["db", "web"]}], Wish("usual", ("db", "web"), "module")),
        ([{"state": "big", "scope": "session"}, {"state": "small"}], Wish("small", (), "session")),
        ([{"services": ["db"]}, {"services": None}], Wish("usual")),
        ([{"state": None}], Wish("")),
    ],
)
def test_an_inner_marker_wins_over_an_outer_one(marks, wanted):
    assert wish([((), named) for named in marks], "usual") == wanted


@pytest.mark.parametrize(
    ("positional", "named", "says"),
    [
        (("seeded",), {}, "its arguments have names: state=…, services=…, scope=…"),
        ((), {"stat": "x"}, "it takes no `stat`"),
        ((), {"scope": "class"}, "scope is one of function, module, session, not 'class'"),
        ((), {"services": "db"}, r"services is a list: services=\['db'\]"),
    ],
)
def test_a_wrong_marker_says_what_is_right(positional, named, says):
    with pytest.raises(ValueError, match=says):
        wish([(positional, named)])
