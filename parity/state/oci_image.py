"""What a registry says of an image: its config, without pulling it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from parity.errors import DamageError, RegistryError
from parity.state.artifact import Blob
from parity.state.oci import Registry
from parity.state.oci_auth import login_of
from parity.state.oci_names import Reference, parse

if TYPE_CHECKING:
    from docker import DockerClient

_DEPTH = 2
"""Indexes of indexes are allowed, and nobody makes any."""


def image_config(client: "DockerClient", image: str, platform: str) -> Mapping[str, Any]:
    """The config of an image, as the OCI Image Format has it; of the `platform` where there are several.

    StateError for no reference, RegistryError or UnreachableError for no answer, DamageError for a bad one.
    """
    reference = parse(image)
    if not reference.at:
        reference = replace(reference, tag="latest")
    registry, tree = _manifest(client, reference)
    for _ in range(_DEPTH):
        if "manifests" not in tree:
            break
        registry.close()
        digest = _chosen(tree["manifests"], platform, reference)
        registry, tree = _manifest(client, replace(reference, digest=digest))
    try:
        config = tree.get("config") or {}
        blob = Blob(str(config.get("digest") or ""), int(config.get("size") or 0))
        if not blob.digest:
            raise DamageError(
                f"{reference} has no config: it is no image",
                next_step="mend the image's name in the definition",
            )
        return _table(registry.small(blob), reference)
    finally:
        registry.close()


def _manifest(client: "DockerClient", reference: Reference) -> tuple[Registry, Mapping[str, Any]]:
    registry = Registry(reference, login_of(client, reference.registry), _NoUploads())
    try:
        return registry, _table(registry.manifest(), reference)
    except BaseException:
        registry.close()
        raise


def _chosen(rows: Any, platform: str, reference: Reference) -> str:
    """The digest of the manifest for a platform; a variant counts where both name one."""
    wanted = platform.split("/")
    there = []
    for row in rows if isinstance(rows, list) else ():
        told = row.get("platform") or {}
        parts = [str(told.get(key) or "") for key in ("os", "architecture", "variant")]
        there.append("/".join(filter(None, parts)))
        if all(not two or one == two for one, two in zip(wanted, parts, strict=False)):
            return str(row.get("digest") or "")
    raise RegistryError(
        f"{reference} is there for {', '.join(there) or 'no platform'}, not for {platform}",
        next_step="`platform` in the service says which one production runs",
    )


def _table(data: bytes, reference: Reference) -> Mapping[str, Any]:
    try:
        tree = json.loads(data)
    except ValueError:
        tree = None
    if not isinstance(tree, dict):
        raise DamageError(
            f"{reference} is damaged: the registry's answer is no JSON table",
            next_step="`docker pull` of it says the same; look at the registry",
        )
    return tree


class _NoUploads:
    """Nothing is uploaded here."""

    def get(self, key: str) -> str:
        """None was begun."""
        del key
        return ""

    def put(self, key: str, location: str) -> None:
        """None is."""
