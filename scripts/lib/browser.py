"""The browser that the report's page is tested in."""

from __future__ import annotations

import shutil

from scripts.lib import shell
from scripts.lib.progress import Step

PROGRAMS = ("chromium", "chromedriver")
PACKAGES = ("chromium", "chromium-driver")


def ensure(step: Step) -> None:
    """Install Chromium where that needs nobody's leave; without it the browser's tests are skipped."""
    if all(map(shutil.which, PROGRAMS)):
        step.done("chromium and chromedriver are here")
    elif shell.can_install():
        shell.apt_install(PACKAGES, step)
        step.done("chromium and chromedriver installed")
    else:
        step.done("no chromium: the browser's tests are skipped")
