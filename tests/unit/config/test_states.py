"""What is wrong with a declared state is told with its line."""

import pytest

from parity.config.load import load
from parity.errors import ConfigError
from parity.paths import ProjectPaths

HEAD = '[environments.prod]\nfiles = ["compose.yaml"]\n\n'


def loaded(tmp_path, text):
    (tmp_path / "parity.toml").write_text(HEAD + text)
    return load(ProjectPaths(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[states.empty]\n",
        '[states.a]\nsteps = [{ exec = "psql", service = "db", input = "a.sql" }]\n',
        '[states.a]\nsteps = [{ run = ["make", "seed"] }]\n[states.b]\nbegin = "a"\n',
        '[states.a]\nbegin = "saved-by-hand"\n',
        '[[states.a.steps]]\nexec = ["psql", "-f", "x"]\nservice = "db"\n',
    ],
)
def test_what_is_right_is_read(tmp_path, text):
    loaded(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ('[states.a]\nsteps = [{ service = "db" }]\n', "neither `exec` nor `run`", 5),
        ('[states.a]\nsteps = [{ exec = "x", run = "y", service = "db" }]\n', "both", 5),
        ('[states.a]\nsteps = [{ exec = "x" }]\n', "no `service`", 5),
        ('[states.a]\nsteps = [{ run = "x", service = "db" }]\n', "but runs here", 5),
        ('[[states.a.steps]]\nrun = "x"\n[[states.a.steps]]\nexec = "y"\n', "step 2 of", 6),
        ('[states.a]\nbegin = "a"\n', "a -> a", 5),
        ('[states.a]\nbegin = "b"\n[states.b]\nbegin = "a"\n', "a -> b -> a", 5),
        ('[states."A b"]\n', "not a name", 4),
        ("[states.a]\nsteps = [{ exec = 3 }]\n", "states.a.steps.0.exec", 5),
        ("[states.a]\nstep = []\n", "unknown key", 5),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path, text, said, line):
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert said in caught.value.message
    assert caught.value.where.endswith(f"parity.toml:{line}")
    assert caught.value.next_step
