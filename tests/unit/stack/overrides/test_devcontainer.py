"""Room for an editor in one service, and not a word about it elsewhere."""

import pytest

from parity.errors import ConfigError
from parity.model.project import CertificateTable, DevcontainerTable
from parity.stack import labels
from parity.stack.devcontainer import KEEPER
from parity.stack.overrides import devcontainer
from parity.stack.overrides.devcontainer import workspace

WEB = {
    "image": "app@sha256:1",
    "user": "10001",
    "read_only": True,
    "tmpfs": ["/tmp:size=16m", "/cache"],
    "mem_limit": "1g",
    "deploy": {"replicas": 2, "resources": {"limits": {"memory": "1g"}}},
    "depends_on": {"db": {"condition": "service_healthy", "restart": True}},
    "volumes": [{"type": "volume", "source": "data", "target": "/data"}],
}


@pytest.fixture
def edited(tmp_path, draft, context):
    """Apply the override to a service `web` while an editor works in the stack."""

    def run(body=WEB, *, there=True, tables=None, **options):
        folder = tmp_path / ".devcontainer"
        folder.mkdir()
        (folder / "Dockerfile").write_text("FROM x\n")
        table = DevcontainerTable(**{"service": "web", **options})
        one = draft({"web": body, "db": {"image": "db@sha256:2", "read_only": True}})
        where = context(devcontainer=table, **(tables or {}))
        if there:
            where.files.edited.parent.mkdir(parents=True)
            where.files.edited.touch()
        devcontainer.apply(one, where)
        return one

    return run


def _rewritten(one):
    return {".".join(map(str, row.path[2:])): row.local for row in one.overrides}


def test_a_stack_without_an_editor_is_left_as_it_is(edited):
    one = edited(there=False)
    assert one.overrides == ()
    assert one.document["services"]["web"] == WEB


def test_a_project_that_names_no_service_is_left_as_it_is(draft, context):
    one = draft({"web": WEB})
    devcontainer.apply(one, context())
    assert one.overrides == ()


def test_the_image_is_production_s_with_a_layer_and_says_which(edited):
    one = edited()
    web = one.document["services"]["web"]
    assert web["image"].startswith("parity-devcontainer/shop-web:")
    assert web["labels"][labels.EDITOR] == "app@sha256:1"
    row = next(row for row in one.overrides if row.path[-1] == "image")
    assert (row.production, row.asked_by) == ("app@sha256:1", "parity.toml: devcontainer")


def test_an_editor_gets_room_and_stays(edited):
    found = _rewritten(edited())
    assert found["deploy.replicas"] == 1
    assert found["tmpfs"] == ["/cache"]
    assert {"read_only", "mem_limit", "deploy.resources.limits", "depends_on.db.restart"} <= {
        *found
    }


def test_only_its_own_service_is_touched(edited):
    one = edited()
    assert {row.service for row in one.overrides} == {"web"}
    assert one.document["services"]["web"]["user"] == "10001"


def test_a_service_that_has_room_already_is_changed_as_little_as_possible(edited):
    found = _rewritten(edited({"image": "app@sha256:1", "deploy": {"replicas": 1}}))
    assert {*found} == {"image", "volumes"}


def test_production_s_limits_stay_where_that_is_wished(edited):
    assert not {"mem_limit", "deploy.resources.limits"} & {*_rewritten(edited(limits=True))}


@pytest.mark.parametrize(("run", "word"), [(True, "run"), (False, "hold")])
def test_an_entrypoint_of_production_is_kept_alive(edited, run, word):
    found = _rewritten(edited({**WEB, "entrypoint": ["start", "it"]}, run=run))
    assert found["entrypoint"] == [KEEPER, word, "start", "it"]


def test_what_does_not_run_is_not_asked_for_its_health(edited):
    assert _rewritten(edited(run=False))["healthcheck"] == {"test": ["CMD", "true"]}


def test_the_editor_s_container_is_found_by_its_folder(edited, tmp_path):
    found = edited().document["services"]["web"]["labels"]
    assert found["devcontainer.local_folder"] == str(tmp_path)
    assert found["devcontainer.config_file"] == str(tmp_path / ".devcontainer/devcontainer.json")


def test_volumes_of_production_stay_and_the_repository_comes_along(edited, tmp_path):
    (tmp_path / "src").mkdir()
    found = _rewritten(edited(code={"src": "/app/src"}))["volumes"]
    assert found[0] == WEB["volumes"][0]
    binds = [(mount["source"], mount["target"]) for mount in found[1:]]
    assert binds == [(str(tmp_path), str(tmp_path)), (str(tmp_path / "src"), "/app/src")]


def test_the_local_authority_is_known_inside(edited):
    table = CertificateTable(names=("a.example",), certificate="c", key="k")
    found = _rewritten(edited(tables={"certificates": {"a": table}}))["volumes"]
    assert found[-1]["target"] == "/run/parity/authority.pem"
    assert found[-1]["read_only"] is True


def test_code_that_is_not_there_is_told(edited):
    with pytest.raises(ConfigError, match="names no folder of the project: nowhere"):
        edited(code={"nowhere": "/app"})


def test_a_service_that_is_none_is_told_with_the_nearest_name(edited):
    with pytest.raises(ConfigError, match="names no service: wep") as caught:
        edited(service="wep")
    assert caught.value.next_step == "did you mean `web`?"


def test_the_workspace_is_the_whole_repository(tmp_path):
    (tmp_path / ".git").mkdir()
    project = tmp_path / "stacks" / "shop"
    project.mkdir(parents=True)
    mounts = workspace(project, DevcontainerTable("web"))
    assert [(m["source"], m["target"]) for m in mounts] == [(str(tmp_path), str(tmp_path))]


def test_a_worktree_brings_the_repository_it_was_made_from(tmp_path):
    common = tmp_path / "main" / ".git"
    own = common / "worktrees" / "one"
    own.mkdir(parents=True)
    (own / "commondir").write_text("../..\n")
    tree = tmp_path / "one"
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {own}\n")
    assert [m["source"] for m in workspace(tree, DevcontainerTable("web"))] == [
        str(tree),
        str(common),
    ]


@pytest.mark.parametrize("text", ["", "gitdir: /nowhere/at/all", "rubbish"])
def test_a_pointer_that_leads_nowhere_is_no_mount(tmp_path, text):
    (tmp_path / ".git").write_text(text)
    assert len(workspace(tmp_path, DevcontainerTable("web"))) == 1


def test_a_workspace_of_the_user_s_is_the_project_alone(tmp_path):
    mounts = workspace(tmp_path, DevcontainerTable("web", workspace="/workspace"))
    assert [(m["source"], m["target"]) for m in mounts] == [(str(tmp_path), "/workspace")]
