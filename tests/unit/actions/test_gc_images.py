"""Which of parity's own images are nobody's."""

import time

import pytest

from parity.actions.gc_images import OldImage, old_images, remove

WEEKS = 3 * 7 * 24 * 3600


def image(name, *tags, age=WEEKS):
    return {"Id": f"sha256:{name}", "RepoTags": list(tags) or None, "Created": time.time() - age}


@pytest.fixture
def listed(engine):
    def say(*images, used=()):
        engine.answers["/containers/json"] = [{"ImageID": f"sha256:{one}"} for one in used]
        engine.answers["/images/json"] = list(images)

    return say


def test_one_that_nothing_uses_is_old_after_a_week(listed):
    listed(image(1, "parity-gateway:a"), image(2, "parity-gateway:b", age=60), image(3))
    assert old_images("parity-gateway:now") == (
        OldImage("sha256:1", "parity-gateway:a"),
        OldImage("sha256:3", "sha256:3"),
    )


def test_todays_and_what_a_container_has_stay(listed):
    listed(image(1, "parity-gateway:now"), image(2, "parity-gateway:b"), used=[2])
    assert old_images("parity-gateway:now") == ()


def test_an_image_whose_tag_another_build_took_goes_by_its_id(listed):
    listed(image(1, "<none>:<none>"))
    assert [one.name for one in old_images("")] == ["sha256:1"]


@pytest.mark.parametrize("status", [404, 409])
def test_one_that_is_gone_or_used_by_now_stays_without_a_word(status):
    remove(_Client(status), OldImage("sha256:1", "a:1"))


def test_another_refusal_is_told():
    from parity.errors import ParityError

    with pytest.raises(ParityError):
        remove(_Client(500), OldImage("sha256:1", "a:1"))


def test_only_what_carries_our_label_is_asked_for(engine, listed):
    listed()
    old_images("")
    asked = [path for path in engine.asked if path.startswith("/images")]
    assert len(asked) == 2
    assert "dev.parity.image" in asked[0]
    assert "dev.parity.editor" in asked[1]


class _Client:
    def __init__(self, status):
        self.api = self
        self.status = status

    def remove_image(self, name):
        import requests
        from docker.errors import APIError

        answer = requests.Response()
        answer.status_code = self.status
        raise APIError("no", response=answer)
