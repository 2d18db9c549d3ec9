"""A stack of two stores that always hold the same word, and what there is of it on the engine and in the store."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field

WORDS = ("one", "two")
_ATTEMPTS = 3
"""How often a store is asked: a machine with too much to do lets a question time out."""


@dataclass
class Twins:
    """The project, and how its stores are asked without parity."""

    project: object
    client: object
    name: str = ""
    stack: str = ""
    begun: set[int] = field(default_factory=set)
    """Processes that were started here: what has the lease of one that is gone is a leak."""

    @classmethod
    def make(cls, project, client) -> "Twins":
        name = f"twins{uuid.uuid4().hex[:6]}"
        project.edit("parity.toml", 'name = "twins"', f'name = "{name}"')
        project.parity("up")
        return cls(project, client, name, project.name)

    def parity(self, *arguments: str, check: bool = True):
        return self.project.parity(*arguments, check=check)

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start parity as the leader of a process group."""
        made = subprocess.Popen(
            [sys.executable, "-m", "parity", *arguments],
            cwd=self.project.root,
            env={**os.environ, **self.project.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.begun.add(made.pid)
        return made

    def seconds(self, *arguments: str) -> float:
        start = time.monotonic()
        self.parity(*arguments)
        return time.monotonic() - start

    def ask(self, *command: str, stack: str = "") -> tuple[str, str]:
        """What both stores answer; one that is not there, or paused, nothing, else `? ` and why not."""
        return tuple(self._ask(f"{stack or self.stack}-{one}-1", command) for one in WORDS)

    def write(self, word: str, stack: str = "") -> None:
        said = self.ask("set", "word", word, stack=stack)
        assert said == ("OK", "OK"), f"{said} of {sorted(self.objects())}"

    def word(self, stack: str = "") -> tuple[str, str]:
        return self.ask("get", "word", stack=stack)

    def _ask(self, container: str, command: tuple[str, ...]) -> str:
        from docker.errors import APIError, NotFound

        said = ""
        for attempt in range(_ATTEMPTS):
            try:
                found = self.client.containers.get(container)
                if found.status != "running":
                    return ""
                code, answer = found.exec_run(["timeout", "20", "redis-cli", *command])
            except NotFound:
                return ""
            except APIError as error:
                if "is not running" in str(error.explanation) or "is paused" in str(
                    error.explanation
                ):
                    return ""
                said = f"? {error.explanation}"
                continue
            # Under load the engine loses what a program says once in a while.
            if code == 0 and (answer.strip() or attempt == _ATTEMPTS - 1):
                return answer.decode().strip()
            said = f"? exit code {code}: {answer.decode()}"
        return said

    def states(self, name: str = "") -> list[dict]:
        """Manifests of the project's states."""
        label = {"label": ["dev.parity.role=state", f"dev.parity.project={self.name}"]}
        found = [
            json.loads(v.attrs["Labels"]["dev.parity.manifest"])
            for v in self.client.volumes.list(filters=label)
        ]
        return [one for one in found if name in ("", one["name"])]

    def objects(self) -> set[str]:
        """Names of everything on the engine that is this worktree's, or is called so."""
        mine = f"dev.parity.worktree={self.project.root.resolve()}"
        found = set()
        for filters in ({"label": mine}, {"name": self.stack}):
            rows = self.client.api.containers(all=True, filters=filters)
            found |= {f"container {row['Names'][0].lstrip('/')} {row['State']}" for row in rows}
            found |= {f"network {n['Name']}" for n in self.client.api.networks(filters=filters)}
            volumes = self.client.api.volumes(filters=filters)["Volumes"] or []
            found |= {f"volume {v['Name']}" for v in volumes}
        return found

    def end(self) -> None:
        """Take all of it away, also what a test that failed has left."""
        for fork in self.project.json("forks")["forks"]:
            self.parity("down", "--fork", fork["name"], check=False)
        self.parity("down", "--volumes")
        for state in self.states():
            self.parity("drop", "--force", state["id"])


def kill(process: subprocess.Popen[str], *, group: bool) -> None:
    """`kill -9` of parity; with `group` of what it started in its group as well."""
    with contextlib.suppress(ProcessLookupError):
        (os.killpg if group else os.kill)(process.pid, signal.SIGKILL)
    process.wait()


def orphans(client, begun: set[int]) -> set[str]:
    """What there is whose maker, one of `begun`, is gone: containers, volumes and directories of stores."""
    from parity.state import leases, marks

    def gone(text: str) -> bool:
        lease = leases.read(text)
        return lease is not None and lease.pid in begun and not leases.alive(lease)

    label = {"label": "dev.parity.lease"}
    found = set()
    for row in client.api.containers(all=True, filters=label):
        if gone(row["Labels"]["dev.parity.lease"]) and "dev.parity.fork" not in row["Labels"]:
            found.add(f"container {row['Names'][0]}")
    for row in client.api.volumes(filters=label)["Volumes"] or []:
        if gone(row["Labels"]["dev.parity.lease"]) and "dev.parity.fork" not in row["Labels"]:
            found.add(f"volume {row['Name']}")
    listed = {
        f"{volume} {place}": one["lease"]
        for volume, keeper in keepers(client).items()
        for place, one in agent(keeper, "garbage")["places"].items()
    }
    kept = {*marks.sealed_places(), *marks.live().values()}
    found |= {p for p, lease in listed.items() if gone(lease) and p.split()[1] not in kept}
    return found


def keepers(client) -> dict[str, object]:
    """The container that answers, for each volume that holds a store: that of today's agent."""
    from parity.engine.images import gateway_tag
    from parity.model.project import LocalTable
    from parity.state.keeper import name_of

    image = gateway_tag(LocalTable().gateway_base)
    found = {}
    for one in client.containers.list(
        filters={"label": "dev.parity.role=store"}, ignore_removed=True
    ):
        volume = next(m["Name"] for m in one.attrs["Mounts"] if m["Destination"] == "/store")
        if one.name == name_of(image, volume):
            found[volume] = one
    return found


def agent(keeper, command: str, **arguments) -> dict:
    from parity.state.agent import AGENT

    code, said = keeper.exec_run([*AGENT, command, json.dumps(arguments)])
    assert code == 0, said
    return json.loads(said)


def damages(client, state: dict) -> list[str]:
    """What is not as it was sealed, read again file by file."""
    digests = {str(n): volume["digest"] for n, volume in enumerate(state["volumes"])}
    keeper = keepers(client)[state["store"]]
    found = agent(keeper, "verify", state=state["id"], volumes=digests)
    return [f"{state['name']}: volume {n}: {one}" for n, one in found.items()]


def inside(client, volume: str, *command: str) -> str:
    """Run a command where the store is."""
    code, said = keepers(client)[volume].exec_run(list(command))
    assert code == 0, said
    return said.decode()
