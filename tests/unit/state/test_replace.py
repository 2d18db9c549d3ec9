"""Which services a reset makes again."""

from parity.state.replace import affected

from .conftest import container


def test_those_with_data_those_in_their_network_and_those_that_restart_with_them(db, web, gateway):
    side = container("side-1", "side", mode=f"container:{db['Id']}")
    cache = container("cache-1", "cache")
    assert affected([db, web, gateway, side, cache], {"db"}) == {"db", "web", "side"}


def test_nothing_else_is_touched(db, web, gateway):
    web["Config"]["Labels"]["com.docker.compose.depends_on"] = "db:service_healthy:false"
    assert affected([db, web, gateway], {"db"}) == {"db"}
    assert affected([db, web, gateway], set()) == set()
