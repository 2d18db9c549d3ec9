"""Subprocesses: no shell, limits that hold, nothing left behind."""

import gc
import os
import sys
import time

import pytest

from parity import process
from parity.errors import ParityError


def python(code, **options):
    return process.run([sys.executable, "-c", code], **options)


def test_what_a_process_says_is_kept_apart_with_its_exit_code():
    done = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)")
    assert (done.stdout, done.stderr, done.returncode, done.ok) == ("out\n", "err\n", 7, False)
    assert done.argv[0] == sys.executable


def test_arguments_reach_the_process_as_they_are():
    odd = "$HOME; `id` 'x' \"y\" *"
    done = process.run([sys.executable, "-c", "import sys; print(sys.argv[1])", odd])
    assert done.stdout == odd + "\n"


def test_bytes_that_are_no_text_do_not_break_the_reading():
    assert python(r"import os; os.write(1, b'\xff\xfe')").stdout == "\ufffd\ufffd"


def test_a_process_never_waits_for_input():
    assert python("import sys; print(repr(sys.stdin.read()))").stdout == "''\n"


def test_a_process_beyond_its_time_is_ended_and_said_so():
    started = time.monotonic()
    done = python("print('begun', flush=True); import time; time.sleep(30)", timeout=0.4)
    assert done.returncode == process.TIMED_OUT
    assert not done.ok
    assert time.monotonic() - started < 10


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel enforces it on Linux only")
def test_a_process_beyond_its_memory_fails():
    code = "import time; time.sleep(0.2); x = bytearray(2**30)"
    done = python(code, memory_limit=300 * 1024**2)
    assert not done.ok
    assert "MemoryError" in done.stderr


def test_the_environment_is_what_was_given():
    done = python("import os; print(os.environ.get('A'), 'HOME' in os.environ)", env={"A": "1"})
    assert done.stdout == "1 False\n"


@pytest.mark.parametrize(
    ("argv", "env"),
    [
        (["/nowhere/program"], None),
        (["/"], None),
        ([sys.executable, "a\0b"], None),
        ([sys.executable, "-c", ""], {"a=b": "1"}),
    ],
    ids=["missing", "a folder", "a zero byte", "a name with ="],
)
def test_what_cannot_be_started_is_an_error_in_words(argv, env):
    with pytest.raises(ParityError, match="cannot start"):
        process.run(argv, env=env)


def test_commands_are_echoed_when_debugging(monkeypatch, capfd):
    monkeypatch.setenv("PARITY_DEBUG", "1")
    python("pass")
    assert capfd.readouterr().err.startswith(f"+ {sys.executable} -c pass")


def test_an_interrupted_wait_ends_the_process(monkeypatch):
    running = process.start([sys.executable, "-c", "import time; time.sleep(30)"])
    inner = running._process

    def interrupted(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(inner, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        running.result(timeout=5)
    assert inner.returncode is not None
    for stream in (inner.stdout, inner.stderr):
        stream.close()


def test_attached_processes_answer_with_their_exit_code(capfd):
    code = process.attach([sys.executable, "-c", "print('mine'); raise SystemExit(5)"])
    assert code == 5
    assert capfd.readouterr().out == "mine\n"


def test_attached_processes_get_their_own_environment(capfd):
    env = {**os.environ, "SHOWN": "yes"}
    process.attach([sys.executable, "-c", "import os; print(os.environ['SHOWN'])"], env=env)
    assert capfd.readouterr().out == "yes\n"


def test_an_answer_that_nobody_fetches_ends_with_its_process(tmp_path):
    file = tmp_path / "pid"
    running = process.start(["sh", "-c", f"echo $$ > {file}; exec sleep 60"])
    until = time.monotonic() + 10
    while not file.exists() or not file.read_text().strip():
        assert time.monotonic() < until
        time.sleep(0.01)
    del running
    gc.collect()
    with pytest.raises(ProcessLookupError):
        os.kill(int(file.read_text()), 0)


def test_a_process_apart_reads_until_its_owner_lets_go(tmp_path):
    out = tmp_path / "out"
    code = "import os, sys; said = sys.stdin.read(); open(sys.argv[1], 'w').write(f'{os.getsid(0)} {said}')"
    apart = process.Apart(
        [sys.executable, "-c", code, str(out)], env=dict(os.environ), cwd=tmp_path
    )
    apart.say("one")
    apart.say("two")
    apart.let_go()
    apart.let_go()
    end = time.monotonic() + 20
    while not out.exists() or not out.read_text():
        assert time.monotonic() < end
        time.sleep(0.01)
    assert out.read_text() == f"{apart.pid} one\ntwo\n", "in a session of its own"
    os.waitpid(apart.pid, 0)


def test_a_process_apart_that_cannot_be_started_is_an_error_in_words(tmp_path):
    with pytest.raises(ParityError, match="cannot start no-such-program"):
        process.Apart(["no-such-program"], env={}, cwd=tmp_path)
