"""`parity test`: the project's tests on forks of its stack, with a proof and a report of what they stood on."""

import os
import shlex
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from parity import process
from parity.actions.missing import there_is_none
from parity.actions.request import UpRequest
from parity.actions.session import Session
from parity.actions.start_state import start_state
from parity.actions.up import up
from parity.errors import StateError, UsageError
from parity.model.progress import Progress, Step
from parity.model.state import State
from parity.model.testing import TestRun
from parity.paths import ensure_state, write
from parity.stack.secrets import Vault

_PASSED, _FAILED, _STOPPED, _NO_TESTS = 0, 1, 2, 5
"""pytest's exit codes."""
INTERRUPTED = 130


@dataclass(frozen=True)
class TestRequest:
    """`workers` run at once, each with forks of its own. Empty paths: files in `.parity/testing`."""

    __test__ = False

    arguments: tuple[str, ...] = ()
    state: str = ""
    workers: int = 1
    keep_failed: bool = False
    junit: str = ""
    html: str = ""
    as_talk: bool = False
    """Whether what pytest prints goes to stderr, since stdout is for something else."""


@dataclass(frozen=True)
class TestResult:
    """What happened, where it is written, and how to have it again. `exit_code` is parity's."""

    __test__ = False

    run: TestRun
    state: State | None
    exit_code: int
    junit: Path
    html: Path
    again: str


def run_tests(session: Session, request: TestRequest, progress: Progress) -> TestResult:
    """Bring stack and state, run pytest on forks, and write the reports."""
    from parity.report.testing import page

    python = interpreter()
    arguments = [*_arguments(python, request)]
    state = _ready(session, request, progress)
    folder = session.paths.state / "testing"
    ensure_state(folder)
    junit = Path(request.junit or folder / "junit.xml").absolute()
    html = Path(request.html or folder / "report.html").absolute()
    record = folder / f"record-{os.getpid()}.json"
    progress(Step("test", f"from {state.name if state else 'nothing'}"))
    code = process.attach(
        [python, "-m", "pytest", f"--junitxml={junit}", *arguments],
        env=_environment(session, state, record),
        cwd=None if Path.cwd().is_relative_to(session.paths.root) else session.paths.root,
        pass_on=True,
        as_talk=request.as_talk,
    )
    vault = Vault(session.paths.secrets, session.identity.name, session.project.secrets)
    run = _recorded(record, code, python).masked(vault.mask)
    result = TestResult(run, state, _exit_code(run, code), junit, html, again(request, state))
    write(html, page(run, state, session.identity.project, result.again))
    _refuse_doubts(run)
    return result


def again(request: TestRequest, state: State | None, *tests: str) -> str:
    """The command that has the same again, for all tests or for some."""
    words = ["parity", "test"]
    words += ["--state", state.name] if state else []
    words += ["-n", str(request.workers)] if request.workers > 1 and not tests else []
    more = tests or request.arguments
    return shlex.join([*words, *(["--", *more] if more else [])])


def interpreter() -> str:
    """The Python whose pytest knows the project: an active virtual environment's, else this one."""
    active = os.environ.get("VIRTUAL_ENV", "")
    if active and Path(active).resolve() != Path(sys.prefix).resolve():
        found = Path(active) / ("Scripts" if os.name == "nt" else "bin") / "python"
        if found.exists():
            return str(found)
    if find_spec("pytest") is None:
        raise UsageError(
            "pytest is not installed here",
            where=sys.executable,
            next_step="`pip install pytest` there, or activate the environment that has it and parity",
        )
    return sys.executable


def _arguments(python: str, request: TestRequest) -> list[str]:
    found = ["--parity-keep-failed"] if request.keep_failed else []
    if request.workers > 1:
        done = process.run([python, "-c", "import xdist"], timeout=60)
        if not done.ok:
            raise UsageError(
                f"{request.workers} workers need pytest-xdist, which is not installed",
                next_step="`pip install pytest-xdist`, or leave `-n` out",
            )
        # A module's tests stay together: they may share a fork.
        found += ["-n", str(request.workers), "--dist", "loadscope"]
    return [*found, *request.arguments]


def _ready(session: Session, request: TestRequest, progress: Progress) -> State | None:
    """The stack as the definition says now, which the forks are made like, and the state."""
    up(session, UpRequest(), progress)
    project = session.project
    named = request.state or project.state.default or project.states
    if not named and there_is_none(session):
        return None
    return start_state(session, request.state, progress)


def _environment(session: Session, state: State | None, record: Path) -> dict[str, str]:
    own = {
        "PARITY_TEST_PROJECT": str(session.paths.root),
        "PARITY_TEST_RECORD": str(record),
        "PARITY_TEST_STATE": state.id if state else "",
        "PARITY_TEST_STACK": session.identity.name,
        "PARITY_TEST_ENVIRONMENT": session.environment_name,
    }
    return {**os.environ, **own}


def _recorded(file: Path, code: int, python: str) -> TestRun:
    try:
        text = file.read_text(encoding="utf-8")
        file.unlink()
        return TestRun.from_json(text)
    except FileNotFoundError as error:
        raise UsageError(
            f"pytest ended with {code}, and parity's plugin has told nothing",
            where=python,
            next_step="was it killed? Else install parity where pytest is: `pip install 'parity[testing]'`",
        ) from error
    except (ValueError, OSError) as error:
        raise UsageError(
            f"what parity's plugin has told cannot be read: {error}",
            where=python,
            next_step="have the same parity where pytest is",
        ) from error


def _exit_code(run: TestRun, code: int) -> int:
    """0 passed, 1 failed; 2 where nothing can be said, since no test ran or none could be found."""
    if run.interrupted:
        return INTERRUPTED
    return code if code in (_PASSED, _FAILED) else UsageError.exit_code


def _refuse_doubts(run: TestRun) -> None:
    if run.doubts:
        raise StateError(
            "the start state changed while the tests used it; what they say proves nothing",
            detail="\n".join(run.doubts),
            next_step="`parity verify` says what is wrong with it; `parity save NAME --replace` makes it anew",
        )
