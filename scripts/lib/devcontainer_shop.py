"""The shop in a Dev Container, by the real Dev Containers CLI: what an editor does, without the editor."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from parity import compose_cli
from scripts.lib import demo, registry
from scripts.lib.errors import SetupError
from scripts.lib.paths import ROOT, SHOP, venv_dir

STATE = "devcontainer-check"
SECONDS = 600
TESTS = ("python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")
_NOT_COPIED = (".parity", "parity.lock", ".devcontainer", "__pycache__", ".*_cache", ".benchmarks")


class Shop:
    """A copy of the shop in a folder of its own, so that nobody's stack is touched."""

    def __init__(self, folder: Path, cli: str) -> None:
        for name in ("stacks/shop", "compose/shop"):
            ignore = shutil.ignore_patterns(*_NOT_COPIED)
            shutil.copytree(ROOT / name, folder / name, ignore=ignore)
        (folder / ".git").mkdir()
        self.root, self.cli = folder / "stacks" / "shop", cli
        path = f"{venv_dir() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
        address = os.environ.get("REGISTRY", f"127.0.0.1:{registry.port()}")
        self.env = {**os.environ, "PATH": path, "REGISTRY": address}

    def run(self, *command: str) -> str:
        """What a command prints; its failure is the check's."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode:
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-40:])
            shown = " ".join([Path(command[0]).name, *command[1:4]])
            raise SetupError(
                f"`{shown}` ended with {done.returncode}.",
                next_step="docs/devcontainer.md says what it should do.",
                detail=tail,
                exit_code=1,
            )
        return done.stdout

    def parity(self, *arguments: str) -> str:
        """The command line of this checkout."""
        return self.run(str(venv_dir() / "bin" / "parity"), *arguments)

    def devcontainer(self, verb: str, *arguments: str) -> str:
        """The Dev Containers CLI on the shop's folder."""
        place = ("--workspace-folder", str(self.root))
        compose = ("--docker-compose-path", compose_cli.executable())
        return self.run(self.cli, verb, *place, *compose, *arguments)

    def up(self) -> str:
        """Id of the container that an editor would attach to."""
        answer = json.loads(self.devcontainer("up").strip().splitlines()[-1])
        expect(answer["outcome"], "success", "the outcome of `devcontainer up`")
        return str(answer["containerId"])

    def stands(self, container: str) -> str:
        """Id and start of a container: what changes when an editor loses it."""
        return self.run("docker", "inspect", "-f", "{{.Id}} {{.State.StartedAt}}", container)


def expect(found: object, wanted: object, what: str) -> None:
    """Go on only where both are the same."""
    if found != wanted:
        raise SetupError(
            f"{what} is {found}, where {wanted} was expected.",
            next_step="docs/devcontainer.md says what it should be.",
            exit_code=1,
        )


def digests(report: Any, service: str) -> list[str]:
    """What a report has on the left of the digest of a service's image."""
    key = f"services.{service}.image.digest"
    found = [row["finding"] for row in report["folded"]] + report["findings"]
    return [p["left"] for row in found for p in row["places"] if p["setting"] == key]


def locked(lock: str, environment: str, image: str) -> str:
    """The digest that parity.lock has for an image of an environment, by its name without host and tag."""
    images = json.loads(lock)["environments"][environment]["images"]
    return next(
        str(pin["digest"])
        for name, pin in images.items()
        if name.rpartition(":")[0].endswith(f"/{image}")
    )


def prove(shop: Shop) -> None:
    """From the generated definition to a reset under the editor, step by step."""
    with_time("shop: definition", lambda: shop.parity("devcontainer"))
    for name in ("devcontainer.json", "Dockerfile"):
        made = (shop.root / ".devcontainer" / name).read_text(encoding="utf-8")
        expect(made, (SHOP / ".devcontainer" / name).read_text(encoding="utf-8"), name)
    container = with_time("shop: up", shop.up)
    before = shop.stands(container)
    with_time("shop: tests inside", lambda: shop.devcontainer("exec", *TESTS))
    with_time("shop: save", lambda: shop.parity("save", STATE))
    with_time("shop: reset", lambda: shop.parity("reset", STATE))
    expect(shop.stands(container), before, "the editor's container after a reset")
    expect(with_time("shop: up again", shop.up), container, "the editor's container")
    expect(shop.stands(container), before, "the editor's container after a second `up`")
    report = json.loads(with_time("shop: diff", lambda: shop.parity("diff", "--json")))
    lock = (shop.root / "parity.lock").read_text(encoding="utf-8")
    wanted = locked(lock, "prod", "shop/app")
    expect(digests(report, "web"), [wanted], "the digest of web's image in `parity diff`")


def with_time(name: str, work: Any) -> Any:
    """Do something, and print one line of how long it took."""
    started = time.monotonic()
    answer = work()
    sys.stderr.write(f"{name:20} ok  {time.monotonic() - started:3.0f} s\n")
    return answer


def check(cli: str) -> None:
    """Prove it on a copy, and take everything away again."""
    with tempfile.TemporaryDirectory(prefix="parity-devcontainer-") as folder:
        shop = Shop(Path(folder).resolve(), cli)
        try:
            prove(shop)
        finally:
            shop.parity("down", "--volumes")
            subprocess.run(
                [str(venv_dir() / "bin" / "parity"), "drop", STATE],
                cwd=shop.root,
                env=shop.env,
                capture_output=True,
                check=False,
            )


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Run by scripts/devcontainer_check with the path of the CLI."""
    return demo.guarded("scripts/devcontainer_check", lambda: check(arguments[0]))


if __name__ == "__main__":
    sys.exit(main())
