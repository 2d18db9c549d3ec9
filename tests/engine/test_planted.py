"""The shop on a laptop against its production, which really runs: alike in every layer; then one thing is
planted in production at a time, and that is found and nothing else.
"""

import os
import shutil
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from parity.actions.diff import judge
from parity.actions.diff_request import DiffRequest
from parity.actions.environments import read_for_comparison
from parity.actions.layers import with_layers
from parity.actions.local import read_local
from parity.actions.session import open_session
from parity.config.load import load
from parity.model.progress import silent
from parity.model.setting import Layer
from parity.paths import ProjectPaths
from tests.engine.production import DEFINITION, production

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("shop")]

SHOP = DEFINITION.parents[1] / "stacks" / "shop"
ALL = frozenset(Layer)


@pytest.fixture(scope="module")
def both(open_project, tmp_path_factory):
    """(project, what runs here, its overrides, production as it was captured)."""
    root = tmp_path_factory.mktemp("planted")
    shutil.copytree(DEFINITION, root / "compose" / "shop")
    folder = root / "stacks" / "shop"
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns(".parity", "*.lock"))
    name = f"shop-planted-{os.getpid()}"
    shop = open_project(folder, {"PARITY_STACK": name, "PARITY_KEY": "k3-of-a-laptop" * 4})
    env_files = 'env-files = ["../../compose/shop/prod.env"]\n'
    shop.edit("parity.toml", env_files, f'{env_files}project = "{name}-real"\n')
    shop.parity("lock")
    try:
        shop.parity("up", timeout=400)
        with production(root, f"{name}-real"):
            shop.parity("capture", "prod", "--layers", "all", "-o", "prod.json")
            paths = ProjectPaths(folder)
            project = load(paths)
            session = open_session(paths, project, name=name)
            base = project.local.gateway_base
            local, overrides = read_local(session, silent)
            left = with_layers(local, ALL, silent, base=base)
            right = read_for_comparison(paths, project, str(folder / "prod.json")).result()
            yield paths, project, left, overrides, right
    finally:
        shop.parity("down", "--volumes")


def found(both, plant=None):
    """The findings, with one thing planted in production."""
    paths, project, left, overrides, right = both
    if plant:
        document = deepcopy(right.document)
        plant(document["services"])
        right = replace(right, document=document)
    request = DiffRequest("local", right.name, read=ALL)
    return judge(paths, project, request, left, right, overrides=overrides).findings


def test_the_shop_here_and_its_production_have_no_undeclared_difference(both):
    assert [(f.rule, f.setting, f.message) for f in found(both)] == []
    _, _, left, _, right = both
    assert left.layers == right.layers == ALL


# services.NAME.PATH in the captured document, and what is put there; `facts` stands for x-parity.facts.
PLANTS: dict[str, Any] = {
    # declared
    "web.environment.SHOP_PAGE_SIZE": "48",
    "web.environment.SHOP_CACHE_TTL": None,
    "web.stop_grace_period": "2s",
    "worker.deploy.resources.limits.memory": "67108864",
    "cache.command.4": "noeviction",
    "db.shm_size": "67108864",
    "queue.init": False,
    "proxy.read_only": False,
    # image
    "db.facts.image-config.volumes": ["/var/lib/postgresql"],
    "web.facts.image-config.env.PYTHONHASHSEED": "0",
    "cache.facts.image-config.stop_signal": "SIGINT",
    # filesystem
    "web.facts.files.libc": "musl",
    "db.facts.files.os.version": "13",
    "web.facts.files.python.flask": "1.1.4",
    "web.facts.files.time-zones": False,
    "proxy.facts.files.certificates": False,
    "db.facts.files.runtimes.postgres": "16.1",
    # running
    "web.facts.running.environment.HTTP_PROXY": "http://10.0.0.1:3128",
    "web.facts.running.time-zone.offsets": ["+00:00", "+00:00"],
    "web.facts.running.listening.8000/tcp": "loopback",
    "db.facts.running.sort": "a A b B c C \u00e9 z",
    "worker.facts.running.limits.memory": 33554432,
    "db.facts.running.mounts./var/lib/postgresql/data.writable": False,
    # database
    "db.facts.database.settings.search_path": "archive",
    "db.facts.database.settings.statement_timeout": "0",
    "db.facts.database.role.superuser": True,
    "db.facts.database.extensions.pg_trgm": None,
    "db.facts.database.schema.orders.payment_reference": None,
    "db.facts.database.collation.provider": "icu",
    "cache.facts.database.settings.maxmemory-policy": "noeviction",
    "queue.facts.database.queues.orders": "durable x-max-length=10",
    # host
    "web.facts.host.cgroup": "v2",
    "db.facts.host.clock-offset": -312.0,
    "queue.facts.host.architecture": "arm64",
}


def planted(services, setting, value):
    service, *parts = _parts(setting)
    at = services[service]
    if parts[0] == "facts":
        parts = ["x-parity", *parts]
    for part in parts[:-1]:
        at = at[int(part)] if isinstance(at, list) else at.setdefault(part, {})
    last = int(parts[-1]) if isinstance(at, list) else parts[-1]
    if value is None:
        del at[last]
    else:
        assert isinstance(at, list) or at.get(last) != value, "it was there before"
        at[last] = value


def _parts(setting):
    return setting.split(".")


@pytest.mark.parametrize("setting", PLANTS)
def test_one_planted_thing_is_found_and_nothing_else(both, setting):
    findings = found(both, lambda services: planted(services, setting, PLANTS[setting]))
    service, *parts = _parts(setting)
    named = [f"{f.rule} {place.setting}" for f in findings for place in f.places]
    assert len({f.rule for f in findings}) == 1, named
    assert any(f"services.{service}." in text for text in named), named
    assert any(str(part) in " ".join(named) for part in parts[-2:]), named
