"""What is done about changes, with an engine that only notes it."""

from types import SimpleNamespace

import pytest

from parity.actions.request import Superseded
from parity.model.finding import Finding, Place, Severity
from parity.model.stack import Action, Cause, Operation, Plan
from parity.stack import labels
from parity.stack.devcontainer import KEEPER
from parity.watch import acts, effects
from parity.watch.acts import Acts

ADDRESSES = (SimpleNamespace(url="http://web.main.localhost:18000"), SimpleNamespace(url=""))


@pytest.fixture
def stack(tmp_path, monkeypatch):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("a")
    (tmp_path / "deps.txt").write_text("a")
    (tmp_path / "page.html").write_text("a")
    told, done, marked = [], [], {}
    session = SimpleNamespace(
        paths=SimpleNamespace(root=tmp_path),
        project=SimpleNamespace(local=SimpleNamespace(build=())),
        identity=SimpleNamespace(name="s"),
    )

    def rule(name, action):
        return {"path": str(tmp_path / name), "action": action, "target": "/srv"}

    watch = [rule("src", "sync+restart"), rule("deps.txt", "rebuild")]
    document = {
        "services": {
            "web": {"develop": {"watch": watch}},
            "side": {
                "network_mode": "service:web",
                "develop": {"watch": [rule("aside.txt", "sync")]},
            },
        },
        "configs": {"page": {"file": str(tmp_path / "page.html")}},
    }
    plan = Plan((Operation(Action.RECREATE, "web", (Cause("a -> b", "environment.A"),)),))
    result = SimpleNamespace(
        resolved=SimpleNamespace(document=document),
        plan=plan,
        readiness={},
    )

    def up(session, progress, enough, early):
        done.append("up")
        if enough():
            raise Superseded
        return result

    def container(name):
        marks = dict.fromkeys(marked.get(name, ()), "x")
        return SimpleNamespace(
            id=f"{name}1", state="running", service=name, name=name, labels=marks
        )

    monkeypatch.setattr(effects, "bring_up", up)
    monkeypatch.setattr(acts, "of_resolved", lambda resolved: ADDRESSES)
    monkeypatch.setattr(effects, "present", lambda s: {n: (container(n),) for n in ("web", "side")})
    monkeypatch.setattr("parity.engine.execute.start", lambda c, one: done.append(one.id))
    monkeypatch.setattr(
        "parity.engine.execute.run_hook", lambda c, one, hook: done.append(hook["command"])
    )
    monkeypatch.setattr(
        acts,
        "sync",
        lambda c, rule, delta, some: done.append(delta) or len(delta.changed) + len(delta.gone),
    )
    newer = []
    made = Acts(session, told.append, lambda step: None, lambda: bool(newer))
    made._client = object()
    made.up(0.0)
    made.told, made.done, made.root, made.marked = told, done, tmp_path, marked
    made.newer, made.result = newer, result
    done.clear()
    return made


def save(stack, name):
    (stack.root / name).write_text("something else")
    return stack.changed_code([stack.root / name], 0.0)


def test_addresses_are_those_a_browser_opens(stack):
    assert stack.urls == ["http://web.main.localhost:18000"]


def test_the_first_up_is_told_by_whoever_asked(stack):
    assert stack.told == []


def test_an_up_tells_its_causes(stack):
    stack.up(0.0, read=lambda: stack.done.append("read"))
    (effect,) = stack.told
    assert effect.text == "web recreate: environment.A: a -> b"
    assert effect.data["changed"] == ["web"]
    assert effect.seconds > 0
    assert stack.done == ["up", "read"]


def test_an_up_that_goes_on_after_it_was_ended_tells_what_it_waited_for(stack):
    stack.result.plan = Plan(())
    stack.result.readiness = {"web": "healthy"}
    stack.up(0.0, read=lambda: None)
    assert stack.told[0].text == "web is ready"


def test_something_newer_ends_an_up_but_never_the_first(stack):
    stack.newer.append("a save")
    stack.up(0.0)
    with pytest.raises(Superseded):
        stack.up(0.0, read=lambda: None)
    assert stack.told == []


