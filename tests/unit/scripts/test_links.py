"""Every relative link of the documents leads to a file, and to a heading in it."""

import re

import pytest

from scripts.lib.paths import ROOT

PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "stacks").rglob("*.md")]
)
# Examples are parts of other pages, and their links are written for those.
STANDING = [page for page in PAGES if page.parent.name != "examples"]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
OUTSIDE = ("http://", "https://", "mailto:")


def name(file):
    return str(file.relative_to(ROOT))


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))


def slug(heading):
    """As GitHub makes it."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(text):
    lines = FENCE.sub("", text).splitlines()
    found = []
    for line in lines:
        if re.match(r"#{1,6} ", line):
            anchor = slug(line.lstrip("#"))
            again = found.count(anchor)
            found.append(anchor)
            found += [f"{anchor}-{again}"] if again else []
    return set(found)


def broken(file):
    """The links of a page that lead nowhere, each with the reason."""
    for link in LINK.findall(without_code(file.read_text(encoding="utf-8"))):
        if link.startswith(OUTSIDE):
            continue
        path, _, anchor = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        if not target.exists():
            yield f"{link}: there is no such file"
        elif not target.is_relative_to(ROOT):
            yield f"{link}: outside the repository"
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
            yield f"{link}: there is no such heading"


@pytest.mark.parametrize("file", STANDING, ids=name)
def test_links_lead_to_a_file_and_a_heading(file):
    assert list(broken(file)) == []


def test_broken_links_are_told(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n\n## Same\n\n## Same\n\n[a](#a-page) [b](#same-1) [c](https://example.com/nothing)\n"
        "`[d](nowhere.md)`\n\n```md\n# Not a heading\n[e](nowhere.md)\n```\n\n"
        "[f](nowhere.md) [g](#not-a-heading) [h](page.md#same) [i](../outside.md)\n"
    )
    (tmp_path.parent / "outside.md").write_text("")
    assert [line.partition(":")[0] for line in broken(page)] == [
        "nowhere.md",
        "#not-a-heading",
        "../outside.md",
    ]


def test_every_page_of_the_documents_can_be_reached():
    """From the README, over links alone."""
    todo, seen = [ROOT / "README.md"], set()
    while todo:
        file = todo.pop()
        if file in seen or file.suffix != ".md" or not file.is_file():
            continue
        seen.add(file)
        for link in LINK.findall(without_code(file.read_text(encoding="utf-8"))):
            if not link.startswith(OUTSIDE):
                todo.append((file.parent / link.partition("#")[0]).resolve())
    documents = {page for page in STANDING if page.is_relative_to(ROOT / "docs")}
    assert sorted(name(page) for page in documents - seen) == []
