"""Decisions, with their causes; as many that leave things alone."""

import dataclasses

import pytest

from parity.model.stack import Action, Container, Identity, Resolved
from parity.stack import plan

WEB = {"image": "web:1", "restart": "always", "environment": {"A": "1"}}


def resolved(**services):
    return Resolved(
        Identity("s", "p", "/w"),
        "prod",
        {"services": services},
        (),
        (),
        dict.fromkeys(services, "h"),
    )


def container(**changes):
    base = Container("id", "s-web-1", "web", 1, "running", "", 0, "h", "service", "web:1")
    return dataclasses.replace(base, **changes)


def decided(service, *containers, applied=None):
    (operation,) = plan.make(resolved(web=service), containers, applied or {}).operations
    return operation


@pytest.mark.parametrize(
    ("service", "present"),
    [
        (WEB, [container()]),
        (WEB, [container(health="healthy")]),
        (WEB, [container(health="starting")]),
        ({**WEB, "scale": 2}, [container(), container(number=2)]),
        ({**WEB, "deploy": {"replicas": 2}}, [container(), container(number=2)]),
        ({"image": "job"}, [container(state="exited")]),
        ({"image": "job", "restart": "no"}, [container(state="exited")]),
        ({"image": "job", "restart": "on-failure:3"}, [container(state="exited")]),
        ({**WEB, "scale": 0}, []),
        ({**WEB, "deploy": {"replicas": 0}}, []),
    ],
)
def test_what_is_as_it_should_be_is_left_alone(service, present):
    operation = decided(service, *present)
    assert (operation.action, operation.causes) == (Action.LEAVE, ())


def test_an_editor_s_container_is_not_started_again_for_its_check():
    mine = container(health="unhealthy", labels={"dev.parity.editor": "app@sha256:1"})
    assert decided(WEB, mine).action is Action.LEAVE
    gone = container(state="exited", labels={"dev.parity.editor": "app@sha256:1"})
    assert decided(WEB, gone).action is Action.START


def test_an_editor_comes_goes_and_is_told_that_it_connects_again():
    mark = {"dev.parity.editor": "app@sha256:1"}
    edited = {**WEB, "labels": mark}

    def causes(service, **changes):
        return [cause.text for cause in decided(service, container(hash="old", **changes)).causes]

    assert causes(edited) == ["room for an editor is made"]
    assert causes(WEB, labels=mark) == ["the editor's room is given back"]
    assert causes(edited, labels=mark)[-1] == "the editor in it connects again"


@pytest.mark.parametrize(
    ("service", "present", "action", "cause"),
    [
        (WEB, [], Action.CREATE, "there is none yet"),
        (WEB, [container(state="exited")], Action.START, "exited with code 0"),
        (WEB, [container(state="exited", exit_code=3)], Action.START, "exited with code 3"),
        ({"image": "j"}, [container(state="exited", exit_code=1)], Action.START, "code 1"),
        (WEB, [container(state="paused")], Action.START, "is paused"),
        (WEB, [container(state="created")], Action.START, "is created"),
        (WEB, [container(health="unhealthy")], Action.START, "is unhealthy"),
        (WEB, [container(hash="old")], Action.RECREATE, "not known"),
        ({**WEB, "scale": 2}, [container()], Action.RECREATE, "1 of 2 replicas"),
        ({**WEB, "scale": 0}, [container()], Action.RECREATE, "1 of 0 replicas"),
    ],
)
def test_each_operation_has_its_cause(service, present, action, cause):
    operation = decided(service, *present)
    assert operation.action is action
    assert cause in operation.causes[0].text


@pytest.mark.parametrize(
    "service",
    [
        {"image": "web", "healthcheck": {"test": ["CMD", "true"]}},
        {"image": "web", "expose": ["80"]},
        {"image": "web", "restart": "unless-stopped"},
    ],
)
def test_a_service_that_somebody_asks_is_no_job_and_starts_again(service):
    operation = decided(service, container(state="exited"))
    assert operation.action is Action.START


def test_a_job_that_others_wait_for_is_one_whatever_else_it_has():
    job = {"image": "j", "healthcheck": {"test": ["CMD", "true"]}}
    web = {**WEB, "depends_on": {"job": {"condition": "service_completed_successfully"}}}
    present = [container(), container(service="job", state="exited")]
    assert plan.make(resolved(job=job, web=web), present, {}).empty


def test_a_job_whose_work_is_in_the_start_state_need_not_run():
    web = {**WEB, "depends_on": {"job": {"condition": "service_completed_successfully"}}}
    done = container(service="job", state="created", labels={"dev.parity.done": "a1"})
    assert plan.make(resolved(job={"image": "j"}, web=web), [container(), done], {}).empty
    again = container(service="job", state="created")
    made = plan.make(resolved(job={"image": "j"}, web=web), [container(), again], {})
    assert made.services(Action.START) == ("job",)


