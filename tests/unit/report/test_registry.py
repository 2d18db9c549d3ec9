"""The writers are found by walking the package, and all keep the contract."""

import subprocess
import sys
from pathlib import Path

import pytest

import parity.report
from parity.errors import UsageError
from parity.report.contract import Options
from parity.report.registry import formats, writer

FOLDER = Path(parity.report.__file__).parent


def on_disk():
    files = [*FOLDER.glob("*.py"), *FOLDER.glob("*/__init__.py")]
    found = [file for file in files if "\nFORMAT = " in file.read_text()]
    return {file.parent.name if file.stem == "__init__" else file.stem for file in found}


def test_the_formats_are_the_modules_that_say_so():
    assert set(formats()) == on_disk()
    assert {"terminal", "json", "sarif", "junit", "markdown", "html"} <= set(formats())


@pytest.mark.parametrize("name", formats())
def test_a_writer_is_named_as_its_module(name):
    assert name == writer(name).FORMAT
    assert writer(name).SUFFIX.startswith(".")


@pytest.mark.parametrize("name", ["yaml", "", "text", "registry", "../json", "html.page"])
def test_another_name_is_a_usage_error_that_lists_the_formats(name):
    with pytest.raises(UsageError) as raised:
        writer(name)
    assert "terminal" in raised.value.next_step


@pytest.mark.parametrize("name", formats())
@pytest.mark.parametrize("record", ["shop", "clean", "hostile", "long"])
@pytest.mark.parametrize("everything", [False, True])
def test_every_writer_writes_every_report_alike_each_time(name, record, everything, request):
    report = request.getfixturevalue(record)
    options = Options(everything=everything)
    text = writer(name).write(report, options)
    assert text == writer(name).write(report, options)
    assert text.endswith("\n")
    text.encode("utf-8")
    for control in "\x00\x1b\x07\r\u202e\ud800":
        assert control not in text


@pytest.mark.parametrize("name", formats())
def test_every_writer_names_culprit_both_values_and_rule(name, shop):
    text = writer(name).write(shop, Options(width=200))
    for word in ("JAVA_OPTS", "Xmx512m", "Xmx2g", "JT002"):
        assert word in text


@pytest.mark.parametrize("name", formats())
def test_the_values_of_differences_are_never_written(name, shop):
    from dataclasses import replace

    from parity.model.difference import Difference, Kind, Part

    canary = "Xk3-canary-9Zq"
    each = Difference(
        "web", ("environment", "X"), Kind.VALUE, canary, canary, parts=(Part("p", canary, canary),)
    )
    report = replace(shop, differences=(each,))
    assert canary not in writer(name).write(report, Options(everything=True))


def test_the_terminal_needs_nothing_heavy():
    program = (
        "import sys\nfrom parity.report.registry import writer\nwriter('terminal')\n"
        "print('\\n'.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "parity.report.terminal" in loaded
    heavy = {"rich", "pydantic", "docker", "yaml", "typer", "parity.report.html"}
    assert loaded & heavy == set()
