"""The Dev Container Feature of parity: what its options do, without an index of packages."""

import os
import subprocess
from pathlib import Path

INSTALL = Path(__file__).parents[3] / ".devcontainer" / "features" / "parity" / "install.sh"

# A Python that makes environments whose pip writes down what it was asked for.
PYTHON = """\
#!/bin/sh
case "$1" in
  -c) exit 0 ;;
esac
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$*" >"$0.asked"\\n' >"$3/bin/pip"
printf '#!/bin/sh\\necho parity 9\\n' >"$3/bin/parity"
chmod +x "$3/bin/pip" "$3/bin/parity"
"""


def run(tmp_path: Path, python: str = PYTHON, **options: str):
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "python3").write_text(python)
    (tools / "python3").chmod(0o755)
    for name in ("sh", "dirname", "mkdir", "ln", "chmod", "cat"):
        (tools / name).symlink_to(
            next(Path(f) / name for f in ("/bin", "/usr/bin") if (Path(f) / name).exists())
        )
    env = {"PATH": str(tools), "FOLDER": str(tmp_path / "opt"), "PARITY_BIN": str(tmp_path / "bin")}
    return subprocess.run(
        [str(INSTALL)], env={**env, **options}, capture_output=True, text=True, cwd=os.sep
    )


def test_what_is_asked_for_is_installed_and_found_by_every_user(tmp_path):
    done = run(tmp_path, REQUIREMENT="parity[compose]==0.2")
    assert (done.returncode, done.stdout) == (0, "parity 9\n"), done.stderr
    asked = (tmp_path / "opt" / "bin" / "pip.asked").read_text()
    assert asked.split()[-1] == "parity[compose]==0.2"
    assert (tmp_path / "bin" / "parity").resolve() == (tmp_path / "opt/bin/parity").resolve()


def test_without_options_parity_and_compose_are_installed(tmp_path):
    run(tmp_path)
    assert (tmp_path / "opt" / "bin" / "pip.asked").read_text().split()[-1] == "parity[compose]"


def test_an_old_python_without_a_package_manager_is_told(tmp_path):
    done = run(tmp_path, python="#!/bin/sh\nexit 1\n")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
