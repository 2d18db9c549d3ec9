"""More of an environment than its definition."""

from parity.actions.layers import Images, with_layers
from parity.model.environment import Environment
from parity.model.facts import Facts, unread_in
from parity.model.hidden import Hidden
from parity.model.progress import silent
from parity.model.setting import Layer
from parity.secrecy import fingerprint
from parity.secrecy.hide import hide

ONE = Environment(
    "prod",
    "compose",
    (),
    {
        "services": {
            "web": {"image": "shop/app:1", "x-parity": {"probes": {"ready": {}}}},
            "worker": {"image": "shop/app:1"},
            "db": {"image": "shop/db:1"},
            "own": {"build": {"context": "."}},
        }
    },
)


def never(names):
    raise AssertionError(names)


def images(names):
    assert list(names) == ["shop/app:1", "shop/db:1"], "each once"
    app = {"Os": "linux", "Architecture": "amd64", "Config": {"User": "app"}}
    return {"shop/app:1": app, "shop/db:1": "not on this engine, and its registry is silent"}


def test_what_images_say_stands_with_their_services_and_what_was_not_read_says_why():
    found = with_layers(ONE, {Layer.IMAGE}, silent, images=Images(images, never))
    assert found.layers == {Layer.DECLARED, Layer.IMAGE}
    facts = {"image-config": {"platform": "linux/amd64", "user": "app"}}
    assert found.services["worker"]["x-parity"] == {"facts": facts}
    assert found.services["web"]["x-parity"] == {"probes": {"ready": {}}, "facts": facts}
    assert list(unread_in(found.document)) == [
        ("db", Layer.IMAGE, "shop/db:1", "not on this engine, and its registry is silent"),
        ("own", Layer.IMAGE, "image", "it is built, and has no name that could be asked for"),
    ]
    assert "facts" not in ONE.services["web"]["x-parity"], "what was read first is not written into"


def test_nobody_is_asked_for_what_nobody_wants_or_what_is_there():
    assert with_layers(ONE, (), silent, images=Images(never, never)) is ONE
    known = with_layers(ONE, {Layer.IMAGE}, silent, images=Images(images, never))
    assert with_layers(known, {Layer.IMAGE}, silent, images=Images(never, never)) is known


def test_a_secret_in_an_image_is_hidden_like_any_other():
    record = {"Config": {"Env": ["DB_PASSWORD=hunter2-Xq9vLw3T", "LANG=C.UTF-8"]}}
    ask = Images(lambda names: dict.fromkeys(names, record), never)
    found = with_layers(ONE, {Layer.IMAGE}, silent, images=ask)
    safe = hide(found, fingerprint.none())
    assert "hunter2" not in repr(safe)
    env = safe.services["web"]["x-parity"]["facts"]["image-config"]["env"]
    assert env["LANG"] == "C.UTF-8"
    assert isinstance(env["DB_PASSWORD"], Hidden)


def test_files_are_asked_of_images_whose_config_is_known():
    def files(records):
        app = {"Os": "linux", "Architecture": "amd64", "Config": {"User": "app"}}
        assert records == {"shop/app:1": app}, "of the other one nothing is known"
        return {"shop/app:1": Facts({"libc": "musl"}, {"packages": "rpm"})}

    found = with_layers(ONE, {Layer.FILESYSTEM}, silent, images=Images(images, files))
    assert found.layers == {Layer.DECLARED, Layer.IMAGE, Layer.FILESYSTEM}
    own = found.services["worker"]["x-parity"]
    assert own["facts"]["files"] == {"libc": "musl"}
    assert own["unread"] == {"files": {"packages": "rpm"}}
    assert "facts" not in found.services["db"]["x-parity"]
    assert set(found.services["db"]["x-parity"]["unread"]) == {"image-config", "files"}


def test_versions_of_packages_are_no_secrets():
    def files(configs):
        return dict.fromkeys(
            configs, Facts({"packages": {"passwd": "1:4.13", "openssl": "3.0.15"}})
        )

    found = with_layers(ONE, {Layer.FILESYSTEM}, silent, images=Images(images, files))
    assert hide(found, fingerprint.none()) == found
