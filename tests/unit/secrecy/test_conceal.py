"""Two sides whose secrets can be compared without being known."""

import pytest

from parity.model.environment import Environment
from parity.model.hidden import UNKNOWN, Relation, alike, relation
from parity.secrecy import fingerprint
from parity.secrecy.conceal import conceal
from parity.secrecy.hide import hide

STRONG = "kX9vQz3LmPw7RtYb2NdF4hJs"
OTHER = "aB3dEf6hIj9lMn2pQr5tUv8x"
KEY = "k" * 64


def env(**variables):
    return Environment("x", "compose", (), {"services": {"web": {"environment": variables}}})


def captured(key=KEY, **variables):
    return hide(env(**variables), fingerprint.slow(key))


def both(left, right, **options):
    sides = conceal(left, right, **options)
    return tuple(side.services["web"]["environment"] for side in sides)


def relate(left, right, name="DB_PASSWORD", **options):
    one, two = both(left, right, **options)
    return relation(one[name], two[name])


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("pw", "pw", Relation.SAME),
        ("pw", "px", Relation.DIFFERS),
        (STRONG, STRONG, Relation.SAME),
        (STRONG, OTHER, Relation.DIFFERS),
        (STRONG, "${secret:x}", Relation.UNKNOWN),
        (STRONG, "", Relation.DIFFERS),
    ],
)
def test_two_that_were_read_now_compare_exactly(left, right, expected):
    assert relate(env(DB_PASSWORD=left), env(DB_PASSWORD=right)) is expected
    one, two = both(env(DB_PASSWORD=left), env(DB_PASSWORD=right))
    assert (one == two) is (expected is Relation.SAME)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (STRONG, STRONG, Relation.SAME),
        (STRONG, OTHER, Relation.DIFFERS),
        (STRONG, STRONG + "\n", Relation.DIFFERS),
        ("hunter2", "hunter2", Relation.UNKNOWN),
        ("hunter2", "hunter22", Relation.DIFFERS),
        (STRONG, "hunter2", Relation.DIFFERS),
    ],
)
def test_a_snapshot_compares_with_what_is_read_now(left, right, expected):
    now, then = env(DB_PASSWORD=left), captured(DB_PASSWORD=right)
    assert relate(now, then, key=KEY) is expected
    assert relate(then, now, key=KEY) is expected


def test_without_the_key_only_shapes_compare():
    now, then = env(DB_PASSWORD=STRONG), captured(DB_PASSWORD=STRONG)
    assert relate(now, then) is Relation.UNKNOWN
    assert relate(now, then, key="z" * 64) is Relation.UNKNOWN
    assert relate(env(DB_PASSWORD=STRONG + "x"), then) is Relation.DIFFERS


def test_two_snapshots_compare_by_their_fingerprints():
    one, same, other = (
        captured(P_PASSWORD=STRONG),
        captured(P_PASSWORD=STRONG),
        captured(P_PASSWORD=OTHER),
    )
    assert relate(one, same, "P_PASSWORD") is Relation.SAME
    assert relate(one, other, "P_PASSWORD") is Relation.DIFFERS
    assert relate(one, captured(key="z" * 64, P_PASSWORD=STRONG), "P_PASSWORD") is Relation.UNKNOWN


@pytest.mark.parametrize("edged", [STRONG + "\n", f'"{STRONG}"', f" {STRONG}"])
def test_a_difference_in_the_edges_alone_is_told(edged):
    for right in (env(DB_PASSWORD=edged), captured(DB_PASSWORD=edged)):
        one, two = both(env(DB_PASSWORD=STRONG), right, key=KEY)
        assert alike(one["DB_PASSWORD"], two["DB_PASSWORD"])
        assert not one["DB_PASSWORD"].edges
        assert two["DB_PASSWORD"].edges


def test_base64_of_the_value_is_told():
    import base64

    value = "a-Str0ng passphrase, kX9vQz3"
    encoded = base64.b64encode(value.encode()).decode()
    one, two = both(env(DB_PASSWORD=value), env(DB_PASSWORD=encoded))
    assert alike(one["DB_PASSWORD"], two["DB_PASSWORD"])
    assert two["DB_PASSWORD"].edges == ("base64 of a text",)


def test_parts_of_a_url_compare_apart_from_its_secret():
    url = "postgres://u:{}@{}/x"
    one, two = both(env(U=url.format(STRONG, "a")), env(U=url.format(STRONG, "b")))
    assert (one["U"].text, two["U"].text) == ("postgres://u:•••@a/x", "postgres://u:•••@b/x")
    assert relation(one["U"].hidden[0], two["U"].hidden[0]) is Relation.SAME
    same = env(U=url.format("${secret:x}", "a"))
    one, two = both(env(U=url.format(STRONG, "a")), same)
    assert one["U"].text == two["U"].text
    assert two["U"].hidden[0].kind == UNKNOWN
    assert relation(one["U"], two["U"]) is Relation.UNKNOWN


def test_a_secret_of_one_side_is_one_on_the_other():
    one, two = both(
        env(DB_PASSWORD=STRONG, USER_NAME=STRONG), env(DB_PASSWORD="x", USER_NAME=STRONG)
    )
    assert one["USER_NAME"] == two["USER_NAME"] != STRONG
    assert relation(one["USER_NAME"], two["USER_NAME"]) is Relation.SAME


def test_one_secret_at_two_places_is_seen_to_be_one():
    one, two = both(env(DB_PASSWORD=STRONG, API_TOKEN=STRONG), env(DB_PASSWORD=OTHER))
    assert relation(one["DB_PASSWORD"], one["API_TOKEN"]) is Relation.SAME
    assert relation(one["API_TOKEN"], two["DB_PASSWORD"]) is Relation.DIFFERS


def test_no_value_is_in_any_text_of_the_result():
    for right in (env(DB_PASSWORD=OTHER), captured(DB_PASSWORD=OTHER)):
        sides = conceal(env(DB_PASSWORD=STRONG, U=f"x://u:{STRONG}@h"), right, key=KEY)
        text = repr(sides) + str(sides[0].document) + str(vars(sides[0])) + str(vars(sides[1]))
        assert STRONG not in text
        assert OTHER not in text
        assert KEY not in text


def test_one_run_is_like_the_next():
    def run():
        return conceal(
            env(B_TOKEN=OTHER, A_TOKEN=STRONG, U=f"x://u:{STRONG}@h"), env(A_TOKEN=OTHER)
        )

    assert run() == run()
    assert repr(run()) == repr(run())
