"""The only door to subprocesses: no shell, always a time limit, optionally a memory limit."""

import contextlib
import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from parity.errors import UsageError

TIMED_OUT = 124
"""Exit code that `run` reports for a process that was ended at its time limit (as timeout(1))."""

_BY_SIGNAL = 128
_STDERR = 2


@dataclass(frozen=True)
class Completed:
    """What a process said and how it ended."""

    argv: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str

    @property
    def ok(self) -> bool:
        """Whether the process ended with exit code 0."""
        return self.returncode == 0


class Running:
    """A started process whose answer is fetched later; ended when its time is up."""

    def __init__(self, process: subprocess.Popen[str], argv: tuple[str, ...]) -> None:
        self._process = process
        self._argv = argv
        # An answer that nobody fetches any more, since another one was an error.
        weakref.finalize(self, _end, process)

    def result(self, *, timeout: float) -> Completed:
        """Wait at most `timeout` seconds."""
        try:
            out, err = self._process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            out, err = self._process.communicate()
            return Completed(self._argv, TIMED_OUT, out, err)
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        return Completed(self._argv, self._process.returncode, out, err)


def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    memory_limit: int | None = None,
    holding: Sequence[int] = (),
    feed: int | None = None,
) -> Running:
    """Start a process without waiting for it.

    `memory_limit` is in bytes of address space; it is enforced where the kernel offers it (Linux).
    `holding` are descriptors of locks that the process keeps while it runs, should parity be killed.
    `feed` is the descriptor of a file that it reads as its input; without one it has none.
    """
    if os.environ.get("PARITY_DEBUG"):
        sys.stderr.write(f"+ {' '.join(argv)}\n")
    try:
        process = subprocess.Popen(
            argv,
            env=None if env is None else dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL if feed is None else feed,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            pass_fds=tuple(holding),
        )
    except (OSError, ValueError) as error:
        # ValueError: a zero byte in an argument, or `=` in the name of a variable.
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
        raise UsageError(
            f"cannot start {argv[0]}: {reason}", next_step="is it installed, and on PATH?"
        ) from error
    if memory_limit is not None:
        _limit_memory(process.pid, memory_limit)
    return Running(process, tuple(argv))


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 60,
    memory_limit: int | None = None,
    holding: Sequence[int] = (),
    feed: int | None = None,
) -> Completed:
    """Run a process to its end and return what it said; never raises for its exit code."""
    running = start(argv, env=env, cwd=cwd, memory_limit=memory_limit, holding=holding, feed=feed)
    return running.result(timeout=timeout)


def attach(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    pass_on: bool = False,
    as_talk: bool = False,
) -> int:
    """Run a process on the user's own terminal (logs, exec) and return its exit code.

    With `pass_on` it also gets the signals that ask this process to end; with `as_talk` all it says
    goes to stderr. A process that a signal has ended counts as 128 and the signal's number, as in a
    shell.
    """
    try:
        process = subprocess.Popen(
            argv,
            env=None if env is None else dict(env),
            cwd=cwd,
            stdout=_STDERR if as_talk else None,
        )
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
        raise UsageError(
            f"cannot start {argv[0]}: {reason}", next_step="is it installed, and on PATH?"
        ) from error
    with process, _passed_on(process) if pass_on else contextlib.nullcontext():
        while True:
            try:
                code = process.wait()
                return code if code >= 0 else _BY_SIGNAL - code
            except KeyboardInterrupt:
                # The terminal sent the child the same signal; its answer is the answer.
                continue


@contextlib.contextmanager
def _passed_on(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    before = {}
    for name in ("SIGTERM", "SIGHUP", "SIGQUIT"):
        number = getattr(signal, name, None)
        if number is not None:
            before[number] = signal.signal(number, lambda got, _: process.send_signal(got))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Wired:
    """A process that speaks over a connection alone: it ends when the other side hangs up.

    `connection` and `errors` are descriptors. In a session of its own it cannot ask at the terminal,
    and Ctrl-C there is not meant for it.
    """

    def __init__(self, argv: Sequence[str], connection: int, errors: int) -> None:
        try:
            self._process = subprocess.Popen(
                argv, stdin=connection, stdout=connection, stderr=errors, start_new_session=True
            )
        except OSError as error:
            raise UsageError(
                f"cannot start {argv[0]}: {error.strerror}",
                next_step="is it installed, and on PATH?",
            ) from error

    def ended(self, timeout: float = 0) -> int | None:
        """Its exit code; None where it still runs after `timeout` seconds."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None


class Apart:
    """A process in a session of its own, which learns by the end of its input that this one has ended."""

    def __init__(self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> None:
        try:
            self._process = subprocess.Popen(
                argv,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise UsageError(
                f"cannot start {argv[0]}: {error.strerror}",
                next_step="is it installed, and on PATH?",
            ) from error
        self.pid = self._process.pid

    def say(self, line: str) -> None:
        """Write it a line. BrokenPipeError where it has ended."""
        file = self._process.stdin
        if file is None:
            return
        file.write(line.encode() + b"\n")
        file.flush()

    def let_go(self) -> None:
        """Close its input and do not wait for it: what it still has to do may take a while."""
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        # Otherwise the object complains when it is collected that its process still runs.
        self._process.returncode = 0


CommandFailed = subprocess.CalledProcessError
"""What code written for subprocess expects of a command that failed."""


def _end(process: "subprocess.Popen[str]") -> None:
    if process.stdout is not None and not process.stdout.closed:
        process.kill()
        process.communicate()


def _limit_memory(pid: int, limit: int) -> None:
    import resource

    prlimit = getattr(resource, "prlimit", None)
    if prlimit is None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        prlimit(pid, resource.RLIMIT_AS, (limit, limit))
