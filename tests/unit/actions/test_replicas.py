"""The containers of one service, each as an environment."""

import pytest

from parity.actions.live_layers import Live
from parity.actions.replicas import replicas
from parity.config.load import load
from parity.errors import UsageError
from parity.model.facts import Facts
from parity.model.progress import silent
from parity.model.setting import Layer
from parity.paths import ProjectPaths

TOML = '[environments.prod]\nfiles = ["c.yaml"]\nproject = "shop"\n[environments.dev]\nfiles = ["c.yaml"]\n'


def container(number, *, image="sha256:aa", memory=0, zone="UTC", running=True, prefix="shop"):
    labels = {"com.docker.compose.project": "shop", "com.docker.compose.service": "web"}
    return {
        "Id": f"{number:064x}",
        "Name": f"/{prefix}-web-{number}",
        "Image": image,
        "State": {"Running": running},
        "Config": {"Labels": labels, "Image": "shop/web:1", "Env": [f"TZ={zone}"]},
        "HostConfig": {"Memory": memory},
        "_Image": {"Id": image, "Config": {"Env": ["PATH=/bin"]}, "Os": "linux"},
    }


@pytest.fixture
def compare(tmp_path):
    (tmp_path / "parity.toml").write_text(TOML)
    (tmp_path / "c.yaml").write_text("services: {web: {image: shop/web:1}}\n")
    paths = ProjectPaths(tmp_path)

    def call(rows, *names, service="web", ask=None, **options):
        live = Live(lambda place: {"web": rows[place.project]}, ask)
        return replicas(paths, load(paths), service, names, silent, live=live, **options)

    return call


def test_the_one_that_stands_out(compare):
    rows = [container(n) for n in range(1, 5)]
    rows.append(container(5, image="sha256:bb", zone="Europe/Berlin", memory=2**28))
    found = compare({"shop": rows})
    assert found.of == "web"
    assert [name for name, _ in found.standing_out] == ["shop-web-5"]
    settings = {row.setting for row in (*found.rows, *found.folded)}
    assert {"services.web.environment.TZ", "services.web.running.image"} <= settings
    assert found.sides[0].layers == (Layer.DECLARED, Layer.IMAGE, Layer.RUNNING)


def test_stopped_ones_are_left_out(compare):
    rows = [container(1), container(2), container(3, running=False)]
    assert len(compare({"shop": rows}).sides) == 2


def test_containers_of_several_environments(compare):
    rows = {"shop": [container(1)], "x": [container(1)], "y": [container(9, prefix="y")]}
    found = compare(rows, "prod", "docker:x", "docker:y")
    assert [info.name for info in found.sides] == [
        "prod:shop-web-1",
        "docker:x:shop-web-1",
        "y-web-9",
    ]


def test_layers_are_read_of_each_container_alone(compare):
    asked = []

    def ask(environment, records, layers, progress):
        asked.append((environment.name, [row["Name"] for row in records["web"]], set(layers)))
        return {Layer.RUNNING: {"web": Facts({"user": 0})}}

    found = compare(
        {"shop": [container(1), container(2)]}, ask=ask, layers=frozenset({Layer.RUNNING})
    )
    assert sorted(asked) == [
        ("shop-web-1", ["/shop-web-1"], {Layer.RUNNING}),
        ("shop-web-2", ["/shop-web-2"], {Layer.RUNNING}),
    ]
    assert Layer.RUNNING in found.sides[0].layers


@pytest.mark.parametrize(
    ("names", "service", "count", "message"),
    [
        (("prod",), "web", 1, "runs in one container"),
        (("prod",), "web", 101, "runs in 101 containers"),
        (("prod",), "wob", 2, "no container of a service called `wob`"),
        (("dev",), "web", 2, "nothing says where the containers of dev run"),
    ],
)
def test_what_makes_no_matrix_is_refused(compare, names, service, count, message):
    rows = {"shop": [container(n) for n in range(count)]}
    with pytest.raises(UsageError, match=message):
        compare(rows, *names, service=service)
