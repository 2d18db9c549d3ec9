"""The reference stack: bring it up, take it down, ask it something over HTTPS."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.lib.errors import SetupError
from scripts.lib.paths import ROOT, SHOP, venv_dir
from scripts.lib.progress import Progress

ANSWER_SECONDS = 30
REQUEST_SECONDS = 5
PATHS = ("/version", "/health")
TRY_NEXT = (
    (("ps",), "what runs, and where it answers"),
    (("egress",), "what tried to leave this machine"),
    (("config", "--overrides"), "the list above, whenever you need it"),
)
_ADDRESS = re.compile(r"127\.0\.0\.1:(\d+)")


@dataclass(frozen=True)
class Address:
    """Where the stack answers on this machine, and what proves that it is the stack."""

    port: int
    name: str
    authority: Path | None

    @property
    def url(self) -> str:
        """As a user would type it."""
        return f"https://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Stack:
    """The stack of this checkout, or with a name a second one beside it."""

    name: str = ""
    # Another environment of parity.toml than the usual one.
    environment: str = ""

    def command(self, *arguments: str) -> list[str]:
        """The command line of parity on it."""
        named = ["--project-name", self.name] if self.name else []
        named += ["--environment", self.environment] if self.environment else []
        parity = str(venv_dir() / "bin" / "parity")
        return [parity, "--project-directory", str(SHOP), *named, *arguments]

    def shown(self, *arguments: str) -> str:
        """The same command as a user types it at the top of the repository."""
        words = self.command(*arguments)
        words[0] = os.path.relpath(words[0], ROOT)
        words[words.index(str(SHOP))] = str(SHOP.relative_to(ROOT))
        return " ".join(words)

    def up(self, progress: Progress) -> None:
        """Bring it up; parity's own progress is shown as it comes."""
        self._run(progress, "up")

    def down(self, progress: Progress, *, volumes: bool = False) -> None:
        """Take it down, where parity is there to do it."""
        if Path(self.command()[0]).exists():
            self._run(progress, "down", *(["--volumes"] if volumes else []))

    def _run(self, progress: Progress, *arguments: str) -> None:
        progress.note(self.shown(*arguments))
        # stdout belongs to the script's own answer; parity's words join the progress.
        code = subprocess.run(
            self.command(*arguments), stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
        ).returncode
        if code:
            raise SetupError(
                f"`{self.shown(*arguments)}` ended with exit code {code}.",
                next_step="parity's message above says what to do; then run this again.",
                exit_code=code if code > 0 else 130,
            )

    def output(self, *arguments: str) -> str:
        """What parity prints, empty when it fails."""
        done = subprocess.run(
            self.command(*arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout if done.returncode == 0 else ""

    def addresses(self) -> list[Address]:
        """Every published address of the stack."""
        try:
            listing = json.loads(self.output("ps", "--format", "json"))
        except ValueError:
            return []
        name = str(listing.get("stack", "")) if isinstance(listing, dict) else ""
        authority = SHOP / ".parity" / name / "authority" / "authority.pem"
        return [
            Address(port, public_name(), authority if authority.is_file() else None)
            for port in ports_in(listing)
        ]


def ports_in(node: Any) -> list[int]:
    """Every local port named anywhere in the listing, whatever its shape."""
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        return list(dict.fromkeys(port for child in node for port in ports_in(child)))
    return [int(port) for port in _ADDRESS.findall(node)] if isinstance(node, str) else []


def public_name() -> str:
    """The name that production's certificate carries."""
    settings = tomllib.loads((SHOP / "parity.toml").read_text(encoding="utf-8"))
    names = [name for one in settings.get("certificates", {}).values() for name in one["names"]]
    return str(names[0]) if names else "localhost"


def answering(addresses: Sequence[Address]) -> tuple[Address, dict[str, str]]:
    """The first address that speaks HTTPS, and what it says at /version and /health."""
    deadline = time.monotonic() + ANSWER_SECONDS
    problem = "parity lists no published address"
    while addresses and time.monotonic() < deadline:
        for address in addresses:
            try:
                return address, {path: get(address, path) for path in PATHS}
            except (OSError, http.client.HTTPException) as error:
                problem = f"{address.url}: {error}"
        time.sleep(0.2)
    raise SetupError(
        "the stack is up, but it does not answer over HTTPS.",
        detail=problem,
        next_step=f"{Stack().shown('ps')}; {Stack().shown('logs')}",
        exit_code=1,
    )


def get(address: Address, path: str) -> str:
    """Status and body, asked by production's name and verified with the local authority."""
    context = ssl.create_default_context(cafile=address.authority)
    if address.authority is None:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", address.port), REQUEST_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=address.name) as secured,
    ):
        connection = http.client.HTTPSConnection(address.name)
        connection.sock = secured
        connection.request("GET", path, headers={"Connection": "close"})
        answer = connection.getresponse()
        return f"{answer.status} {answer.read(4096).decode(errors='replace').strip()}"


def report(stack: Stack, address: Address, said: dict[str, str]) -> str:
    """What the demo prints on stdout: overrides, address, answers, what to try."""
    lines = []
    overrides = stack.output("config", "--overrides").rstrip()
    if overrides:
        lines += ["What was changed to fit production's definition to this machine:", ""]
        lines += [f"  {line}" for line in overrides.splitlines()]
        lines += [""]
    lines += [f"The reference stack answers at {address.url} as {address.name}", ""]
    lines += [f"  GET {path:10} {text}" for path, text in said.items()]
    lines += ["", "The same with curl:", "", f"  {curl(address)}"]
    commands = [(stack.shown(*words), why) for words, why in TRY_NEXT]
    commands.append(("scripts/demo --down", "take all of it down again"))
    width = max(len(command) for command, _ in commands)
    lines += ["", "Next, try:", ""]
    lines += [f"  {command:{width}}  # {why}" for command, why in commands]
    return "\n".join(lines) + "\n"


def curl(address: Address) -> str:
    """A command that asks the same, by production's name."""
    name, port = address.name, address.port
    trust = f"--cacert {os.path.relpath(address.authority, ROOT)}" if address.authority else "-k"
    return f"curl {trust} --resolve {name}:{port}:127.0.0.1 https://{name}:{port}/version"
