"""What an image is made from."""

import pytest

from scripts.lib.errors import SetupError
from scripts.lib.inputs import context_files, digest, sources

BASE = "sha256:base"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nCOPY a b /c/\n", ["a", "b"]),
        ("copy a /c\nadd b /d", ["a", "b"]),
        ("COPY --chown=1:1 --chmod=755 a /c", ["a"]),
        ("COPY --from=build /x /y", []),
        ('COPY ["a file", "/c"]', ["a file"]),
        ("COPY a \\\n  b \\\n  /c", ["a", "b"]),
        ("COPY a \\\n# between\n  b /c", ["a", "b"]),
        ("# COPY a /b", []),
        ("ADD https://example.com/x /x", []),
        ("RUN echo COPY a b", []),
        ("COPY ${what} /c", None),
        ("COPY <<EOF /c\nx\nEOF", None),
    ],
)
def test_sources(text, expected) -> None:
    assert sources(text) == expected


@pytest.fixture
def context(tmp_path):
    for name in ("app/a.py", "app/deep/b.py", "other/c.py", "start.sh", "notes.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "Dockerfile").write_text("FROM x\nCOPY app /app\nCOPY *.sh /bin/\n")
    return tmp_path


def test_only_what_the_dockerfile_takes(context) -> None:
    assert context_files(context, "Dockerfile") == [
        "Dockerfile",
        "app/a.py",
        "app/deep/b.py",
        "start.sh",
    ]


def test_the_whole_context_where_the_text_does_not_tell(context) -> None:
    (context / "Dockerfile").write_text("FROM x\nCOPY $what /app\n")
    assert "notes.md" in context_files(context, "Dockerfile")
    (context / "Dockerfile").write_text("FROM x\nCOPY . /app\n")
    assert "other/c.py" in context_files(context, "Dockerfile")


def test_ignored_files_are_no_input(context) -> None:
    (context / ".dockerignore").write_text("app/deep\n")
    (context / "app" / "__pycache__").mkdir()
    (context / "app" / "__pycache__" / "a.pyc").write_text("")
    assert context_files(context, "Dockerfile") == ["Dockerfile", "app/a.py", "start.sh"]


def test_a_missing_dockerfile_is_a_usage_error(tmp_path) -> None:
    with pytest.raises(SetupError) as caught:
        context_files(tmp_path, "Dockerfile")
    assert caught.value.exit_code == 2


def hashed(context, base=BASE):
    return digest(context, context_files(context, "Dockerfile"), base)


def test_the_digest_is_stable_and_ignores_what_is_not_taken(context) -> None:
    before = hashed(context)
    (context / "notes.md").write_text("changed")
    assert hashed(context) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "app" / "a.py").write_text("changed"),
        lambda root: (root / "app" / "a.py").rename(root / "app" / "z.py"),
        lambda root: (root / "start.sh").chmod(0o755),
        lambda root: (root / "app" / "new").write_text(""),
        lambda root: (root / "Dockerfile").write_text("FROM y\nCOPY app /app\nCOPY *.sh /bin/\n"),
        lambda root: (root / "app" / "link").symlink_to("a.py"),
    ],
)
def test_any_change_of_an_input_changes_the_digest(context, change) -> None:
    before = hashed(context)
    change(context)
    assert hashed(context) != before


def test_another_base_image_is_another_digest(context) -> None:
    assert hashed(context) != hashed(context, "sha256:other")
