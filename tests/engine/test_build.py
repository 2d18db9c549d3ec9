"""Images that production builds itself: refused, or built here where parity.toml says so."""

import pytest

pytestmark = pytest.mark.engine


@pytest.fixture
def built(project, client):
    one = project("built")
    yield one
    one.parity("down", "--volumes", check=False)
    client.images.remove(f"parity-build/{one.name}-web:local", force=True)


def test_an_edited_source_is_built_and_its_service_recreated(built):
    built.parity("up")
    assert built.parity("exec", "web", "cat", "/greeting").stdout == "hello\n"
    assert not built.json("up")["changed"]
    (built.root / "greeting").write_text("goodbye\n")
    result = built.json("up")
    causes = {op["service"]: op["causes"] for op in result["plan"] if op["action"] == "recreate"}
    assert causes == {"web": [{"text": "its image was built anew"}]}
    assert built.parity("exec", "web", "cat", "/greeting").stdout == "goodbye\n"


def test_a_build_that_nobody_allowed_is_refused_with_the_line_to_add(project):
    one = project("built")
    one.edit("parity.toml", 'build = ["web"]', "")
    done = one.parity("up", check=False)
    assert done.returncode == 2
    assert 'build = ["web"]' in done.stderr
