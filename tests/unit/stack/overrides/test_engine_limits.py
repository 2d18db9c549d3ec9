"""What the engine at hand cannot do."""

import pytest

from parity.stack.overrides import engine_limits


def test_an_old_engine_is_not_asked_for_a_start_interval(draft, context):
    one = draft({"web": {"healthcheck": {"test": ["CMD", "x"], "start_interval": "1s"}}})
    engine_limits.apply(one, context(engine=(24, 0, 9)))
    assert one.get(("services", "web", "healthcheck")) == {"test": ["CMD", "x"]}
    assert "24.0.9" in one.overrides[0].reason


@pytest.mark.parametrize("engine", [(25,), (25, 0, 0), (27, 3, 1)])
def test_a_newer_one_is(draft, context, engine):
    one = draft({"web": {"healthcheck": {"start_interval": "1s"}}, "db": {}})
    engine_limits.apply(one, context(engine=engine))
    assert one.overrides == ()


@pytest.mark.parametrize(
    ("wanted", "local"),
    [
        (100000, 4096),
        (-1, 4096),
        ({"soft": 1024, "hard": 100000}, {"soft": 1024, "hard": 4096}),
        ({"soft": -1, "hard": -1}, {"soft": 4096, "hard": 4096}),
    ],
)
def test_a_limit_above_the_engines_own_is_lowered(draft, context, wanted, local):
    one = draft({"web": {"ulimits": {"nofile": wanted}}})
    engine_limits.apply(one, context(hard_limits={"nofile": 4096}))
    assert one.get(("services", "web", "ulimits", "nofile")) == local
    assert one.overrides[0].production == wanted


@pytest.mark.parametrize("wanted", [4096, 10, {"soft": 1, "hard": 4096}])
def test_a_limit_within_it_stays(draft, context, wanted):
    one = draft({"web": {"ulimits": {"nofile": wanted, "nproc": -1}}})
    engine_limits.apply(one, context(hard_limits={"nofile": 4096}))
    assert one.overrides == ()
