"""From a bare machine to the reference stack up and answering, one step after the other."""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import docker
import docker.errors
import requests

from scripts.lib import base_image, engine, images, registry, stack
from scripts.lib.errors import SetupError
from scripts.lib.paths import cache_dir
from scripts.lib.progress import Progress

STEPS = ("engine", "base", "registry", "images", "stack")
PREPARATION = STEPS[:4]


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(
        prog="scripts/demo",
        description="From a bare machine to the reference stack up and answering. "
        "Each step does nothing when its result is there already.",
        epilog="PARITY_DEMO_REGISTRY_PORT moves the registry from port 5055. DOCKER_HOST and the "
        "docker context choose the engine. Exit codes: 0 up, 1 a step failed, 2 usage, "
        "3 engine or registry out of reach.",
    )
    options.add_argument(
        "--only",
        metavar="STEPS",
        type=_steps,
        default=STEPS,
        help=f"comma-separated, of {', '.join(STEPS)}",
    )
    options.add_argument(
        "--plain", action="store_true", help="no line rewritten in place (for logs)"
    )
    options.add_argument(
        "--down", action="store_true", help="take the stack and the registry down again"
    )
    return options


def _steps(text: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in STEPS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(
            f"no step called {', '.join(unknown) or repr(text)}; there are {', '.join(STEPS)}"
        )
    return tuple(step for step in STEPS if step in names)


@contextmanager
def one_at_a_time(progress: Progress) -> Iterator[None]:
    """Two runs at once would build the same images twice."""
    with (cache_dir() / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.note("another run of scripts/demo or scripts/test prepares: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def prepare(progress: Progress, steps: Sequence[str]) -> None:
    """Engine, base image, registry, images: what both the demo and the tests need."""
    with one_at_a_time(progress):
        with progress.step("engine", "looking for a Docker Engine") as step:
            client = engine.connect(step, start="engine" in steps)
        if "base" in steps:
            with progress.step("base", "looking for the base image") as step:
                base_image.ensure(client, step)
        if "registry" in steps or "images" in steps:
            with progress.step("registry", "looking for the registry") as step:
                found = registry.ensure(client, step)
            os.environ["REGISTRY"] = found.address
            if "images" in steps:
                images.ensure(client, found, progress)


def take_down(progress: Progress) -> None:
    """The stack and the registry's container; images, volumes and the engine stay."""
    with progress.step("engine", "looking for a Docker Engine") as step:
        client = engine.connect(step, start=False)
    os.environ.setdefault("REGISTRY", f"127.0.0.1:{registry.port()}")
    try:
        stack.Stack().down(progress)
    finally:
        with progress.step("registry", "removing the registry") as step:
            gone = registry.remove(client)
            stays = "removed; its volume and the images stay"
            step.done(f"{registry.NAME} {stays}" if gone else "no registry was running")


def run(options: argparse.Namespace, progress: Progress) -> None:
    """What the options ask for."""
    if options.down:
        take_down(progress)
        return
    if set(options.only) & set(PREPARATION):
        prepare(progress, options.only)
    if "stack" in options.only:
        os.environ.setdefault("REGISTRY", f"127.0.0.1:{registry.port()}")
        shop = stack.Stack()
        shop.up(progress)
        with progress.step("answer", "asking the stack over HTTPS") as step:
            address, said = stack.answering(shop.addresses())
            step.done(f"{address.url} answers")
        sys.stdout.write(stack.report(shop, address, said))


def guarded(program: str, work: Callable[[], None]) -> int:
    """Run `work()` and turn what it raises into a message and an exit code."""
    try:
        work()
    except SetupError as error:
        sys.stderr.write(error.render(program))
        return error.exit_code
    except (docker.errors.DockerException, requests.RequestException) as error:
        problem = SetupError(
            f"the engine refused or went away: {getattr(error, 'explanation', None) or error}",
            next_step="`docker info` tells whether it runs; then run this again.",
        )
        sys.stderr.write(problem.render(program))
        return problem.exit_code
    except KeyboardInterrupt:
        sys.stderr.write(f"\n{program}: interrupted; run it again, it goes on where it stopped.\n")
        return 130
    return 0


def main() -> int:
    """Run by scripts/demo."""
    options = parser().parse_args()
    progress = Progress(plain=options.plain)
    return guarded("scripts/demo", lambda: run(options, progress))


def leave(code: int) -> None:
    """End the process without waiting for a build whose result nobody wants any more."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
