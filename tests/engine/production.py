"""The shop's production for real: Docker Compose runs its definition as the release job does.

Only where the host's ports and the secrets are is otherwise: both belong to the host.
"""

import contextlib
import os
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme

from parity import compose_cli

DEFINITION = Path(__file__).parents[2] / "compose" / "shop"
_HOST = """services:
  proxy:
    ports: !override ["127.0.0.1::8080", "127.0.0.1::8443"]
  db:
    ulimits: !override {nofile: 16384}
"""
"""The ports of the tests' host may be taken, and its engine may not allow as many files as production's."""
_LENGTHS = {"db_password": 32, "cache_password": 32, "queue_password": 32, "session_key": 64,
            "payment_api_key": 40}  # fmt: skip


@dataclass
class Production:
    """A production that runs, under a project name of its own."""

    project: str
    _argv: list[str]
    _env: dict[str, str]

    def compose(self, *arguments: str) -> str:
        """Docker Compose on it."""
        done = subprocess.run(
            [*self._argv, *arguments], env=self._env, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, service: str, *command: str) -> str:
        """A command in a service, as its own user."""
        return self.compose("exec", "-T", service, *command)


@contextlib.contextmanager
def production(folder: Path, project: str) -> Iterator[Production]:
    """Production, up and healthy; with its volumes gone afterwards. `folder` gets its secrets."""
    vault = folder / "vault"
    vault.mkdir(mode=0o700)
    for name, length in _LENGTHS.items():
        (vault / name).write_text(secrets.token_hex(length // 2))
    authority = trustme.CA()
    made = authority.issue_cert("shop.example", "www.shop.example")
    made.cert_chain_pems[0].write_to_path(vault / "tls_certificate")
    made.private_key_pem.write_to_path(vault / "tls_key")
    for file in vault.iterdir():
        file.chmod(0o444)
    (folder / "host.yaml").write_text(_HOST)
    argv = [compose_cli.executable(), "--project-name", project, "--env-file", DEFINITION / "prod.env",
            "--file", DEFINITION / "compose.yaml", "--file", folder / "host.yaml"]  # fmt: skip
    env = {
        **os.environ,
        "SHOP_SECRETS": str(vault),
        "DB_PASSWORD": (vault / "db_password").read_text(),
    }
    here = Production(project, list(map(str, argv)), env)
    try:
        here.compose("up", "--detach", "--wait", "--wait-timeout", "200")
        yield here
    finally:
        here.compose("down", "--volumes", "--timeout", "5")
