"""Names of files relative to the project, where they are below it."""

from parity.model.setting import FixedOrigin, NoOrigins, Origin
from parity.sources.relative import RelativeOrigins, shown


def test_files_outside_the_root_keep_their_full_names(tmp_path):
    file = tmp_path / "a" / "compose.yaml"
    assert shown(file, tmp_path / "b") == str(file)
    assert shown(file, tmp_path) == "a/compose.yaml"


def test_origins_are_told_relative_to_the_root(tmp_path):
    fixed = FixedOrigin(Origin(str(tmp_path / "a.yaml"), 7))
    assert RelativeOrigins(fixed, tmp_path).of(()) == Origin("a.yaml", 7)
    assert RelativeOrigins(FixedOrigin(Origin("docker engine x")), tmp_path).of(()) == Origin(
        "docker engine x"
    )
    assert RelativeOrigins(NoOrigins(), tmp_path).of(()) is None
