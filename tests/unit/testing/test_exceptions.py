import subprocess
import sys

import parity.testing
from parity.testing import exceptions


def test_they_are_testcontainers_own_where_it_is_installed():
    from testcontainers.core.exceptions import ContainerIsNotRunning, NoSuchPortExposed

    assert exceptions.NoSuchPortExposed is NoSuchPortExposed
    assert exceptions.ContainerIsNotRunning is ContainerIsNotRunning


def test_they_are_there_without_testcontainers():
    code = (
        "import sys; sys.modules['testcontainers'] = None\n"
        "from parity.testing.exceptions import NoSuchPortExposed, ContainerIsNotRunning\n"
        "print(NoSuchPortExposed.__mro__[1].__name__, ContainerIsNotRunning.__module__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["RuntimeError", "parity.testing.exceptions"], done.stderr


def test_public_names_are_there_and_loaded_late():
    assert sorted(parity.testing.__all__) == sorted(parity.testing._HOMES)
    for name in parity.testing.__all__:
        assert getattr(parity.testing, name).__name__ == name
    code = "import parity.testing, sys; print([m for m in sys.modules if m.startswith('parity.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "['parity.testing']"


def test_another_name_is_an_attribute_error():
    assert not hasattr(parity.testing, "Nonsense")
