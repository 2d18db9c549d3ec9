"""The only door to kubectl: finds it and runs it, with limits."""

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from parity.errors import DefinitionError, UnreachableError
from parity.process import TIMED_OUT, Completed, Running, start

READ_SECONDS = 60
READ_MEMORY = 3 * 1024**3
KINDS = (
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "replicasets.apps",
    "replicationcontrollers",
    "jobs.batch",
    "cronjobs.batch",
    "pods",
    "services",
    "ingresses.networking.k8s.io",
    "configmaps",
    "secrets",
    "horizontalpodautoscalers.autoscaling",
    "persistentvolumeclaims",
    "networkpolicies.networking.k8s.io",
)
"""What a namespace is asked for."""
_LOGGED = re.compile(r'^[EF]\d{4} .*?\berr="(.*)"$')
"""kubectl reports some failures as a line of its log."""
_LONGEST = 600


@dataclass(frozen=True)
class Answer:
    """A command under way."""

    running: Running
    what: str

    def text(self) -> tuple[str, tuple[str, ...]]:
        """What it printed, and what a cluster refused to show of it.

        Raises DefinitionError for a kustomization that cannot be built and UnreachableError for a
        cluster that does not answer.
        """
        done = self.running.result(timeout=READ_SECONDS)
        if done.ok:
            return done.stdout, ()
        refused = tuple(_forbidden(done.stderr))
        if refused and done.stdout.strip():
            return done.stdout, refused
        raise self._error(done)

    def _error(self, done: Completed) -> DefinitionError | UnreachableError:
        reason = _limit(done) or _reason(done.stderr)
        if self.what:
            return DefinitionError(
                f"kubectl cannot build the kustomization: {reason}",
                where=self.what,
                next_step="`kubectl kustomize` on the folder says the same; mend it",
            )
        return UnreachableError(
            f"the cluster did not answer: {reason}",
            next_step="`kubectl get deployments` with the same context and namespace says why",
        )


def executable() -> str:
    """The program on PATH."""
    found = shutil.which("kubectl")
    if found is None:
        raise UnreachableError(
            "kubectl is not installed, and this definition needs it",
            next_step="install kubectl; or render the definition elsewhere and name its output",
        )
    return found


def kustomize(folder: Path) -> Answer:
    """Begin to build a kustomization. Bases outside its folder are allowed, as in real ones."""
    arguments = ["kustomize", str(folder), "--load-restrictor", "LoadRestrictionsNone"]
    return Answer(_start(arguments, cwd=folder), str(folder))


def namespace(name: str, context: str) -> Answer:
    """Begin to read what a namespace holds; empty names mean the kubeconfig's own."""
    arguments = ["get", ",".join(KINDS), "--output", "json", "--request-timeout", "30s"]
    arguments += ["--namespace", name] if name else []
    arguments += ["--context", context] if context else []
    return Answer(_start(arguments), "")


def _start(arguments: Sequence[str], cwd: Path | None = None) -> Running:
    # Go reserves address space well beyond what it uses; the limit is on that.
    return start([executable(), *arguments], env=os.environ, cwd=cwd, memory_limit=READ_MEMORY)


def _forbidden(stderr: str) -> list[str]:
    return [line.strip() for line in stderr.splitlines() if "(Forbidden)" in line]


def _reason(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith(("#", "Warning:"))]
    last = (said or lines or ["it gave no reason"])[-1]
    logged = _LOGGED.match(last)
    text = logged[1].replace('\\"', '"') if logged else last.removeprefix("error: ")
    return text if len(text) <= _LONGEST else f"… {text[-_LONGEST:]}"


def _limit(done: Completed) -> str:
    if done.returncode == TIMED_OUT:
        return f"it took more than {READ_SECONDS} s"
    if "out of memory" in done.stderr or "cannot allocate memory" in done.stderr:
        return f"it took more than {READ_MEMORY // 1024**3} GiB of memory"
    return ""
