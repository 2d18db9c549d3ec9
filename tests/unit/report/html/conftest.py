"""Pages taken apart."""

from html.parser import HTMLParser

import pytest

from parity.report.contract import Options
from parity.report.html import write

EMPTY = {"meta", "input", "wbr"}


class Elements(HTMLParser):
    """Every element with its attributes and its text; complains about what does not nest."""

    def __init__(self, text):
        super().__init__()
        self.found, self._open = [], []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, name, attributes):
        self.found.append({"tag": name, "text": "", **dict(attributes)})
        if name not in EMPTY:
            self._open.append((name, self.found[-1]))

    def handle_endtag(self, name):
        opened, _ = self._open.pop()
        assert opened == name

    def handle_data(self, data):
        for _, element in self._open:
            element["text"] += data

    def all(self, tag=None, **attributes):
        def fits(element):
            classes = (element.get("class") or "").split()
            return all(
                value in classes if key == "class_" else element.get(key) == value
                for key, value in attributes.items()
            )

        return [e for e in self.found if (tag is None or e["tag"] == tag) and fits(e)]


@pytest.fixture
def page():
    return lambda report, **options: Elements(write(report, Options(**options)))
