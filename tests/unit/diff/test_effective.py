"""What is effective: the definition's word, else the image's."""

import pytest

from parity.diff.compare import compare
from parity.diff.effective import effective
from parity.model.document import ABSENT
from parity.model.environment import Environment
from parity.model.facts import Facts, with_facts
from parity.model.setting import Layer

IMAGE = {
    "env": {"LANG": "C.UTF-8", "PATH": "/bin"},
    "entrypoint": ["/start"],
    "command": ["serve"],
    "user": "app",
    "working_dir": "/srv",
    "stop_signal": "SIGINT",
    "healthcheck": {"test": ["CMD", "ready"], "interval": "5s"},
    "exposed": ["80/tcp"],
    "platform": "linux/amd64",
}


def service(config=IMAGE, unread=None, **own):
    told = Facts({} if unread else config, unread or {})
    return with_facts({"image": "x:1", **own}, Layer.IMAGE, told)


def environment(body, layers=(Layer.DECLARED, Layer.IMAGE)):
    return Environment("e", "compose", (), {"services": {"web": body}}, layers=frozenset(layers))


def listed(left, right, **options):
    found = compare(environment(left, **options), environment(right, **options)).differences
    return {d.setting.removeprefix("services.web."): (d.left, d.right, d.layer) for d in found}


def test_without_a_word_of_the_definition_the_image_decides():
    made = effective(service())
    assert made["environment"] == IMAGE["env"]
    assert (made["entrypoint"], made["command"]) == (["/start"], ["serve"])
    assert (made["user"], made["working_dir"], made["stop_signal"]) == ("app", "/srv", "SIGINT")
    assert made["healthcheck"] == IMAGE["healthcheck"]


def test_the_definition_wins_variable_by_variable():
    made = effective(service(environment={"LANG": "de_DE.UTF-8", "MORE": "1", "UNSET": None}))
    assert made["environment"] == {"LANG": "de_DE.UTF-8", "PATH": "/bin", "MORE": "1"}


def test_another_entrypoint_drops_the_images_command():
    made = effective(service(entrypoint=["/other"]))
    assert made["entrypoint"] == ["/other"]
    assert "command" not in made
    assert effective(service(command=["work"]))["entrypoint"] == ["/start"]
    assert effective(service(command=["work"]))["command"] == ["work"]


def test_a_check_that_is_changed_in_part_keeps_the_rest():
    made = effective(service(healthcheck={"interval": "1s", "timeout": None}))
    assert made["healthcheck"] == {"test": ["CMD", "ready"], "interval": "1s"}
    assert effective(service(healthcheck={"disable": True}))["healthcheck"] == {"disable": True}


def test_without_facts_a_service_is_as_it_was():
    plain = {"image": "x:1", "x-parity": {"probes": {}}}
    assert effective(plain) is plain


# Compared


def test_what_one_side_writes_down_and_the_other_has_from_its_image_is_no_difference():
    written = service({"platform": "linux/amd64"}, environment=IMAGE["env"], user="app",
                      entrypoint=["/start"], command=["serve"], working_dir="/srv",
                      stop_signal="SIGINT", healthcheck=IMAGE["healthcheck"])  # fmt: skip
    inherited = service({name: told for name, told in IMAGE.items() if name != "exposed"})
    assert listed(written, inherited) == {}


def test_what_differs_between_images_is_told_where_it_takes_effect():
    other = {**IMAGE, "env": {"PATH": "/bin"}, "user": "root", "platform": "linux/arm64"}
    assert listed(service(), service(other)) == {
        "environment.LANG": ("C.UTF-8", ABSENT, Layer.IMAGE),
        "user": ("app", "root", Layer.IMAGE),
        "image-config.platform": ("linux/amd64", "linux/arm64", Layer.IMAGE),
    }


def test_what_the_definition_overrules_does_not_differ():
    other = {**IMAGE, "env": {"LANG": "POSIX", "PATH": "/bin"}}
    same = {"environment": {"LANG": "C.UTF-8"}}
    assert listed(service(**same), service(other, **same)) == {}


@pytest.mark.parametrize("layers", [(Layer.DECLARED,)])
def test_a_layer_that_was_not_read_on_both_sides_says_nothing(layers):
    one, two = environment(service()), environment({"image": "x:1"}, layers)
    assert compare(one, two).differences == ()
    assert compare(two, one).differences == ()


def test_an_image_that_could_not_be_read_says_nothing():
    unread = service(unread={"x:1": "not on this engine"})
    assert listed(service(), unread) == {}
    assert listed(unread, service()) == {}


def test_a_service_on_one_side_stays_one_difference():
    one = environment(service())
    two = Environment("e", "compose", (), {"services": {}}, layers=one.layers)
    assert [d.path for d in compare(one, two).differences] == [()]


def running(variables, **own):
    return with_facts({"image": "x:1", **own}, Layer.RUNNING, Facts({"environment": variables}))


RAN = (Layer.DECLARED, Layer.RUNNING)


def test_a_process_has_the_last_word_on_its_variables():
    made = effective(running({"A": "2", "B": "3"}, environment={"A": "1", "C": "4"}))
    assert made["environment"] == {"A": "2", "B": "3", "C": "4"}


def test_variables_of_processes_are_compared_as_variables():
    left, right = running({"MODE": "fast"}), running({"MODE": "safe"})
    assert listed(left, right, layers=RAN) == {
        "environment.MODE": ("fast", "safe", Layer.RUNNING),
    }


def test_what_runs_as_the_definition_says_has_no_difference():
    left = running({"MODE": "x"}, environment={"MODE": "old"})
    right = running({}, environment={"MODE": "x"})
    assert listed(left, right, layers=RAN) == {}


def test_where_one_side_was_not_looked_at_definitions_are_compared():
    left = running({"MODE": "x"}, environment={"MODE": "old"})
    right = {"image": "x:1", "environment": {"MODE": "old"}}
    assert listed(left, right, layers=RAN) == {}


def test_what_an_image_exposes_is_exposed():
    image = service({"exposed": ["80/tcp"]}, expose=["8000"])
    assert effective(image)["expose"] == ["80/tcp", "8000/tcp"]
    assert (
        listed(service({"exposed": ["80/tcp"]}), service({"exposed": ["80/tcp"]}, expose=[80]))
        == {}
    )
    assert "expose" in listed(service({"exposed": ["80/tcp"]}), service({"user": "x"}))
