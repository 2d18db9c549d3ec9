"""Settings of findings, shown on both sides with where they stand."""

from dataclasses import dataclass

from parity.diff.compare import compare
from parity.model.document import show
from parity.model.environment import Environment
from parity.model.setting import Origin
from parity.rules.places import Places


@dataclass(frozen=True)
class Recorded:
    """Origins that answer with the path they are asked for."""

    file: str

    def of(self, path):
        return Origin(f"{self.file}:{show(path)}")


def places(left, right):
    sides = (
        Environment(name, "compose", (), body)
        for name, body in zip("ab", (left, right), strict=True)
    )
    return Places(compare(*sides), Recorded("a"), Recorded("b"))


def web(**body):
    return {"services": {"web": {"image": "x:1", **body}}}


def test_a_difference_with_its_default_and_origins():
    place = places(web(shm_size="1g"), web()).of("web", ("shm_size",))
    assert place.setting == "services.web.shm_size"
    assert (place.left, place.right) == ("1 GiB", "unset -> 64 MiB (engine default)")
    assert str(place.left_origin) == "a:services.web.shm_size"


def test_a_setting_that_does_not_differ():
    place = places(web(user="1000"), web(user="1000")).of("web", ("user",))
    assert (place.left, place.right, place.detail) == ("1000", "1000", ())


def test_a_setting_above_others_shows_them():
    port = {"target": 80, "published": "8080"}
    place = places(web(ports=[port]), web()).of("web", ("ports", "80/tcp"))
    assert (place.left, place.right) == ("published: 8080", "unset")
    place = places(web(ports=[port]), web(ports=[port])).of("web", ("ports", "80/tcp"))
    assert place.left == place.right == "published: 8080"


def test_a_pair_of_two_names_has_two_origins():
    left = {"services": {"one": {"image": "shop:1"}}}
    right = {"services": {"two": {"image": "shop:1", "user": "1"}}}
    place = places(left, right).of("two", ("image", "tag"))
    assert str(place.left_origin) == "a:services.one.image"
    assert str(place.right_origin) == "b:services.two.image"


def test_a_service_of_one_side():
    place = places(web(), {"services": {}}).of("web", ())
    assert (place.left, place.right) == ("image: x:1", "unset")
    assert place.right_origin is None
    both = places(web(), web()).of("web", ())
    assert (both.left, both.right) == ("image x", "image x")


def test_a_path_of_the_document_as_a_whole():
    rows = {"ingress": [{"host": "shop.example", "tls": True}]}
    place = places(web(), {**web(), "x-parity": rows}).of("", ("x-parity", "ingress", 0, "tls"))
    assert place.setting == "x-parity.ingress[0].tls"
    assert (place.left, place.right) == ("unset", "true")
    assert str(place.right_origin) == "b:x-parity.ingress[0].tls"


def test_a_directive_of_nginx_below_a_file_s_content():
    def nginx(text):
        mount = {"type": "bind", "source": "/a", "target": "/etc/nginx.conf", "x-content": text}
        return web(volumes=[mount])

    sides = nginx("server {\n gzip on;\n}\n"), nginx("server {\n}\n")
    place = places(*sides).of("web", ("volumes", "/etc/nginx.conf", "content", "gzip"))
    assert (place.left, place.right) == ("on", "off")
    assert str(place.left_origin).startswith("a:services.web.volumes[0]")


@dataclass(frozen=True)
class Written:
    """Origins of what is written alone; nothing is known of what stands above."""

    known: tuple[str, ...]

    def of(self, path):
        return Origin(show(path)) if show(path) in self.known else None


def test_what_is_written_nowhere_stands_at_the_nearest_written_thing():
    sides = [
        Environment(n, "kubernetes", (), b) for n, b in (("a", web(shm_size="1g")), ("b", web()))
    ]
    known = Written(("services.web.image",)), Written(("services.web", "services.web.image"))
    found = Places(compare(*sides), *known)
    place = found.of("web", ("shm_size",))
    assert str(place.left_origin) == "services.web.image"
    assert str(place.right_origin) == "services.web"
    nowhere = Places(compare(*sides), Written(()), Written(())).of("web", ("shm_size",))
    assert nowhere.left_origin is None
