"""An editor's container on the real engine: what it stands on, what it outlives, what ends it."""

import pytest

pytestmark = pytest.mark.engine


def web(client, project) -> list:
    """The containers of the service that an editor works in."""
    labels = [f"dev.parity.stack={project.name}", "dev.parity.service=web"]
    return client.containers.list(all=True, filters={"label": labels})


def stands(container) -> tuple[str, str]:
    """What changes when an editor loses its container."""
    container.reload()
    return container.id, container.attrs["State"]["StartedAt"]


def test_an_editor_s_container_stays_until_its_own_definition_changes(project, client):
    mini = project()
    # Start states belong to a project: this one's is no other test's.
    mini.edit("parity.toml", 'name = "mini"', 'name = "mini-editor"')
    with (mini.root / "parity.toml").open("a") as file:
        file.write('[devcontainer]\nservice = "web"\ntools = []\n')
    mini.parity("devcontainer")
    mini.parity("devcontainer", "start")
    (editor,) = web(client, mini)
    assert "/shop/app@sha256:" in editor.labels["dev.parity.editor"]
    below = client.images.get(editor.labels["dev.parity.editor"]).attrs["RootFS"]["Layers"]
    assert editor.image.attrs["RootFS"]["Layers"][: len(below)] == below
    found = {row["finding"]["key"] for row in mini.json("diff")["folded"]}
    assert "services.web.image.digest" in found, "it is production's digest that is compared"

    before = stands(editor)
    owner = mini.root.stat().st_uid
    code, said = editor.exec_run(["sh", "-c", "id -u; parity-service stop"], user="dev")
    assert (code, said.decode().split("\n")[:2]) == (
        0,
        [str(owner), "stopped: parity-service start"],
    )
    mini.parity("save", "one")
    assert "store" in mini.parity("reset", "one").stderr
    mini.parity("up")
    assert stands(editor) == before

    mini.edit("compose.yaml", "COLOUR: blue", "COLOUR: green")
    assert "the editor in it connects again" in mini.parity("up").stderr
    mini.parity("devcontainer", "stop")
    assert [one.labels.get("dev.parity.editor") for one in web(client, mini)] == [None, None]
    mini.parity("drop", "one", "--force")
