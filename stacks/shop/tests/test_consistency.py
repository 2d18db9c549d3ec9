"""What is written in two places must say the same in both."""

import re
import tomllib
from pathlib import Path

from shop import VERSION

STACK = Path(__file__).resolve().parents[1]
ROOT = STACK.parents[1]
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


def test_every_secret_of_production_has_a_stand_in():
    parity = tomllib.loads((STACK / "parity.toml").read_text(encoding="utf-8"))
    declared = set(re.findall(r"file: \$\{SHOP_SECRETS[^}]*\}/(\w+)", COMPOSE))
    stood_in = set(parity["secrets"]) - {"DB_PASSWORD"}
    for certificate in parity["certificates"].values():
        stood_in |= {certificate["certificate"], certificate["key"]}
    assert declared == stood_in
