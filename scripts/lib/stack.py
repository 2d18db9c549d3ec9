"""The demo's last step: the reference stack up, and proof that it answers."""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from typing import Any

from scripts.lib.errors import SetupError
from scripts.lib.paths import ROOT, SHOP, venv_dir
from scripts.lib.progress import Progress

ANSWER_SECONDS = 30
PATHS = ("/version", "/health")
_ADDRESS = re.compile(r"127\.0\.0\.1:\d+")


def parity(*arguments: str) -> list[str]:
    """The command line of parity on the reference stack."""
    return [str(venv_dir() / "bin" / "parity"), "--project-directory", str(SHOP), *arguments]


def shown(*arguments: str) -> str:
    """The same command as a user would type it, from the top of the repository."""
    words = [os.path.relpath(parity()[0], ROOT), "--project-directory", str(SHOP.relative_to(ROOT))]
    return " ".join([*words, *arguments])


def up(progress: Progress) -> None:
    """Bring the stack up; parity's own progress is shown as it comes."""
    progress.note(shown("up"))
    _run("up")


def down(progress: Progress) -> None:
    """Take the stack down, where parity is there to do it."""
    if (venv_dir() / "bin" / "parity").exists():
        progress.note(shown("down"))
        _run("down")


def _run(verb: str) -> None:
    # stdout belongs to the demo's own answer; parity's words join the progress.
    code = subprocess.run(parity(verb), stdin=subprocess.DEVNULL, stdout=2, check=False).returncode
    if code:
        raise SetupError(
            f"`{shown(verb)}` ended with exit code {code}.",
            next_step="parity's message above says what to do; then run this again.",
            exit_code=code if code > 0 else 130,
        )


def _output(*arguments: str) -> str:
    done = subprocess.run(
        parity(*arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return done.stdout if done.returncode == 0 else ""


def published_addresses() -> list[str]:
    """The local addresses of the stack, the one that speaks HTTPS first if parity names one."""
    try:
        document = json.loads(_output("ps", "--format", "json"))
    except ValueError:
        return []
    found = list(dict.fromkeys(addresses_in(document)))
    return sorted(found, key=lambda one: not one.startswith("https://"))


def addresses_in(node: Any) -> list[str]:
    """Every local address in the document, whatever its shape."""
    if isinstance(node, dict):
        port = node.get("PublishedPort") or node.get("published") or node.get("port")
        host = node.get("host_ip") or node.get("address")
        here = [f"{host}:{port}"] if host == "127.0.0.1" and port else []
        return here + [text for value in node.values() for text in addresses_in(value)]
    if isinstance(node, list):
        return [text for value in node for text in addresses_in(value)]
    if isinstance(node, str):
        if node.startswith(("https://127.", "https://localhost")):
            return [node.rstrip("/")]
        return _ADDRESS.findall(node)
    return []


def answers(addresses: list[str]) -> tuple[str, dict[str, str]]:
    """The first address that answers HTTPS, and what it says at /version and /health."""
    deadline = time.monotonic() + ANSWER_SECONDS
    problem = "parity lists no published address"
    while True:
        for address in addresses:
            url = address if "://" in address else f"https://{address}"
            try:
                return url, {path: _get(url + path) for path in PATHS}
            except (OSError, urllib.error.URLError) as error:
                problem = f"{url}: {error}"
        if not addresses or time.monotonic() > deadline:
            raise SetupError(
                "the stack is up, but it does not answer over HTTPS.",
                detail=problem,
                next_step=f"{shown('ps')}; {shown('logs')}",
                exit_code=1,
            )
        time.sleep(0.2)


def _get(url: str) -> str:
    # The certificate is a stand-in signed by the stack's own authority, made on this machine.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(url, timeout=5, context=context) as answer:
        return str(answer.read(4096).decode(errors="replace")).strip()


def report(url: str, said: dict[str, str]) -> str:
    """What the demo prints on stdout: address, answers, overrides, what to try."""
    lines = [f"The reference stack answers at {url}", ""]
    lines += [f"  GET {path:10} {text}" for path, text in said.items()]
    overrides = _output("config", "--overrides").rstrip()
    if overrides:
        lines += ["", "What was changed to fit production's definition to this machine:", ""]
        lines += [f"  {line}" for line in overrides.splitlines()]
    lines += ["", "Next, try:", ""]
    lines += [
        f"  {shown('diff', 'prod', 'local')}   # every remaining difference, ranked",
        f"  {shown('save', 'clean')}   # a start state; then `fork` or `reset` it",
        f"  {shown('egress')}   # what tried to leave this machine",
        "  scripts/demo --down   # take all of it down again",
    ]
    return "\n".join(lines) + "\n"
