"""A headless Chromium of its own: fresh profile, no network of its own accord, its log at hand."""

import importlib.util
import json
import os
import shutil
from pathlib import Path

import pytest

from parity.report.contract import Options
from parity.report.html import write

RECORDS = Path(__file__).parents[1] / "unit" / "report" / "conftest.py"
QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--window-size=1280,900",
)


def _records():
    spec = importlib.util.spec_from_file_location("report_records", RECORDS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The reports that the writers' unit tests use.
shop, clean, hostile, long = (getattr(_records(), n) for n in ("shop", "clean", "hostile", "long"))


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _programs():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    return chromium, shutil.which("chromedriver")


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """The browser. The driver's path is given: Selenium downloads nothing."""
    browser, driver = _programs()
    if not (browser and driver):
        pytest.skip("Chromium is not here: apt-get install chromium chromium-driver")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    home = tmp_path_factory.mktemp("chromium")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in (*QUIET, f"--user-data-dir={home / 'profile'}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    env = {**os.environ, "HOME": str(home), "SE_OFFLINE": "true", "SE_AVOID_STATS": "true"}
    started = webdriver.Chrome(options=options, service=Service(driver, env=env))
    started.get("about:blank")
    yield started
    started.quit()


class Page:
    """A report opened from a file."""

    def __init__(self, browser, file, screenshots):
        self.browser, self.file, self._screenshots = browser, file, screenshots

    def open(self, *, dark=False, width=1280, fragment="", keep=False):
        """Load it anew, with nothing remembered unless `keep`."""
        self.emulate(prefers_color_scheme="dark" if dark else "light")
        self.browser.set_window_size(width, 900)
        self.browser.get(f"{self.file.as_uri()}{fragment}")
        if not keep:
            self.run("localStorage.clear()")
            self.browser.get("about:blank")
            self.browser.get(f"{self.file.as_uri()}{fragment}")
        return self

    def emulate(self, *, media="", prefers_color_scheme="light"):
        features = [{"name": "prefers-color-scheme", "value": prefers_color_scheme}]
        self.browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"media": media, "features": features}
        )

    def run(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def all(self, selector):
        return self.browser.find_elements("css selector", selector)

    def one(self, selector):
        return self.browser.find_element("css selector", selector)

    def shown(self, selector):
        return [element for element in self.all(selector) if element.is_displayed()]

    def type(self, text):
        self.one("#search").clear()
        self.one("#search").send_keys(text)

    def press(self, *keys):
        """Keys, to whatever has the focus."""
        from selenium.webdriver import ActionChains

        ActionChains(self.browser).send_keys(*keys).perform()

    def complaints(self):
        """What the console says, a blocked script or style included."""
        return [entry["message"] for entry in self.browser.get_log("browser")]

    def requests(self):
        """Addresses that were asked for since the last call."""
        entries = [json.loads(e["message"])["message"] for e in self.browser.get_log("performance")]
        sent = [e["params"] for e in entries if e["method"] == "Network.requestWillBeSent"]
        found = {each["request"]["url"].partition("#")[0] for each in sent} - {"about:blank"}
        return {address for address in found if not address.startswith("chrome://")}

    def screenshot(self, name):
        """The page as a picture, of a long one its beginning."""
        width, height = self.run("return [innerWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, 4000), "scale": 1}
        shot = self.browser.execute_cdp_cmd(
            "Page.captureScreenshot",
            {"captureBeyondViewport": True, "format": "png", "clip": clip},
        )
        from base64 import b64decode

        file = self._screenshots / f"{name}.png"
        file.write_bytes(b64decode(shot["data"]))
        return file


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory):
    """Where pictures go; PARITY_SCREENSHOTS keeps them for looking at."""
    chosen = os.environ.get("PARITY_SCREENSHOTS")
    if not chosen:
        return tmp_path_factory.mktemp("screenshots")
    Path(chosen).mkdir(parents=True, exist_ok=True)
    return Path(chosen)


@pytest.fixture
def opened(chromium, screenshots, tmp_path):
    """Writes a report to a file and opens it."""
    pages = []

    def open_report(report, **options):
        file = tmp_path / "report.html"
        file.write_text(write(report, Options()), encoding="utf-8")
        page = Page(chromium, file, screenshots)
        page.requests()
        page.complaints()
        pages.append(page)
        return page.open(**options)

    yield open_report
    for page in pages:
        assert page.complaints() == []
        assert page.requests() <= {page.file.as_uri()}
