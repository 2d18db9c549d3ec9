"""Images run by digest; what production builds itself is said."""

import pytest

from parity.errors import DefinitionError
from parity.model.document import ABSENT
from parity.model.lock import Pin
from parity.model.project import LocalTable
from parity.stack.overrides import images

DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("image", "result"),
    [
        ("redis", f"redis@{DIGEST}"),
        ("redis:7", f"redis@{DIGEST}"),
        ("registry.example:5000/a/b:1", f"registry.example:5000/a/b@{DIGEST}"),
        ("registry.example:5000/a/b", f"registry.example:5000/a/b@{DIGEST}"),
    ],
)
def test_a_tag_becomes_the_locked_digest(draft, context, image, result):
    one = draft({"web": {"image": image}})
    images.apply(one, context(pins={image: Pin(DIGEST)}))
    assert one.get(("services", "web", "image")) == result
    (row,) = one.overrides
    assert (row.production, row.local) == (image, result)


@pytest.mark.parametrize("image", [f"redis@{DIGEST}", f"redis:7@{DIGEST}", "unpinned:1"])
def test_what_is_pinned_or_unknown_stays(draft, context, image):
    one = draft({"web": {"image": image}})
    images.apply(one, context(pins={"redis": Pin("sha256:other")}))
    assert one.overrides == ()


def test_an_image_of_this_engine_alone_runs_by_its_id_and_says_so(draft, context):
    one = draft({"web": {"image": "mine:1"}})
    images.apply(one, context(pins={"mine:1": Pin("sha256:id", local=True)}))
    assert one.overrides[0].local == "sha256:id"
    assert "no registry" in one.overrides[0].reason


def test_productions_image_is_not_rebuilt(draft, context):
    one = draft({"web": {"image": "a:1", "build": {"context": "."}, "pull_policy": "build"}})
    images.apply(one, context())
    assert one.get(("services", "web")) == {"image": "a:1"}
    assert {row.path[-1] for row in one.overrides} == {"build", "pull_policy"}


def test_an_image_that_only_production_builds_is_an_error_with_the_way_out(draft, context):
    with pytest.raises(DefinitionError, match="builds the image of `web` itself") as caught:
        images.apply(draft({"web": {"build": {"context": "."}}}), context())
    assert caught.value.where == "services.web.build"
    assert 'build = ["web"]' in caught.value.next_step


def test_a_declared_local_build_keeps_its_section(draft, context):
    one = draft({"web": {"build": {"context": "."}, "image": "a:1"}})
    images.apply(one, context(local=LocalTable(build=("web",)), pins={"a:1": Pin(DIGEST)}))
    assert one.get(("services", "web", "build")) == {"context": "."}
    assert one.get(("services", "web", "image")) == "parity-build/shop-abc123-web:local"


def test_a_local_build_of_nothing_is_refused(draft, context):
    with pytest.raises(DefinitionError, match="no `build:` section"):
        images.apply(draft({"web": {"image": "a:1"}}), context(local=LocalTable(build=("web",))))


def test_absent_is_what_a_removed_field_is(draft, context):
    one = draft({"web": {"image": "a", "build": {}}})
    images.apply(one, context())
    assert one.get(("services", "web", "build")) is ABSENT
