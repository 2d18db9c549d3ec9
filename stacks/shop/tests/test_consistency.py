"""What is written in two places must say the same in both."""

import json
import re
import tomllib
from pathlib import Path

import yaml
from shop import VERSION

STACK = Path(__file__).resolve().parents[1]
ROOT = STACK.parents[1]
CLUSTER = STACK / "kubernetes"
COMPOSE = (ROOT / "compose/shop/compose.yaml").read_text(encoding="utf-8")


def images():
    """The tables of images.toml."""
    return tomllib.loads((STACK / "images/images.toml").read_text(encoding="utf-8"))["image"]


def test_every_image_of_production_can_be_built_here():
    used = set(re.findall(r"image: \$\{REGISTRY[^}]*\}/(\S+)", COMPOSE))
    assert used == {f"{image['name']}:{image['tag']}" for image in images()}


def test_labels_carry_the_tag():
    for image in images():
        dockerfile = (ROOT / image["context"] / image["dockerfile"]).read_text(encoding="utf-8")
        assert f"ARG VERSION={image['tag']}\n" in dockerfile, image["name"]


def test_the_application_knows_its_version():
    assert {image["name"]: image["tag"] for image in images()}["shop/app"] == VERSION


def declared():
    """The secrets of parity.toml: shapes and templates by name, and those of certificates."""
    parity = tomllib.loads((STACK / "parity.toml").read_text(encoding="utf-8"))
    certificates = [
        body[k] for body in parity["certificates"].values() for k in ("certificate", "key")
    ]
    return parity["secrets"], certificates


def test_every_secret_of_production_has_a_stand_in():
    secrets, certificates = declared()
    in_files = set(re.findall(r"file: \$\{SHOP_SECRETS[^}]*\}/(\w+)", COMPOSE))
    shapes = {name for name, body in secrets.items() if isinstance(body, dict)}
    assert in_files == shapes | set(certificates)


def test_every_secret_of_the_cluster_is_made_from_one_of_those():
    secrets, certificates = declared()
    keys = {
        f"{thing['spec']['target']['name']}.{row['secretKey']}"
        for thing in yaml.safe_load_all((CLUSTER / "base/secrets.yaml").read_text("utf-8"))
        for row in thing["spec"]["data"]
    }
    assert keys == {name for name in secrets if "." in name}
    for name in keys:
        (source,) = re.findall(r"\$\{secret:([^}]+)\}", secrets[name])
        assert source in (*secrets, *certificates)


def test_every_image_is_the_same_in_the_other_notations():
    images_of = {f"127.0.0.1:5055/{image['name']}:{image['tag']}" for image in images()}
    task = json.loads((STACK / "ecs/task-definition.json").read_text(encoding="utf-8"))
    assert {body["image"] for body in task["containerDefinitions"]} == images_of
    prod = yaml.safe_load((CLUSTER / "overlays/prod/kustomization.yaml").read_text("utf-8"))
    assert {f"{row['newName']}:{row['newTag']}" for row in prod["images"]} == images_of


def test_files_of_the_cluster_are_those_of_the_node():
    base = yaml.safe_load((CLUSTER / "base/kustomization.yaml").read_text("utf-8"))
    files = [
        row.partition("=")[2] for one in base["configMapGenerator"] for row in one.get("files", [])
    ]
    assert len(files) == 2
    for file in files:
        assert (CLUSTER / "base" / file).resolve().is_relative_to(ROOT / "compose/shop")