def test_what_was_saved_beside_arrives_though_the_rebuilt_is_not_waited_for(stack):
    stack.session.project.local.build = ["web"]
    stack.newer.append("a save")
    saved = [stack.root / "aside.txt", stack.root / "deps.txt"]
    for file in saved:
        file.write_text("something else")
    with pytest.raises(Superseded):
        stack.changed_code(saved, 0.0)
    assert stack.done[0] == "up"
    assert stack.told[-1].text == "1 file into side"


def test_code_is_synced_and_its_service_restarted_with_who_shares_its_network(stack):
    assert save(stack, "src/a.py")
    delta, *started = stack.done
    assert delta.changed == ("a.py",)
    assert started == ["web1", "side1"]
    assert [one.kind for one in stack.told] == ["change", "effect"]
    assert stack.told[1].text == "1 file into web; web, side restarted"


def test_an_editor_stays_where_its_service_begins_again(stack):
    stack.marked["web"] = [labels.EDITOR]
    assert save(stack, "src/a.py")
    assert stack.done[1:] == [[KEEPER, "restart"]], "nor is who shares the network restarted"
    assert stack.told[1].text == "1 file into web; web restarted"


def test_a_rebuild_that_parity_toml_does_not_allow_is_told_once(stack):
    save(stack, "deps.txt")
    (stack.root / "deps.txt").write_text("and again")
    stack.changed_code([stack.root / "deps.txt"], 0.0)
    warnings = [one.text for one in stack.told if one.kind == "warning"]
    assert len(warnings) == 1
    assert '[local] build = ["web"]' in warnings[0]
    assert "up" not in stack.done


def test_a_rebuild_is_an_up(stack):
    stack.session.project.local.build = ("web",)
    save(stack, "deps.txt")
    assert stack.done[0] == "up"


def test_what_nobody_watches_brings_nothing(stack):
    assert not save(stack, "other.txt")
    assert stack.told == []


def test_files_that_containers_mount_are_no_code(stack):
    assert stack.is_code(stack.root / "src" / "a.py")
    assert stack.is_code(stack.root / "deps.txt")
    assert not stack.is_code(stack.root / "page.html")
    assert not stack.is_code(stack.root / "compose.yaml")


def test_only_new_findings_are_told(stack, monkeypatch):
    found = []
    monkeypatch.setattr(effects, "look_again", lambda *a: SimpleNamespace(findings=tuple(found)))
    assert stack.check(0.0) == 0
    place = Place("services.web.environment.TZ", "a", "b")
    found.append(Finding("EN001", "x.y", Severity.ERROR, "differs", "mend", "web", (place,)))
    assert stack.check(0.0) == 1
    assert stack.check(0.0) == 1
    (news,) = stack.told
    assert news.data["new"][0]["setting"] == "services.web.environment.TZ"


def test_data_follows_the_branch_where_it_has_to(stack, monkeypatch):
    monkeypatch.setattr(effects, "follow_state", lambda *a: None)
    stack.follow(0.0)
    assert stack.told == []
    state = SimpleNamespace(name="seeded", digest="sha256:abc")
    result = SimpleNamespace(state=state, services=("db",))
    monkeypatch.setattr(effects, "follow_state", lambda *a: result)
    stack.follow(0.0)
    assert stack.told[0].data["changed"] == ["db"]


def test_code_of_a_service_without_a_container_waits(stack, monkeypatch):
    monkeypatch.setattr(effects, "present", lambda s: {})
    assert save(stack, "src/a.py")
    assert stack.told[-1].text == "waits until web has a container"


def test_containers_made_anew_get_earlier_edits_before_they_are_waited_for(stack, monkeypatch):
    asked = []
    monkeypatch.setattr(effects, "bring_up", lambda *given: asked.append(given[3]) or stack.result)
    stack.up(0.0, read=lambda: None)
    save(stack, "src/a.py")
    stack.up(0.0, read=lambda: None)
    assert asked == [None, stack.arrive]


def test_what_is_deleted_is_removed_from_containers(stack):
    (stack.root / "src" / "a.py").unlink()
    stack.changed_code([stack.root / "src" / "a.py"], 0.0)
    assert "1 file removed from web" in stack.told[-1].text