def test_a_service_starts_whatever_it_is_marked_as():
    done = container(state="created", labels={"dev.parity.done": "a1"})
    assert plan.make(resolved(web=WEB), [done], {}).services(Action.START) == ("web",)


def test_a_sharer_starts_again_with_the_owner_of_its_namespace():
    side = {"image": "x", "network_mode": "service:web"}
    present = [container(state="exited", exit_code=137), container(service="side")]
    made = plan.make(resolved(web=WEB, side=side), present, {})
    assert made.services(Action.START) == ("web", "side")


def test_an_image_built_anew_is_a_cause():
    made = plan.make(resolved(web=WEB), [container(image_id="old")], {}, {"web": "new"})
    assert made.services(Action.RECREATE) == ("web",)
    assert plan.make(resolved(web=WEB), [container(image_id="new")], {}, {"web": "new"}).empty


def test_a_service_that_is_no_longer_defined_is_removed():
    (keep, remove) = plan.make(
        resolved(web=WEB), [container(), container(service="old")], {}
    ).operations
    assert (keep.action, remove.action, remove.service) == (Action.LEAVE, Action.REMOVE, "old")


def test_what_shares_a_namespace_follows_its_owner():
    side = {"image": "x", "network_mode": "service:web"}
    present = [container(hash="old"), container(service="side")]
    made = plan.make(resolved(web=WEB, side=side), present, {})
    assert made.services(Action.RECREATE) == ("web", "side")
    assert "network namespace of web" in made.operations[1].causes[0].text


def test_changed_fields_are_named_with_both_values():
    before = {
        "image": "web:1",
        "environment": {"A": "1", "B": "2"},
        "labels": {"dev.parity.hash": "x"},
    }
    after = {
        "image": "web:2",
        "environment": {"A": "1", "C": "y" * 99},
        "labels": {"dev.parity.hash": "z"},
    }
    causes = {cause.path: cause.text for cause in plan.differences(before, after)}
    assert causes["image"] == "web:1 -> web:2"
    assert causes["environment.B"] == "2 -> unset"
    assert causes["environment.C"].startswith("unset -> yyy")
    assert len(causes["environment.C"]) < 80
    assert set(causes) == {"image", "environment.B", "environment.C"}


def test_many_changes_are_counted_and_none_visible_is_said():
    many = plan.differences({}, {"environment": {str(n): "x" for n in range(20)}})
    assert many[-1].text.startswith("and ")
    assert "mounted file" in plan.differences(WEB, WEB)[0].text


@pytest.mark.parametrize(
    ("service", "count"),
    [({}, 1), ({"scale": 3}, 3), ({"deploy": {"replicas": 4}}, 4), ({"deploy": None}, 1),
     ({"scale": None}, 1), ({"deploy": {"replicas": 0}}, 0)],
)  # fmt: skip
def test_replicas_are_counted(service, count):
    assert plan.replicas(service) == count


def pod_plan(document, *present):
    services = document["services"]
    one = dataclasses.replace(resolved(**services), document=document)
    made = plan.make(one, present, {})
    return {op.service: op for op in made.operations}


POD = {
    "services": {
        "init": {"restart": "on-failure"},
        "web": {**WEB, "depends_on": {"init": {"condition": "service_completed_successfully"}}},
        "side": {**WEB, "network_mode": "service:web"},
        "other": WEB,
    },
    "x-parity": {},
}
RUNNING = [
    container(),
    container(id="i", service="init", state="exited"),
    container(id="s", service="side"),
    container(id="o", service="other"),
]


def test_a_pod_of_a_cluster_is_made_anew_as_a_whole():
    changed = [container(hash="old"), *RUNNING[1:]]
    found = pod_plan(POD, *changed)
    assert {name: op.action for name, op in found.items()} == {
        "init": Action.RECREATE,
        "web": Action.RECREATE,
        "side": Action.RECREATE,
        "other": Action.LEAVE,
    }
    assert "its pod is made anew, since web is" in found["init"].explained()
    lost = pod_plan(POD, *RUNNING[1:])
    assert lost["web"].action is Action.CREATE
    assert lost["init"].action is lost["side"].action is Action.RECREATE


def test_a_pod_that_is_as_it_should_be_or_only_restarts_is_no_new_one():
    assert {op.action for op in pod_plan(POD, *RUNNING).values()} == {Action.LEAVE}
    ended = [*RUNNING[:2], container(id="s", service="side", state="exited"), RUNNING[3]]
    found = pod_plan(POD, *ended)
    assert found["side"].action is Action.START
    assert found["web"].action is found["init"].action is Action.LEAVE


def test_elsewhere_what_ran_once_is_not_run_again_for_others():
    compose = {"services": POD["services"]}
    found = pod_plan(compose, container(hash="old"), *RUNNING[1:])
    assert found["init"].action is Action.LEAVE
