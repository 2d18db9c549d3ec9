"""What each layer says of one setting, and which is in effect."""

from parity.diff.compare import side
from parity.diff.layered import Served, State, layered
from parity.model.document import ABSENT
from parity.model.environment import Environment, Place
from parity.model.facts import Facts, with_facts
from parity.model.setting import FixedOrigin, Layer, Origin

ORIGIN = FixedOrigin(Origin("compose.yaml", 7))


def environment(service, *told, layers=(), place=None):
    body = {"image": "shop/web:1", **service}
    for layer, facts in told:
        body = with_facts(body, layer, facts)
    read = frozenset({Layer.DECLARED, *layers, *(layer for layer, _ in told)})
    return Environment("prod", "compose", (), {"services": {"web": body}}, layers=read, place=place)


def ask(made, *path, served=None):
    return layered(made, side(made).services["web"], path, ORIGIN, served)


def image(**values):
    return Layer.IMAGE, Facts(values)


def running(**values):
    return Layer.RUNNING, Facts(values)


def states(found):
    return {word.layer.value: word.state.value for word in found.words}


def test_the_definition_replaces_the_image():
    made = environment({"environment": {"TZ": "UTC"}}, image(env={"TZ": "Europe/Berlin"}))
    found = ask(made, "environment", "TZ")
    assert found.value == "UTC"
    assert found.winner.layer is Layer.DECLARED
    assert str(found.winner.origin) == "compose.yaml:7"
    assert "replaces the image's" in found.why
    assert states(found) == {"declared": "says", "image": "says", "running": "not read"}
    assert found.words[1].where == "config of image shop/web:1"


def test_the_image_is_in_effect_where_the_definition_is_silent():
    found = ask(environment({}, image(env={"TZ": "UTC"})), "environment", "TZ")
    assert (found.value, found.winner.layer) == ("UTC", Layer.IMAGE)
    assert "definition says nothing" in found.why


def test_process_1_wins_over_both():
    made = environment(
        {"environment": {"TZ": "UTC"}},
        image(env={"TZ": "A"}),
        running(environment={"TZ": "B"}),
        place=Place("there", "shop"),
    )
    found = ask(made, "environment", "TZ")
    assert (found.value, found.winner.layer) == ("B", Layer.RUNNING)
    assert found.winner.where == "its first running container of shop in the context there"
    assert "process 1" in found.why


def test_a_process_without_another_value_has_it_as_given():
    found = ask(environment({"environment": {"A": "1"}}, running(user=0)), "environment", "A")
    assert states(found)["running"] == State.AS_GIVEN
    assert found.why == "the definition gives it, and process 1 has it so"


def test_the_cgroup_wins_over_the_definition():
    made = environment({"mem_limit": "512m"}, running(limits={"memory": 268435456}))
    found = ask(made, "deploy", "resources", "limits", "memory")
    assert (found.value, found.winner.layer) == (268435456, Layer.RUNNING)
    assert found.words[0].value == 512 * 1024**2
    assert found.words[0].written == "512m"
    assert "kernel enforces" in found.why


def test_the_host_is_the_default_of_sysctls():
    made = environment({}, (Layer.HOST, Facts({"sysctls": {"vm.swappiness": "60"}})))
    found = ask(made, "sysctls", "vm.swappiness")
    assert (found.value, found.winner.layer) == ("60", Layer.HOST)
    assert "the host's" in found.why


def test_an_entrypoint_drops_the_images_command():
    made = environment({"entrypoint": ["/run"]}, image(command=["serve"]))
    found = ask(made, "command")
    assert found.winner is None
    assert found.why == "the definition gives an entrypoint, which drops the image's command"


def test_what_nothing_sets_has_its_default():
    found = ask(environment({}), "shm_size")
    assert found.value is ABSENT
    assert found.default == "64 MiB (engine default)"


def test_what_could_not_be_read_says_why():
    body = (Layer.RUNNING, Facts({"user": 0}, {"limits": "no helper"}))
    found = ask(environment({}, body), "deploy", "resources", "limits", "memory")
    assert [w.why for w in found.words if w.state is State.UNREAD] == ["no helper"]
    nothing = (Layer.RUNNING, Facts({}, {"container": "not there"}))
    found = ask(environment({}, nothing), "user")
    assert [w.why for w in found.words if w.state is State.UNREAD] == ["not there"]


def test_facts_beside_a_setting_are_told():
    made = environment(
        {"environment": {"TZ": "UTC"}}, (Layer.FILESYSTEM, Facts({"time-zones": False}))
    )
    (beside,) = ask(made, "environment", "TZ").beside
    assert (beside.path, beside.value) == (("files", "time-zones"), False)


def test_a_server_s_answer_counts():
    made = environment({}, (Layer.DATABASE, Facts({"settings": {"a": "5"}, "connection": "w.URL"})))
    served = Served("a", "4", ("command",), "5", "5")
    found = ask(made, "database", "settings", "a", served=served)
    assert (found.value, found.winner.layer) == ("5", Layer.DATABASE)
    assert found.why == "the server's own answer counts, whatever it was told"
    assert found.winner.where == "the server itself, asked over w.URL"
    told = ask(environment({}), "database", "settings", "a", served=Served("a", "4", ("command",)))
    assert (told.value, told.why) == ("4", "the server is told so; its own answer was not read")
