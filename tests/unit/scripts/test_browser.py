"""The browser of the tests is installed where that can be done, and only there."""

import pytest

from scripts.lib import browser


class Step:
    said = ""

    def done(self, result):
        self.said = result


@pytest.fixture
def installed(monkeypatch):
    asked = []
    monkeypatch.setattr(browser.shell, "apt_install", lambda packages, step: asked.append(packages))
    return asked


@pytest.mark.parametrize(
    ("present", "can", "wanted", "said"),
    [
        (True, True, [], "are here"),
        (False, True, [browser.PACKAGES], "installed"),
        (False, False, [], "skipped"),
    ],
)
def test_it_is_installed_once_and_only_by_root(monkeypatch, installed, present, can, wanted, said):
    monkeypatch.setattr(
        browser.shutil, "which", lambda name: f"/usr/bin/{name}" if present else None
    )
    monkeypatch.setattr(browser.shell, "can_install", lambda: can)
    step = Step()
    browser.ensure(step)
    assert installed == wanted
    assert said in step.said
