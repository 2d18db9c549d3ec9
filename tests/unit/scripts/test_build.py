"""The build context that is sent to the engine."""

import os
import tarfile

from scripts.lib.build import archive


def test_owners_times_and_umask_do_not_reach_the_image(tmp_path) -> None:
    (tmp_path / "a").write_text("text")
    (tmp_path / "run").write_text("#!/bin/sh\n")
    (tmp_path / "run").chmod(0o744)
    (tmp_path / "link").symlink_to("a")
    before = archive(tmp_path, ["run", "a", "link"]).read()
    (tmp_path / "a").chmod(0o600)
    os.utime(tmp_path / "a", (1, 1))
    after = archive(tmp_path, ["a", "link", "run"])
    assert after.read() == before
    after.seek(0)
    with tarfile.open(fileobj=after) as tar:
        modes = {entry.name: (entry.mode, entry.issym()) for entry in tar}
    assert modes["a"] == (0o644, False)
    assert modes["run"] == (0o755, False)
    assert modes["link"][1]
