"""What the images of an environment say and hold."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from parity.errors import ParityError
from parity.model.environment import Environment
from parity.model.facts import Facts
from parity.model.progress import Progress, Step
from parity.model.setting import Layer
from parity.paths import image_file, keep
from parity.probes import image_config, registry
from parity.probes.contract import cut

_BUILT: Final = "it is built, and has no name that could be asked for"
Records = Mapping[str, Mapping[str, Any] | str]
"""Answers by the image's name; a text says why there is none."""


@dataclass(frozen=True)
class Images:
    """How images are asked: all that are wanted at once."""

    records: Callable[[Iterable[str]], Records]
    """For their configs."""
    files: Callable[[Mapping[str, Mapping[str, Any]]], Mapping[str, Facts]]
    """For their files, those of these records."""


def of_engine(context: str) -> Images:
    """The images of the engine that a docker context names; empty for the usual one."""
    return Images(lambda names: _records(names, context), lambda known: _files(known, context))


def read(
    environment: Environment, layers: Collection[Layer], ask: Images, progress: Progress
) -> dict[Layer, dict[str, Facts]]:
    """Facts by service, of those of the layers `image` and `filesystem` that are wanted."""
    found: dict[Layer, dict[str, Facts]] = {}
    if not set(layers) & {Layer.IMAGE, Layer.FILESYSTEM}:
        return found
    names = sorted({str(b["image"]) for b in environment.services.values() if b.get("image")})
    progress(Step(environment.name, "reading what its images say of themselves"))
    answers = ask.records(names) if names else {}
    configs = {
        name: Facts(unread={name: answer}) if isinstance(answer, str) else image_config.read(answer)
        for name, answer in answers.items()
    }
    if Layer.IMAGE in layers:
        found[Layer.IMAGE] = _by_service(environment, configs)
    if Layer.FILESYSTEM in layers:
        progress(Step(environment.name, "reading files of its images"))
        known = {name: each for name, each in answers.items() if not isinstance(each, str)}
        found[Layer.FILESYSTEM] = _by_service(environment, {**configs, **ask.files(known)})
    return found


def _by_service(environment: Environment, told: Mapping[str, Facts]) -> dict[str, Facts]:
    images = {name: str(body.get("image") or "") for name, body in environment.services.items()}
    return {
        service: told[image] if image else Facts(unread={"image": _BUILT})
        for service, image in images.items()
    }


def _records(names: Iterable[str], context: str) -> Records:
    """The engine's word, else the registry's; nothing is pulled."""
    from parity.engine.address import named
    from parity.engine.client import connect
    from parity.engine.execute import in_parallel
    from parity.engine.image_records import image_records, platform

    wanted = list(names)
    here = image_records(wanted, context)
    away = [name for name in wanted if name not in here]
    if not away:
        return here
    client = connect(named(context))
    own = platform(client)

    def one(name: str) -> Mapping[str, Any] | str:
        from parity.state.oci_image import image_config as of_registry

        try:
            return of_registry(client, name, own)
        except ParityError as error:
            return f"not on this engine, and {error}"

    try:
        return {**here, **dict(zip(away, in_parallel(one, away), strict=True))}
    finally:
        client.close()


def _kept(file: Path) -> Facts | None:
    try:
        kept = Facts(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    whole = all(isinstance(table, dict) for table in (kept.values, kept.unread))
    return kept if whole else None


def _files(records: Mapping[str, Mapping[str, Any]], context: str) -> Mapping[str, Facts]:
    """Of the images that are on the engine, whose record it was: files are not asked of a registry."""
    from parity.engine.address import named
    from parity.engine.client import connect
    from parity.engine.execute import in_parallel
    from parity.engine.image_files import read_files
    from parity.stack import labels
    from parity.state import heal, leases

    marks = {labels.ROLE: labels.HELPER, labels.LEASE: leases.mine().to_json()}
    address = named(context)
    client = connect(address)
    heal.dismiss(client, heal.helpers(address))

    def one(name: str) -> Facts:
        identity = str(records[name].get("Id") or "").rpartition(":")[2]
        if not identity:
            return Facts(unread={name: f"not on this engine: `docker pull {name}`"})
        # An image never changes: what was read of it once is known.
        kept = image_file(f"{identity}-{registry.version()}")
        known = _kept(kept)
        if known is None:
            config = image_config.read(records[name]).values
            answer = read_files(client, name, registry.wants(config), marks)
            known = registry.read(config, answer)
            if not cut(answer):  # it may have been for lack of time
                with suppress(ParityError, OSError):
                    keep(kept, json.dumps(asdict(known)))
        return known

    try:
        return dict(zip(records, in_parallel(one, list(records)), strict=True))
    finally:
        client.close()
